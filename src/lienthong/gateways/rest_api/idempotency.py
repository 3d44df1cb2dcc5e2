"""``Idempotency-Key``: the same key with the same content gets the same answer for a day; with other content, 409.

The exchange recognises a document that is sent again by itself. The key adds that the *answer* is the same to the
letter, and that a client which mixes up its keys is told so before anything is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.gateways.rest_api.models import StoredAnswer
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.registry.resolution import SystemAccess

KEPT_FOR = timedelta(hours=24)
_SWEPT_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON text of an answer, and the id of what it speaks of; ``replayed``: it was given before."""

    status: int
    content: str
    replayed: bool = False

    @property
    def id(self) -> str:
        return str(json.loads(self.content)["id"])


class AlreadyAnswered(Exception):  # noqa: N818 - no error: carries the answer past the work that need not be done
    def __init__(self, answer: Answer) -> None:
        super().__init__("already answered")
        self.answer = answer


@dataclass(slots=True)
class Claim:
    """One request's hold on its key; without a key it does nothing."""

    system: SystemAccess
    operation: str
    key: str | None
    _row: int | None = field(default=None, init=False)

    def take(self, content_hash: bytes) -> bool:
        """Hold the key for this content; true, so that it can be asked as ``Sending.digest_matches``.

        :raises AlreadyAnswered: with the first answer
        :raises ApiError: ``KEY_REUSED``
        """
        if self.key is None:
            return True
        with transaction.atomic():
            _sweep()
            StoredAnswer.objects.filter(**self._names, created_at__lte=clock.now() - KEPT_FOR).delete()
            row, _ = StoredAnswer.objects.get_or_create(
                **self._names, defaults={"content_hash": content_hash, "created_at": clock.now()}
            )
        if bytes(row.content_hash) != content_hash:
            raise ApiError(Fault.KEY_REUSED)
        if row.status is not None:
            raise AlreadyAnswered(Answer(row.status, row.content, replayed=True))
        # Without an answer the first request is still under way, or died: doing it again is safe.
        self._row = row.pk
        return True

    def keep(self, answer: Answer) -> None:
        """Remember the answer."""
        if self._row is not None:
            StoredAnswer.objects.filter(pk=self._row).update(status=answer.status, content=answer.content)

    def release(self) -> None:
        """A refusal is not remembered: what stood in the way may be mended, and then the same request is right."""
        if self._row is not None:
            StoredAnswer.objects.filter(pk=self._row, status=None).delete()

    @property
    def _names(self) -> dict[str, Any]:
        return {"system_id": self.system.pk, "operation": self.operation, "key": self.key}


@contextmanager
def held(claim: Claim) -> Iterator[None]:
    """Give the key back when the work is refused."""
    try:
        yield
    except AlreadyAnswered:
        raise
    except Exception:
        claim.release()
        raise


def hash_of(*parts: bytes) -> bytes:
    """One hash over parts of any length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _sweep() -> None:
    """Forget some answers that are too old, whosever they are; every claim does a little."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM rest_api_storedanswer WHERE id IN (SELECT id FROM rest_api_storedanswer"
            " WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)",
            [clock.now() - KEPT_FOR, _SWEPT_AT_ONCE],
        )
