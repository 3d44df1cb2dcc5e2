"""What stops the demonstration, and what to do about it."""

from __future__ import annotations


class DemoError(Exception):
    """A stable code, a Vietnamese sentence, and the next step."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(f"{code}: {message} {next_step}")
        self.code = code
        self.message = message
        self.next_step = next_step
