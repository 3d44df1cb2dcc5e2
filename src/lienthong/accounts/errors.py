"""What is refused about people, and why."""

from __future__ import annotations


class AccountError(Exception):
    """A refusal: a stable code, a Vietnamese sentence, and what to do next. ``field``: what of a form it is about."""

    def __init__(self, code: str, message: str, next_step: str, *, field: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.next_step = next_step
        self.field = field
