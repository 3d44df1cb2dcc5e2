"""Refusals of the training ground."""

from __future__ import annotations


class TrainingError(Exception):
    """``code`` is stable; ``message`` a Vietnamese sentence; ``next_step`` what to do."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step
