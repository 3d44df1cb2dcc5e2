"""What the registry refuses, and why."""

from __future__ import annotations


class RegistryError(Exception):
    """A refusal: a stable code, a Vietnamese sentence a clerk understands, and what to do next."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.next_step = next_step
