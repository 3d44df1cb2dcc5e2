"""What the workplace keeps of a document package: the facts that lists, registers and forms show. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from edxml102.codes import Priority
from edxml102.model import DocumentPackage, parse_date
from lienthong.common.folding import fold_code


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """Fields of ``IncomingDocument`` under their names there."""

    from_code: str = ""
    from_name: str
    document_id: str = ""
    business_type: str = "0"
    number: str = ""
    notation: str = ""
    promulgation_date: date | None = None
    type_name: str = ""
    subject: str
    signer_name: str = ""
    signer_position: str = ""
    priority: int = 0
    due_date: date | None = None
    page_amount: str = ""
    responds_to: tuple[str, ...] = ()
    reason: str = ""

    @property
    def code_folded(self) -> str:
        return fold_code(f"{self.number} {self.notation}")


def read_facts(package: DocumentPackage) -> DocumentFacts:
    """The facts of a package as it says them; what cannot be read as a date or an urgency is none."""
    header, bussiness = package.header, package.trace.bussiness
    priority = Priority.known(header.other_info.priority)
    return DocumentFacts(
        from_code=header.from_.organ_id,
        from_name=header.from_.organ_name or header.from_.organ_id,
        document_id=header.document_id,
        business_type=bussiness.document_type or "0",
        number=header.code.number,
        notation=header.code.notation,
        promulgation_date=header.promulgation_info.date,
        type_name=header.document_type.type_name,
        subject=header.subject,
        signer_name=header.signer_info.full_name,
        signer_position=header.signer_info.position,
        priority=priority.rank if priority else 0,
        due_date=parse_date(header.due_date),
        page_amount=header.other_info.page_amount,
        responds_to=tuple(one.document_id for one in header.response_for if one.document_id),
        reason=bussiness.reason,
    )
