"""Rules for the header of a document package (table 3.2.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from edxml102.codes import DOCUMENT_TYPES, DocumentGroup
from edxml102.model import DocumentPackage, DocumentType, MessageHeader, Organ, ResponseFor
from edxml102.rules.forms import (
    BARE_INTEGER,
    BOOLEAN,
    COUNT,
    DATE,
    DATED_ID,
    DOCUMENT_ID_LIMIT,
    INTEGER,
    ORGAN,
    PRIORITY,
    RESPONSE,
    STEERING,
    THREE_DIGITS,
    is_integer,
)
from edxml102.rules.table import (
    FATAL,
    FINE,
    HERE,
    HINT,
    MILD,
    OURS,
    STRICT,
    Context,
    Field,
    Group,
    Hit,
    Limit,
    Rule,
    field,
    hit,
    longer,
    rule,
    rules_of,
    shown,
)

_GROUPS = {member.code: member for member in DocumentGroup}

HEADER: Group[DocumentPackage, MessageHeader] = Group(
    key="header", path="MessageHeader", label="", clause="", rows=lambda package: (package.header,)
)
FROM: Group[DocumentPackage, Organ] = Group(
    key="header.from",
    path="MessageHeader/From",
    label="của cơ quan gửi",
    clause="1.1",
    rows=lambda package: (package.header.from_,),
)
TO: Group[DocumentPackage, Organ] = Group(
    key="header.to",
    path="MessageHeader/To[{n}]",
    label="của nơi nhận thứ {n}",
    clause="1.2",
    rows=attrgetter("header.to"),
)
RESPONSE_FOR: Group[DocumentPackage, ResponseFor] = Group(
    key="header.response_for",
    path="MessageHeader/ResponseFor[{n}]",
    label="của văn bản được phúc đáp thứ {n}",
    clause="1.12",
    rows=attrgetter("header.response_for"),
    absent=attrgetter("is_empty"),
)
TO_PLACES: Group[DocumentPackage, str] = Group(
    key="header.to_places",
    path="MessageHeader/ToPlaces/Place[{n}]",
    label="",
    clause="1.10",
    rows=attrgetter("header.to_places"),
)
APPENDIXES: Group[DocumentPackage, str] = Group(
    key="header.other_info.appendix",
    path="MessageHeader/OtherInfo/Appendixes/Appendix[{n}]",
    label="",
    clause="1.11.6",
    rows=attrgetter("header.other_info.appendixes"),
)

HEADER_FIELDS: tuple[Field[MessageHeader], ...] = (
    field("code.number", "Code/CodeNumber", "số văn bản", "1.3.1", need=STRICT, limit=11),
    field("code.notation", "Code/CodeNotation", "ký hiệu văn bản", "1.3.2", need=STRICT, limit=30),
    field("promulgation_info.place", "PromulgationInfo/Place", "địa danh ban hành", "1.4.1", need=OURS, limit=50),
    field(
        "promulgation_info.promulgation_date",
        "PromulgationInfo/PromulgationDate",
        "ngày ban hành",
        "1.4.2",
        need=STRICT,
        forms=(DATE,),
    ),
    field("document_type.type", "DocumentType/Type", "nhóm loại văn bản", "1.5.1", need=STRICT, forms=(INTEGER,)),
    field("document_type.type_detail", "DocumentType/TypeDetail", "mã loại văn bản", "1.5.2", forms=(INTEGER,)),
    field("document_type.type_name", "DocumentType/TypeName", "tên loại văn bản", "1.5.3", need=STRICT, limit=100),
    field("subject", "Subject", "trích yếu", "1.6", need=STRICT, limit=500),
    field("content", "Content", "nội dung chính", "1.7", limit=500),
    field("signer_info.competence", "SignerInfo/Competence", "thẩm quyền ký", "1.8.1", limit=100),
    field("signer_info.position", "SignerInfo/Position", "chức vụ người ký", "1.8.2", need=OURS, limit=100),
    field("signer_info.full_name", "SignerInfo/FullName", "họ tên người ký", "1.8.3", need=STRICT, limit=50),
    field("due_date", "DueDate", "hạn trả lời", "1.9", forms=(DATE,)),
    field("other_info.priority", "OtherInfo/Priority", "mức độ khẩn", "1.11.1", need=MILD, forms=(PRIORITY,)),
    field(
        "other_info.sphere_of_promulgation", "OtherInfo/SphereOfPromulgation", "phạm vi lưu hành", "1.11.2", limit=100
    ),
    field("other_info.typer_notation", "OtherInfo/TyperNotation", "ký hiệu người soạn thảo", "1.11.3", limit=10),
    field(
        "other_info.promulgation_amount",
        "OtherInfo/PromulgationAmount",
        "số bản phát hành",
        "1.11.4",
        forms=(COUNT, THREE_DIGITS),
    ),
    field("other_info.page_amount", "OtherInfo/PageAmount", "số trang", "1.11.5", forms=(COUNT, THREE_DIGITS)),
    field("other_info.direction", "OtherInfo/Direction", "giá trị Direction", "1.11, ext", forms=(BOOLEAN,)),
    field("steering_type", "SteeringType", "loại chỉ đạo", "1.13", need=MILD, forms=(BARE_INTEGER, STEERING)),
    field(
        "document_id",
        "DocumentId",
        "mã định danh văn bản",
        "1.14",
        need=FATAL,
        limit=Limit(DOCUMENT_ID_LIMIT, DOCUMENT_ID_LIMIT, FATAL),
        forms=(DATED_ID,),
    ),
)

PLACE_FIELDS: tuple[Field[str], ...] = (field("", "", "dòng nơi nhận thứ {n}", "", read=str, limit=150),)
APPENDIX_FIELDS: tuple[Field[str], ...] = (field("", "", "tên phụ lục thứ {n}", "", read=str, limit=250),)


@rule(
    "header.to.missing",
    FATAL,
    "MessageHeader/To",
    "1.2",
    "Gói tin không có nơi nhận nào. Hãy thêm ít nhất một nơi nhận (To).",
)
def to_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return FINE if package.header.to else HERE


@rule(
    "header.to.organ_id.duplicate",
    FATAL,
    "MessageHeader/To[{n}]/OrganId",
    "1.2",
    "Mã định danh “{value}” có {count} lần trong danh sách nơi nhận. Hãy giữ một lần.",
)
def to_duplicate(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    codes = [organ.organ_id for organ in package.header.to]
    if len(set(codes)) == len(codes):
        return FINE
    counts = Counter(code for code in codes if code)
    return [{**hit(codes.index(code) + 1, code), "count": n} for code, n in counts.items() if n > 1]


@rule(
    "header.promulgation_info.promulgation_date.future",
    STRICT,
    "MessageHeader/PromulgationInfo/PromulgationDate",
    "1.4.2",
    "Ngày ban hành “{value}” ở sau ngày hôm nay ({today}). Hãy kiểm tra lại ngày.",
)
def promulgated_in_future(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    # The form yyyy/MM/dd sorts like the date, which spares reading every date twice.
    text = package.header.promulgation_info.promulgation_date
    if context.today is None or text <= f"{context.today:%Y/%m/%d}" or not package.header.promulgation_info.date:
        return FINE
    return [{"value": text, "today": f"{context.today:%Y/%m/%d}"}]


@rule(
    "header.document_type.type.unknown",
    MILD,
    "MessageHeader/DocumentType/Type",
    "1.5.1, 4.1",
    "Nhóm loại văn bản “{value}” không có trong quy chuẩn: 1 là quy phạm pháp luật, 2 là hành chính.",
)
def type_unknown(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    text = package.header.document_type.type
    return [hit(1, text)] if text not in _GROUPS and is_integer(text) else FINE


@rule(
    "header.document_type.type_detail.unknown",
    HINT,
    "MessageHeader/DocumentType/TypeDetail",
    "1.5.2, 4.1",
    "Mã loại văn bản “{value}” không có trong bảng của nhóm {group}.",
)
def type_detail_unknown(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    kind = package.header.document_type
    if kind.type not in _GROUPS or not kind.type_detail or _type_name(kind):
        return FINE
    return [{"value": shown(kind.type_detail), "group": kind.type}]


@rule(
    "header.document_type.type_name.mismatch",
    HINT,
    "MessageHeader/DocumentType/TypeName",
    "1.5.3, 4.1",
    "Tên loại “{value}” khác tên “{name}” mà nhóm và mã loại chỉ tới.",
)
def type_name_mismatch(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    kind = package.header.document_type
    name = _type_name(kind)
    # "Nghị quyết (cá biệt)" and "Chỉ thị (của UBND)" are names of the table with a remark.
    if not name or not kind.type_name or kind.type_name.partition("(")[0].strip().lower() == name.lower():
        return FINE
    return [{"value": shown(kind.type_name), "name": name}]


def _type_name(kind: DocumentType) -> str | None:
    group = _GROUPS.get(kind.type)
    if group is None or len(kind.type_detail) > 2 or not (kind.type_detail.isascii() and kind.type_detail.isdigit()):
        return None
    return DOCUMENT_TYPES.get((group, int(kind.type_detail)))


@rule(
    "header.to_places.total_too_long",
    STRICT,
    "MessageHeader/ToPlaces",
    "1.10",
    "Phần Nơi nhận dài {length} ký tự, tối đa 1000. Hãy viết ngắn lại.",
)
def to_places_too_long(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    places = package.header.to_places
    if sum(map(len, places)) <= 1000 or not longer("".join(places), 1000):
        return FINE
    return [{"length": sum(map(len, places))}]


@rule(
    "header.response_for.empty",
    MILD,
    "MessageHeader/ResponseFor[{n}]",
    "1.12, 3.4.6",
    "Khối ResponseFor thứ {n} để trống. Không phúc đáp văn bản nào thì bỏ cả khối.",
)
def response_for_empty(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return [hit(n, "") for n, block in enumerate(package.header.response_for, 1) if block.is_empty]


HEADER_RULES: tuple[Rule[DocumentPackage], ...] = (
    *rules_of(FROM, ORGAN),
    to_missing,
    *rules_of(TO, ORGAN),
    to_duplicate,
    *rules_of(HEADER, HEADER_FIELDS),
    promulgated_in_future,
    type_unknown,
    type_detail_unknown,
    type_name_mismatch,
    *rules_of(TO_PLACES, PLACE_FIELDS),
    to_places_too_long,
    *rules_of(APPENDIXES, APPENDIX_FIELDS),
    *rules_of(RESPONSE_FOR, RESPONSE),
    response_for_empty,
)
