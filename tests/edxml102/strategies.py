"""Hypothesis strategies for packages: anything the model can hold, and packages sound enough to be sent.

Texts are the ones a reader gives back: no white space around them, and nothing XML cannot say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from edxml102.codes import DOCUMENT_TYPES
from edxml102.model import (
    Attachment,
    Bussiness,
    BussinessDocumentInfo,
    Code,
    DocumentPackage,
    DocumentType,
    Extra,
    ManifestReference,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import manifest_of
from tests.edxml102.examples import CLERK, HEADER, STATUS, TRACE

WORDS = (
    "Ủy ban nhân dân xã Đại Thắng",
    "Quyết định <số> & \"ký hiệu\" 'VP'",
    "]]> <![CDATA[ <!-- --> &amp; &#0;",
    "dòng một\r\ndòng hai\rdòng ba\n\tthụt vào",
    "Nguye\u0302\u0303n",  # letters and accents apart: kept so
    "\u00a0giữa\u2028\u0085",
    "𝒱ăn bản 📄",
    "cid:cid:7",
    "{n} %s \\",
)
characters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r<>&\"'"
)
texts = (st.sampled_from(WORDS) | st.text(characters, max_size=12)).map(str.strip)
optional = st.just("") | texts
filled = texts.filter(bool)
attribute_values = st.text(characters, max_size=8)
names = st.sampled_from(("GhiChu", "VendorNote", "Loại-Khác", "x_1.y"))
attributes = st.dictionaries(
    st.sampled_from(("kind", "xml:lang", "xlink:href", "edXML:id")), attribute_values, max_size=2
)


def extras() -> st.SearchStrategy[tuple[Extra, ...]]:
    """Unknown elements, some with attributes and children."""
    leaf = st.builds(Extra, name=names, text=texts, attributes=attributes.map(lambda found: tuple(found.items())))
    parent = st.builds(Extra, name=names, text=texts, children=st.tuples(leaf) | st.tuples(leaf, leaf))
    return st.just(()) | st.just(()) | st.tuples(leaf | parent)


def group(shape: Any, **fields: Any) -> st.SearchStrategy[Any]:
    """A group whose texts are all drawn; ``fields`` are the ones that are not texts."""
    hints = {name: optional for name, item in shape.__dataclass_fields__.items() if item.default == ""}
    return st.builds(shape, **{**hints, "extras": extras(), **fields})


def some(strategy: st.SearchStrategy[Any], *, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=2).map(tuple)


content_ids = filled.filter(lambda text: not text.lower().startswith("cid:"))
headers = group(
    MessageHeader,
    from_=group(Organ),
    to=some(group(Organ)),
    code=group(Code),
    promulgation_info=group(PromulgationInfo),
    document_type=group(DocumentType),
    signer_info=group(SignerInfo),
    to_places=some(texts),
    other_info=group(OtherInfo, appendixes=some(texts)),
    response_for=some(group(ResponseFor)),
    task_codes=some(texts),
)
bussinesses = group(
    Bussiness,
    document_info=some(group(BussinessDocumentInfo, receivers=some(group(Receiver)))),
    staff_info=some(group(StaffInfo)),
    replacements=some(group(ReplacementInfo, organ_ids=some(texts))),
)
traces = group(
    TraceHeaderList,
    id=attribute_values,
    version=attribute_values,
    traces=some(group(TraceHeader)),
    bussiness=bussinesses,
)
attachment_lists = st.lists(group(Attachment, content_id=content_ids), max_size=2, unique_by=lambda one: one.content_id)
document_packages = st.builds(
    DocumentPackage,
    header=headers,
    trace=traces,
    manifest=some(group(ManifestReference, content_id=content_ids)),
    attachments=attachment_lists.map(tuple),
    extras=extras(),
)
status_packages = group(
    StatusPackage,
    from_=group(Organ),
    response_for=group(ResponseFor),
    staff_info=st.none() | group(StaffInfo),
    status_code=filled,
)

# -- packages that may be sent

days = st.dates(date(2016, 4, 1), date(2026, 11, 22)).map(lambda day: f"{day:%Y/%m/%d}")
moments = st.datetimes(datetime(2016, 4, 1), datetime(2026, 11, 22)).map(lambda time: f"{time:%Y/%m/%d %H:%M:%S}")
codes = st.from_regex(r"[A-Y][0-9]{2}(\.[0-9A-Z]{2}){0,3}", fullmatch=True)
sound_organs = st.builds(Organ, organ_id=codes, organ_name=filled)
document_types = st.sampled_from(sorted(DOCUMENT_TYPES.items(), key=str)).map(
    lambda item: DocumentType(type=item[0][0].code, type_detail=str(item[0][1]), type_name=item[1])
)
sound_headers = st.builds(
    replace,
    st.just(HEADER),
    from_=sound_organs,
    to=st.lists(sound_organs, min_size=1, max_size=3, unique_by=lambda organ: organ.organ_id).map(tuple),
    promulgation_info=st.builds(PromulgationInfo, place=filled, promulgation_date=days),
    document_type=document_types,
    subject=filled,
    due_date=st.just("") | days,
)
sound_attachments = st.lists(
    st.builds(
        Attachment,
        content_id=content_ids,
        attachment_name=texts.map(lambda text: text.replace("/", "-").replace("\\", "-") + ".pdf"),
        description=optional,
        content_type=st.just("application/pdf"),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda attachment: attachment.content_id,
).map(tuple)
sound_documents = st.builds(
    lambda header, attachments, reason, kind: DocumentPackage(
        header=header,
        trace=replace(TRACE, bussiness=_bussiness(kind, reason)),
        manifest=manifest_of(attachments),
        attachments=attachments,
    ),
    sound_headers,
    sound_attachments,
    filled,
    st.sampled_from("0123"),
)
sound_statuses = st.builds(
    replace,
    st.just(STATUS),
    from_=sound_organs,
    status_code=st.sampled_from(("01", "02", "03", "04", "05", "06", "13", "15", "16")),
    description=filled,
    timestamp=moments,
)


def _bussiness(kind: str, reason: str) -> Bussiness:
    change = BussinessDocumentInfo(
        document_info="1", document_receiver="1", receivers=(Receiver(organ_id="H24.05", receiver_type="0"),)
    )
    return Bussiness(
        document_type=kind,
        reason=reason,
        document_info=(change,) if kind == "2" else (),
        document_id="H24,2026/11/02,15/VP",
        staff_info=(CLERK,),
        paper="0",
        replacements=(ReplacementInfo(document_id="H24,2026/01/02,1/VP", organ_ids=("H24.05",)),)
        if kind == "3"
        else (),
    )
