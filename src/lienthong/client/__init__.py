"""A typed client of the axis's REST interface, for programs of partners and for ``lienthong send``.

It needs httpx and nothing else of the axis: no Django, no settings, no database. What is asked and what the answer
means is said once, in ``calls`` and ``flows``, without any I/O; ``Client`` and ``AsyncClient`` only carry it out.

    with Client("https://truc.example.vn", key) as axis:
        receipt = axis.send_package(Path("cong-van.edxml"))
        for delivery in axis.deliveries():
            axis.fetch_package(delivery.id, Path("goi.edxml"))
            axis.confirm(delivery.id)
"""

from lienthong.client.asynchronous import AsyncClient
from lienthong.client.errors import (
    AxisError,
    Conflict,
    ConnectionFailed,
    Damaged,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    ProblemError,
    RateLimited,
    Refused,
    Unavailable,
)
from lienthong.client.models import (
    Agency,
    AgencyHit,
    Attachment,
    AxisFacts,
    Delivery,
    DeliveryDetail,
    DocumentFacts,
    Finding,
    PeriodCount,
    Receipt,
    RecipientResult,
    SentDocument,
    SentRecipient,
    StatusFacts,
)
from lienthong.client.retrying import Patience
from lienthong.client.synchronous import Client

__all__ = [
    "Agency",
    "AgencyHit",
    "AsyncClient",
    "Attachment",
    "AxisError",
    "AxisFacts",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Damaged",
    "Delivery",
    "DeliveryDetail",
    "DocumentFacts",
    "Finding",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "Patience",
    "PeriodCount",
    "ProblemError",
    "RateLimited",
    "Receipt",
    "RecipientResult",
    "Refused",
    "SentDocument",
    "SentRecipient",
    "StatusFacts",
    "Unavailable",
]
