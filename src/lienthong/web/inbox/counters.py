"""The number beside "Văn bản đến" on every page."""

from __future__ import annotations

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.records.inbox import count_incoming
from lienthong.web.navigation import Count


def waiting(actor: Actor) -> Count | None:
    """What nobody has taken yet, red when some of it is urgent; nothing for those who may not see the whole agency."""
    if actor.agency_id is None or not may_on_documents(actor, DocumentAct.READ, agency_id=actor.agency_id):
        return None
    counted = count_incoming(actor.agency_id)
    if not counted.waiting:
        return None
    return Count(counted.waiting, "văn bản chưa tiếp nhận", "red" if counted.urgent else "blue")
