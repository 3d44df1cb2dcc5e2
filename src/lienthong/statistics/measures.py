"""What is counted. A measure says once what it counts; the daily sums, the live part and the list behind a figure are
all made from that, so they cannot differ.

Expressions are over the facts ``f`` (``facts``); ``{0}`` never occurs in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lienthong.statistics.percentiles import CLASS_SQL


class Source(Enum):
    """Where the facts of a measure lie."""

    DOCUMENT = "document"
    COPY = "copy"
    REJECTION = "rejection"


class Side(Enum):
    """Whose fact it is: the agency's that sent, or that received."""

    SENDER = "sender"
    RECEIVER = "receiver"


class Measure(Enum):
    """Code, label, facts, side, which of them (SQL), and what they are told apart by (SQL, text).

    ``timed``: the measure depends on the present moment, so it is never summed ahead.
    """

    SENT = ("sent", "Văn bản gửi điện tử", Source.DOCUMENT, Side.SENDER, "TRUE")
    BUSINESS = ("business", "Nghiệp vụ", Source.DOCUMENT, Side.SENDER, "TRUE", "f.business_type")
    HOUR = ("hour", "Giờ gửi", Source.DOCUMENT, Side.SENDER, "TRUE",
            "extract(isodow FROM f.day)::int || '-' || f.hour")  # fmt: skip
    CHECKED = ("checked", "Văn bản đã kiểm tra chữ ký", Source.DOCUMENT, Side.SENDER, "f.by_person IS NOT NULL")
    BY_PERSON = ("by_person", "Có chữ ký số của người có thẩm quyền", Source.DOCUMENT, Side.SENDER, "f.by_person")
    BY_BODY = ("by_body", "Có chữ ký số của cơ quan", Source.DOCUMENT, Side.SENDER, "f.by_body")
    SIGN_SEND = ("sign_send", "Từ ký đến gửi", Source.DOCUMENT, Side.SENDER, "f.sign_days IS NOT NULL",
                 CLASS_SQL.format("f.sign_days"))  # fmt: skip

    COPIES = ("copies", "Lượt gửi", Source.COPY, Side.SENDER, "TRUE")
    NOT_SENT = ("not_sent", "Không gửi điện tử được", Source.COPY, Side.SENDER, "NOT f.good", "f.outcome")
    FLOW = ("flow", "Luồng gửi theo cấp", Source.COPY, Side.SENDER, "f.good", "f.receiver_level")
    CARRIED = ("carried", "Đã chuyển tới nơi", Source.COPY, Side.SENDER, "f.transport IS NOT NULL",
               CLASS_SQL.format("f.transport"))  # fmt: skip
    GIVEN_UP = ("given_up", "Ngừng chuyển, cần xử lý", Source.COPY, Side.SENDER, "f.cause <> ''", "f.cause")
    ACCEPTED = ("accepted", "Nơi nhận đã tiếp nhận", Source.COPY, Side.SENDER, "f.answered")
    REFUSED = ("refused", "Nơi nhận từ chối", Source.COPY, Side.SENDER, "f.state = 'rejected'", "f.refusal")
    UNANSWERED = ("unanswered", "Nơi nhận chưa trả lời quá hạn", Source.COPY, Side.SENDER, "{late}", "f.wanted", True)
    SEND_01 = ("send_01", "Từ gửi đến báo đã đến (01)", Source.COPY, Side.SENDER, "f.step_01 IS NOT NULL",
               CLASS_SQL.format("f.step_01"))  # fmt: skip
    FROM_01_TO_03 = ("01_03", "Từ đã đến (01) đến tiếp nhận (03)", Source.COPY, Side.SENDER, "f.step_03 IS NOT NULL",
                     CLASS_SQL.format("f.step_03"))  # fmt: skip
    FROM_03_TO_06 = ("03_06", "Từ tiếp nhận (03) đến hoàn thành (06)", Source.COPY, Side.SENDER,
                     "f.step_06 IS NOT NULL", CLASS_SQL.format("f.step_06"))  # fmt: skip
    ASKED = ("asked", "Thu hồi, cập nhật, thay thế: trả lời", Source.COPY, Side.SENDER, "f.asked <> ''", "f.asked")

    RECEIVED = ("received", "Văn bản nhận", Source.COPY, Side.RECEIVER, "f.good")
    RECEIVED_ACCEPTED = ("r_accepted", "Đã tiếp nhận", Source.COPY, Side.RECEIVER, "f.good AND f.answered")
    RECEIVED_REFUSED = ("r_refused", "Đã từ chối", Source.COPY, Side.RECEIVER, "f.good AND f.state = 'rejected'",
                        "f.refusal")  # fmt: skip
    RECEIVED_UNANSWERED = ("r_unanswered", "Chưa trả lời quá hạn", Source.COPY, Side.RECEIVER, "f.good AND {late}",
                           "f.wanted", True)  # fmt: skip
    RECEIVED_01 = ("r_send_01", "Từ khi được gửi đến báo đã đến (01)", Source.COPY, Side.RECEIVER,
                   "f.good AND f.step_01 IS NOT NULL", CLASS_SQL.format("f.step_01"))  # fmt: skip
    RECEIVED_03 = ("r_01_03", "Từ đã đến (01) đến tiếp nhận (03)", Source.COPY, Side.RECEIVER,
                   "f.good AND f.step_03 IS NOT NULL", CLASS_SQL.format("f.step_03"))  # fmt: skip
    RECEIVED_06 = ("r_03_06", "Từ tiếp nhận (03) đến hoàn thành (06)", Source.COPY, Side.RECEIVER,
                   "f.good AND f.step_06 IS NOT NULL", CLASS_SQL.format("f.step_06"))  # fmt: skip

    ERRORS = ("errors", "Gói tin bị trục từ chối", Source.REJECTION, Side.SENDER, "TRUE", "f.code")

    def __new__(cls, code: str, *_: object) -> Measure:
        member = object.__new__(cls)
        member._value_ = code
        return member

    def __init__(  # noqa: PLR0913, PLR0917 - one fact each
        self, code: str, label: str, source: Source, side: Side, where: str, key: str = "''", timed: bool = False
    ) -> None:
        self.label = label
        self.source = source
        self.side = side
        self.where = where
        self.key = key
        self.timed = timed

    @property
    def is_spread(self) -> bool:
        """Its keys are classes of a length of time (``percentiles``)."""
        return self in _SPREADS

    @property
    def in_days(self) -> bool:
        """Its lengths are whole days; those of all others are seconds."""
        return self is Measure.SIGN_SEND


_SPREADS = frozenset(
    {
        Measure.SIGN_SEND, Measure.CARRIED, Measure.SEND_01, Measure.FROM_01_TO_03, Measure.FROM_03_TO_06,
        Measure.RECEIVED_01, Measure.RECEIVED_03, Measure.RECEIVED_06,
    }
)  # fmt: skip
STORED = tuple(measure for measure in Measure if not measure.timed)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of one agency, of those directly below one (``parent_id``), of one level, or of all."""

    agency_id: int | None = None
    level: str | None = None
    parent_id: int | None = None

    @property
    def is_whole(self) -> bool:
        return self == Scope()
