"""What the ledger refuses, and why."""

from __future__ import annotations


class LedgerError(Exception):
    """A refusal: a stable code, a Vietnamese sentence an operator understands, and what to do next."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.next_step = next_step
