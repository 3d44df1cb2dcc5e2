"""A cache whose content holds for one revision of the directory. Pure, safe for many threads."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import islice
from threading import Lock
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class RevisionCache(Generic[Answer]):
    """At most ``size`` answers, all of the revision that was asked for last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._revision = -1
        self._answers: dict[Hashable, Answer] = {}

    def get(self, keys: Iterable[Hashable], revision: int) -> dict[Hashable, Answer]:
        with self._lock:
            self._keep_only(revision)
            return {key: self._answers[key] for key in keys if key in self._answers}

    def put(self, answers: dict[Hashable, Answer], revision: int) -> None:
        with self._lock:
            if revision != self._revision:  # another thread has moved on; these answers may be old
                return
            if len(self._answers) + len(answers) > self._size:
                self._answers.clear()
            self._answers.update(islice(answers.items(), self._size))

    def _keep_only(self, revision: int) -> None:
        if revision != self._revision:
            self._answers.clear()
            self._revision = revision
