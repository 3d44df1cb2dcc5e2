"""The history of an incoming document: one line for everything that happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lienthong.records.models import IncomingAct, IncomingDocument


def note(  # noqa: PLR0913 - one column each
    incoming: IncomingDocument,
    kind: str,
    label: str,
    *,
    at: datetime,
    detail: str = "",
    actor: str = "",
    user_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Add a line, inside the caller's transaction.

    :param actor: who did it, as acts name them; ``""``: the axis itself
    :param data: what it changed, JSON values only
    """
    IncomingAct.objects.create(
        incoming=incoming, kind=kind, label=label, detail=detail, actor=actor, user_id=user_id, data=data or {}, at=at
    )
