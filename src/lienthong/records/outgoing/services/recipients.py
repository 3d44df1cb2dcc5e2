"""Recipients of a document, the lists they are chosen from, and the list of what also goes on paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from edxml102.codes import DocumentGroup
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records.outgoing import access
from lienthong.records.outgoing.errors import NotPossibleError, OutgoingError
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient, PaperRule, RecipientGroup
from lienthong.records.outgoing.notation import parse_type
from lienthong.records.outgoing.recipients import FAVOURITES
from lienthong.records.outgoing.services.drafting import open_for_editing, touch
from lienthong.registry import directory
from lienthong.registry import revision as revisions
from lienthong.registry.models import Agency, AgencyIdentifier, Scheme
from lienthong.registry.resolution import Outcome, Resolution


class ListError(OutgoingError):
    """A group or a rule cannot be kept so."""

    code = "LT-V08"


@transaction.atomic
def change_recipients(
    *, actor: Actor, document: UUID, add: Collection[int] = (), remove: Collection[int] = ()
) -> OutgoingDocument:
    """Add and take out agencies. One that the axis does not reach gets paper; so does what the paper list names."""
    found = open_for_editing(actor, document, None)
    found.recipients.filter(agency__in=remove).delete()
    held = set(found.recipients.values_list("agency_id", flat=True))
    wanted = [agency for agency in dict.fromkeys(add) if agency not in held and agency != found.agency_id]
    answers = resolve_agencies(wanted)
    rules = open_rules(found.agency_id)
    OutgoingRecipient.objects.bulk_create(
        _recipient(found, agency, answers[agency], rules) for agency in wanted if agency in answers
    )
    return touch(found, actor, [])


def _recipient(
    document: OutgoingDocument, agency: int, answer: Resolution, rules: Sequence[PaperRule]
) -> OutgoingRecipient:
    reached = answer.system_pk is not None
    paper = not reached or any(rule_holds(rule, document, agency) for rule in rules)
    return OutgoingRecipient(
        document=document, agency_id=agency, code=answer.code, name=answer.name or answer.code, by_axis=reached,
        on_paper=paper,
    )  # fmt: skip


def resolve_agencies(agencies: Collection[int]) -> dict[int, Resolution]:
    """Where each agency is reached today, by the code it is best addressed by; those closed are left out."""
    today = clock.today()
    rows = AgencyIdentifier.objects.filter(agency__in=agencies, valid_from__lte=today).exclude(valid_to__lte=today)
    order = {scheme: place for place, scheme in enumerate(Scheme.values)}
    best: dict[int, AgencyIdentifier] = {}
    for row in sorted(rows, key=lambda row: (order[row.scheme], row.pk)):
        best.setdefault(row.agency_id, row)
    answers = directory.resolve_many((row.code for row in best.values()), today, revision=revisions.current())
    found = {agency: answers[row.code] for agency, row in best.items()}
    return {agency: answer for agency, answer in found.items() if answer.outcome is Outcome.OPEN}


@transaction.atomic
def choose_channel(*, actor: Actor, document: UUID, agency_id: int, by_axis: bool, on_paper: bool) -> OutgoingDocument:
    """Send a recipient the document through the axis, on paper, or both.

    :raises NotPossibleError: it would get nothing, or both although the paper list does not name it (REQ-28 5.3)
    """
    found = open_for_editing(actor, document, None)
    row = found.recipients.filter(agency=agency_id).first()
    if row is None:
        raise NotPossibleError("Cơ quan này không còn trong danh sách nhận.", "Tải lại trang.")
    if not (by_axis or on_paper):
        raise NotPossibleError(f"{row.name} phải nhận bằng ít nhất một đường.", "Bỏ khỏi danh sách nếu không gửi.")
    if by_axis and on_paper and not any(rule_holds(rule, found, agency_id) for rule in open_rules(found.agency_id)):
        raise NotPossibleError(
            "Đã gửi điện tử thì không gửi kèm bản giấy, trừ danh mục gửi kèm giấy (khoản 2 Điều 7).",
            "Thêm vào danh mục gửi kèm giấy của cơ quan nếu được duyệt.",
        )
    row.by_axis, row.on_paper = by_axis, on_paper
    row.save(update_fields=["by_axis", "on_paper"])
    return touch(found, actor, [])


# --- Groups -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_group(*, actor: Actor, name: str, agencies: Collection[int], shared: bool = True) -> RecipientGroup:
    """Keep a named list for all who compose in the agency, or for the actor alone; an existing one is replaced.

    :raises ListError: it has no name, or nobody in it
    """
    agency_id = access.home(actor, DocumentAct.COMPOSE)
    name = " ".join(name.split())[:100]
    if not name or name == FAVOURITES or not agencies:
        raise ListError("Nhóm phải có tên và ít nhất một cơ quan.", "Chọn nơi nhận rồi đặt tên nhóm.")
    group, _ = RecipientGroup.objects.update_or_create(
        agency_id=agency_id,
        owner_id=None if shared else actor.user_id,
        name=name,
        defaults={"updated_at": clock.now()},
    )
    group.members.set(Agency.objects.filter(pk__in=agencies))
    return group


@transaction.atomic
def delete_group(*, actor: Actor, group: int) -> None:
    """Delete a list of the agency, or one's own; documents that used it keep their recipients."""
    agency_id = access.home(actor, DocumentAct.COMPOSE)
    RecipientGroup.objects.filter(pk=group, agency=agency_id, owner__in=[actor.user_id]).delete()
    RecipientGroup.objects.filter(pk=group, agency=agency_id, owner=None).delete()


@transaction.atomic
def star(*, actor: Actor, agency_id: int, on: bool) -> None:
    """Make an agency a favourite of the actor, or no longer."""
    home = access.home(actor, DocumentAct.COMPOSE)
    group, _ = RecipientGroup.objects.get_or_create(
        agency_id=home, owner_id=actor.user_id, name=FAVOURITES, defaults={"updated_at": clock.now()}
    )
    chosen = Agency.objects.filter(pk=agency_id)
    group.members.add(*chosen) if on else group.members.remove(*chosen)


# --- The paper list ---------------------------------------------------------------------------------------------------


def open_rules(agency_id: int) -> list[PaperRule]:
    """The paper list of an agency as it stands."""
    return list(PaperRule.objects.filter(agency=agency_id, ended_at=None).order_by("pk"))


def rule_holds(rule: PaperRule, document: OutgoingDocument, to_agency: int) -> bool:
    """Whether a line of the paper list names this document at this receiver."""
    type_fits = not rule.type_code or rule.type_code == document.type_code or _whole_group(rule, document)
    return (
        type_fits
        and (rule.to_agency_id is None or rule.to_agency_id == to_agency)
        and (not rule.subject_class or rule.subject_class.casefold() == document.subject_class.strip().casefold())
    )


def _whole_group(rule: PaperRule, document: OutgoingDocument) -> bool:
    """``1.*`` stands for every legal normative document."""
    key = parse_type(document.type_code)
    group, _, rest = rule.type_code.partition(".")
    return rest == "*" and key is not None and key[0].code == group


@transaction.atomic
def add_paper_rule(
    *,
    actor: Actor,
    basis: str,
    type_code: str = "",
    to_agency: int | None = None,
    subject_class: str = "",
) -> PaperRule:
    """Add a line to the list that the head of the agency fixed (REQ-28/2018-7.2b).

    :raises ListError: it names nothing, or no decision it rests on
    """
    agency_id = access.home(actor, DocumentAct.SEND)
    groups = {f"{group.code}.*" for group in DocumentGroup}
    if type_code and type_code not in groups and parse_type(type_code) is None:
        raise ListError("Loại văn bản không có trong danh mục.", "Chọn lại loại văn bản.")
    if not (type_code or to_agency or subject_class.strip()):
        raise ListError("Dòng này chưa nêu loại văn bản, nơi nhận hay lĩnh vực nào.", "Chọn ít nhất một.")
    if not basis.strip():
        raise ListError("Chưa ghi quyết định của người đứng đầu.", "Ghi số, ngày của quyết định ban hành danh mục.")
    return PaperRule.objects.create(
        agency_id=agency_id, type_code=type_code, to_agency_id=to_agency, subject_class=subject_class.strip()[:100],
        basis=basis.strip()[:200], created_at=clock.now(), created_by=actor.signature,
    )  # fmt: skip


@transaction.atomic
def end_paper_rule(*, actor: Actor, rule: int) -> None:
    """Take a line out of the list; documents numbered before keep what it decided."""
    agency_id = access.home(actor, DocumentAct.SEND)
    PaperRule.objects.filter(pk=rule, agency=agency_id, ended_at=None).update(ended_at=clock.now())
