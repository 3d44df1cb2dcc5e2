"""Rules for a status package (table 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edxml102.codes import StatusCode
from edxml102.model import Organ, ResponseFor, StaffInfo, StatusPackage
from edxml102.rules.forms import DATETIME, ORGAN, RESPONSE, STAFF, is_date
from edxml102.rules.table import (
    FATAL,
    FINE,
    HERE,
    HINT,
    MILD,
    STRICT,
    Context,
    Field,
    Group,
    Hit,
    Rule,
    field,
    hit,
    rule,
    rules_of,
)

_KNOWN = frozenset(member.code for member in StatusCode)
_NEED_REASON = frozenset(member.code for member in StatusCode if member.needs_reason)

STATUS: Group[StatusPackage, StatusPackage] = Group(
    key="status", path="MessageHeader", label="", clause="3.3", rows=lambda package: (package,)
)
FROM: Group[StatusPackage, Organ] = Group(
    key="status.from",
    path="MessageHeader/From",
    label="của cơ quan báo trạng thái",
    clause="3.3, 1.1",
    rows=lambda package: (package.from_,),
)
RESPONSE_FOR: Group[StatusPackage, ResponseFor] = Group(
    key="status.response_for",
    path="MessageHeader/ResponseFor",
    label="của văn bản được báo",
    clause="3.3, 1.12",
    rows=lambda package: (package.response_for,),
)
STAFF_INFO: Group[StatusPackage, StaffInfo] = Group(
    key="status.staff_info",
    path="MessageHeader/StaffInfo",
    label="của người xử lý",
    clause="3.3",
    rows=lambda package: (package.staff_info,) if package.staff_info else (),
)

# A report without OrganId reaches nobody; one without DocumentId is about nothing.
RESPONSE_FIELDS: tuple[Field[ResponseFor], ...] = (
    replace(RESPONSE[0], need=FATAL, label="mã định danh cơ quan nhận báo cáo"),
    *RESPONSE[1:3],
    replace(RESPONSE[3], need=FATAL),
)
STATUS_FIELDS: tuple[Field[StatusPackage], ...] = (
    field("status_code", "StatusCode", "mã trạng thái", "", need=FATAL),
    field("description", "Description", "mô tả", "", limit=1000),
    field("timestamp", "Timestamp", "thời điểm", "", need=STRICT, forms=(DATETIME,)),
)


@rule(
    "status.status_code.unknown",
    MILD,
    "MessageHeader/StatusCode",
    "3.3, 4.4",
    "Mã trạng thái “{value}” không có trong quy chuẩn (01–06, 13, 15, 16); vẫn được chuyển nguyên vẹn.",
)
def code_unknown(package: StatusPackage, context: Context) -> Sequence[Hit]:
    code = package.status_code
    return FINE if not code or code in _KNOWN else [hit(1, code)]


@rule(
    "status.description.missing",
    STRICT,
    "MessageHeader/Description",
    "3.3",
    "Trạng thái “{value}” phải nêu lý do. Hãy điền Description.",
)
def reason_missing(package: StatusPackage, context: Context) -> Sequence[Hit]:
    needed = package.status_code in _NEED_REASON and not package.description.strip()
    return [hit(1, package.status_code)] if needed else FINE


@rule(
    "status.timestamp.before_promulgation",
    HINT,
    "MessageHeader/Timestamp",
    "3.3",
    "Thời điểm báo trạng thái sớm hơn ngày ban hành của văn bản được báo. Hãy kiểm tra đồng hồ của hệ thống gửi.",
)
def reported_too_early(package: StatusPackage, context: Context) -> Sequence[Hit]:
    # Both forms sort like the times they name; texts of another form have a finding of their own.
    promulgated = package.response_for.promulgation_date
    if package.timestamp[:10] >= promulgated or package.time is None or not is_date(promulgated):
        return FINE
    return HERE


STATUS_RULES: tuple[Rule[StatusPackage], ...] = (
    *rules_of(FROM, ORGAN),
    *rules_of(RESPONSE_FOR, RESPONSE_FIELDS),
    *rules_of(STAFF_INFO, STAFF),
    *rules_of(STATUS, STATUS_FIELDS),
    code_unknown,
    reason_missing,
    reported_too_early,
)
