"""Rules for the hops and the business of a document package (table 3.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from edxml102.codes import BusinessType
from edxml102.model import (
    Bussiness,
    BussinessDocumentInfo,
    DocumentPackage,
    Receiver,
    ReplacementInfo,
    StaffInfo,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.rules.forms import DATETIME, DOCUMENT_ID_LIMIT, FLAG, ORGAN_ID_LIMIT, SCHEME, STAFF
from edxml102.rules.table import (
    FINE,
    HERE,
    MILD,
    OUR_HINT,
    STRICT,
    Context,
    Field,
    Form,
    Group,
    Hit,
    Limit,
    Rule,
    field,
    hit,
    rule,
    rules_of,
)

_LIST = "TraceHeaderList"
_BUSSINESS = "TraceHeaderList/Bussiness"
_KNOWN = frozenset(member.code for member in BusinessType)


def has_four_groups(code: str) -> bool:
    return code.count(".") <= 3


TRACE_LIST: Group[DocumentPackage, TraceHeaderList] = Group(
    key="trace", path=_LIST, label="", clause="3.1", rows=lambda package: (package.trace,)
)
TRACES: Group[DocumentPackage, TraceHeader] = Group(
    key="trace.header",
    path=f"{_LIST}/TraceHeader[{{n}}]",
    label="của chặng thứ {n}",
    clause="2.1",
    rows=attrgetter("trace.traces"),
)
BUSSINESS: Group[DocumentPackage, Bussiness] = Group(
    key="bussiness", path=_BUSSINESS, label="", clause="2.2", rows=lambda package: (package.trace.bussiness,)
)
CHANGES: Group[DocumentPackage, BussinessDocumentInfo] = Group(
    key="bussiness.document_info",
    path=f"{_BUSSINESS}/BussinessDocumentInfo[{{n}}]",
    label="của phần cập nhật thứ {n}",
    clause="2.2.3",
    rows=attrgetter("trace.bussiness.document_info"),
)
RECEIVERS: Group[DocumentPackage, Receiver] = Group(
    key="bussiness.receiver",
    path=f"{_BUSSINESS}/BussinessDocumentInfo/ReceiverList/Receiver[{{n}}]",
    label="của nơi nhận được cập nhật thứ {n}",
    clause="2.2.3.3",
    rows=lambda package: [row for info in package.trace.bussiness.document_info for row in info.receivers],
)
STAFF_INFO: Group[DocumentPackage, StaffInfo] = Group(
    key="bussiness.staff_info",
    path=f"{_BUSSINESS}/StaffInfo[{{n}}]",
    label="của người phụ trách thứ {n}",
    clause="2.2.5",
    rows=attrgetter("trace.bussiness.staff_info"),
)
REPLACEMENTS: Group[DocumentPackage, ReplacementInfo] = Group(
    key="bussiness.replacement",
    path=f"{_BUSSINESS}/ReplacementInfoList/ReplacementInfo[{{n}}]",
    label="bị thay thế thứ {n}",
    clause="2.2.8",
    rows=attrgetter("trace.bussiness.replacements"),
)
HOLDERS: Group[DocumentPackage, str] = Group(
    key="bussiness.replacement.organ_id",
    path=f"{_BUSSINESS}/ReplacementInfoList/ReplacementInfo/OrganIdList/OrganId[{{n}}]",
    label="thứ {n} giữ văn bản bị thay thế",
    clause="2.2.8",
    rows=lambda package: [code for info in package.trace.bussiness.replacements for code in info.organ_ids],
)

DEEP = Form("deep", has_four_groups, "có hơn bốn nhóm: phần mềm cũ của đối tác có thể từ chối.", OUR_HINT)
TRACE_FIELDS: tuple[Field[TraceHeader], ...] = (
    field("organ_id", "OrganId", "mã định danh", ".1", need=STRICT, limit=ORGAN_ID_LIMIT, forms=(SCHEME, DEEP)),
    field("timestamp", "Timestamp", "thời điểm", ".2", need=STRICT, forms=(DATETIME,)),
)
BUSSINESS_FIELDS: tuple[Field[Bussiness], ...] = (
    field("document_type", "BussinessDocType", "loại nghiệp vụ", ".1", need=STRICT),
    field("reason", "BussinessDocReason", "lý do", ".2", limit=Limit(500, 1000)),
    field("document_id", "DocumentId", "mã văn bản được xử lý", ".4", limit=DOCUMENT_ID_LIMIT),
    field("paper", "Paper", "dấu hiệu gửi kèm bản giấy", ".6", need=MILD, forms=(FLAG._replace(levels=MILD),)),
)
CHANGE_FIELDS: tuple[Field[BussinessDocumentInfo], ...] = (
    field("document_info", "DocumentInfo", "dấu hiệu đổi dữ liệu văn bản", ".1", need=STRICT, forms=(FLAG,)),
    field("document_receiver", "DocumentReceiver", "dấu hiệu đổi nơi nhận", ".2", need=STRICT, forms=(FLAG,)),
)
RECEIVER_FIELDS: tuple[Field[Receiver], ...] = (
    field("organ_id", "OrganId", "mã định danh", "", need=STRICT, limit=ORGAN_ID_LIMIT),
    field("receiver_type", "ReceiverType", "dấu hiệu thêm hay bớt", "", need=STRICT, forms=(FLAG,)),
)
REPLACEMENT_FIELDS: tuple[Field[ReplacementInfo], ...] = (
    field("document_id", "DocumentId", "mã định danh văn bản", "", need=STRICT, limit=DOCUMENT_ID_LIMIT),
)
HOLDER_FIELDS: tuple[Field[str], ...] = (
    field("", "", "mã định danh cơ quan", "", read=str, need=STRICT, limit=ORGAN_ID_LIMIT),
)


@rule(
    "trace.header.missing",
    STRICT,
    f"{_LIST}/TraceHeader",
    "2.1",
    "Gói tin không ghi chặng xử lý nào. Hãy thêm TraceHeader của hệ thống gửi.",
)
def trace_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return FINE if package.trace.traces else HERE


@rule(
    "bussiness.document_type.unknown",
    STRICT,
    f"{_BUSSINESS}/BussinessDocType",
    "2.2.1",
    "Loại nghiệp vụ “{value}” không có trong quy chuẩn: 0 mới, 1 thu hồi, 2 cập nhật, 3 thay thế.",
)
def bussiness_unknown(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    code = package.trace.bussiness.document_type
    return FINE if not code or code in _KNOWN else [hit(1, code)]


@rule(
    "bussiness.reason.missing",
    STRICT,
    f"{_BUSSINESS}/BussinessDocReason",
    "2.2.2",
    "Thu hồi, cập nhật hoặc thay thế mà không nêu lý do. Hãy điền BussinessDocReason.",
)
def reason_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.document_type not in ("", "0") and not bussiness.reason else FINE


@rule(
    "bussiness.document_info.missing",
    STRICT,
    f"{_BUSSINESS}/BussinessDocumentInfo",
    "2.2.3",
    "Gói cập nhật không nói cập nhật phần nào. Hãy thêm BussinessDocumentInfo.",
)
def document_info_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.document_type == "2" and not bussiness.document_info else FINE


@rule(
    "bussiness.document_info.unexpected",
    MILD,
    f"{_BUSSINESS}/BussinessDocumentInfo",
    "2.2.3",
    "Chỉ gói cập nhật mới có BussinessDocumentInfo. Hãy bỏ phần này.",
)
def document_info_unexpected(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.document_info and bussiness.document_type != "2" else FINE


@rule(
    "bussiness.document_info.repeated",
    STRICT,
    f"{_BUSSINESS}/BussinessDocumentInfo",
    "2.2.3",
    "Có {count} phần BussinessDocumentInfo, chỉ được có một. Hãy gộp lại.",
)
def document_info_repeated(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    count = len(package.trace.bussiness.document_info)
    return FINE if count < 2 else [{"count": count}]


@rule(
    "bussiness.receiver.missing",
    STRICT,
    f"{_BUSSINESS}/BussinessDocumentInfo[{{n}}]/ReceiverList",
    "2.2.3.3",
    "Gói báo đổi nơi nhận nhưng không nêu nơi nhận nào. Hãy thêm Receiver.",
)
def receivers_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    infos = package.trace.bussiness.document_info
    return [hit(n, "") for n, info in enumerate(infos, 1) if info.document_receiver == "1" and not info.receivers]


@rule(
    "bussiness.document_id.missing",
    MILD,
    f"{_BUSSINESS}/DocumentId",
    "2.2.4",
    "Thu hồi hoặc cập nhật mà không nêu mã văn bản được xử lý. Hãy điền Bussiness/DocumentId.",
)
def target_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.document_type in ("1", "2") and not bussiness.document_id else FINE


@rule(
    "bussiness.staff_info.repeated",
    MILD,
    f"{_BUSSINESS}/StaffInfo",
    "2.2.5",
    "Có {count} người phụ trách, quy chuẩn chỉ cho một. Hãy giữ một.",
)
def staff_repeated(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    count = len(package.trace.bussiness.staff_info)
    return FINE if count < 2 else [{"count": count}]


@rule(
    "bussiness.replacement.missing",
    STRICT,
    f"{_BUSSINESS}/ReplacementInfoList",
    "2.2.8",
    "Gói thay thế không nêu văn bản bị thay thế. Hãy thêm ReplacementInfo.",
)
def replacements_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.document_type == "3" and not bussiness.replacements else FINE


@rule(
    "bussiness.replacement.unexpected",
    MILD,
    f"{_BUSSINESS}/ReplacementInfoList",
    "2.2.8",
    "Chỉ gói thay thế mới có ReplacementInfoList. Hãy bỏ phần này.",
)
def replacements_unexpected(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    bussiness = package.trace.bussiness
    return HERE if bussiness.replacements and bussiness.document_type != "3" else FINE


@rule(
    "bussiness.replacement.holders_missing",
    STRICT,
    f"{_BUSSINESS}/ReplacementInfoList/ReplacementInfo[{{n}}]/OrganIdList",
    "2.2.8",
    "Văn bản bị thay thế thứ {n} không nêu cơ quan nào đang giữ. Hãy thêm OrganId.",
)
def holders_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return [hit(n, "") for n, info in enumerate(package.trace.bussiness.replacements, 1) if not info.organ_ids]


BUSSINESS_RULES: tuple[Rule[DocumentPackage], ...] = (
    *rules_of(TRACE_LIST, (field("version", "@version", "phiên bản của TraceHeaderList", "", need=OUR_HINT),)),
    trace_missing,
    *rules_of(TRACES, TRACE_FIELDS),
    *rules_of(BUSSINESS, BUSSINESS_FIELDS),
    bussiness_unknown,
    reason_missing,
    document_info_missing,
    document_info_unexpected,
    document_info_repeated,
    *rules_of(CHANGES, CHANGE_FIELDS),
    receivers_missing,
    *rules_of(RECEIVERS, RECEIVER_FIELDS),
    target_missing,
    staff_repeated,
    *rules_of(STAFF_INFO, STAFF),
    replacements_missing,
    replacements_unexpected,
    *rules_of(REPLACEMENTS, REPLACEMENT_FIELDS),
    holders_missing,
    *rules_of(HOLDERS, HOLDER_FIELDS),
)
