"""Drafts: begun, saved while they are typed, discarded. Nothing that was typed is refused; what is wrong with it is
told beside the field and only matters when the document is numbered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from edxml102.codes import BusinessType
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.records.outgoing import access
from lienthong.records.outgoing.acts import note
from lienthong.records.outgoing.errors import ChangedMeanwhileError, NotPossibleError
from lienthong.records.outgoing.metadata import clipped
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient
from lienthong.records.outgoing.services import file_store
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState, may_edit, move

# What a new draft takes over from the author's last one: the same clerk writes for the same leaders all day.
_HABITS = ("type_code", "unit", "place", "signer_name", "signer_position", "signer_competence", "staff_department",
           "staff_name", "staff_mobile", "staff_email", "book_id")  # fmt: skip
_ONE_ENTRY_WITHIN = timedelta(minutes=30)


@transaction.atomic
def create_draft(*, actor: Actor, answers: list[dict[str, str]] | None = None) -> OutgoingDocument:
    """A new draft of the actor, with the habits of their last one.

    :param answers: earlier documents it answers: ``organ_id``, ``code``, ``issued_on`` (ISO), ``document_id``
    :raises NotAllowedError: they may not compose
    """
    return _create(actor, access.home(actor, DocumentAct.COMPOSE), answers=answers or [])


@transaction.atomic
def untouched_draft(*, actor: Actor) -> OutgoingDocument:
    """The actor's draft that nothing was done to yet, or a new one: whoever only looks leaves no rows behind."""
    agency_id = access.home(actor, DocumentAct.COMPOSE)
    drafts = OutgoingDocument.objects.filter(
        agency=agency_id, author=actor.user_id, state=OutgoingState.DRAFT.value, updated_at=F("created_at"), target=None
    )
    found = drafts.order_by("-created_at").first()
    if found is None:
        return _create(actor, agency_id)
    if found.issued_on != clock.today():
        found.issued_on = clock.today()
        found.save(update_fields=["issued_on"])
    return found


def _create(actor: Actor, agency_id: int, **given: Any) -> OutgoingDocument:
    now = clock.now()
    last = OutgoingDocument.objects.filter(agency=agency_id, author=actor.user_id).order_by("-created_at").first()
    habits = {name: getattr(last, name) for name in _HABITS} if last else {"type_code": "2.18"}
    document = OutgoingDocument.objects.create(
        agency_id=agency_id,
        author_id=actor.user_id,
        state=OutgoingState.DRAFT.value,
        created_at=now,
        updated_at=now,
        updated_by=actor.signature,
        typed_by=actor.signature,
        issued_on=clock.today(),
        **{**habits, **given},
    )
    note(document, OutgoingAct.CREATE, who=actor.signature)
    return document


@transaction.atomic
def create_replacement(*, actor: Actor, document: UUID, reason: str) -> OutgoingDocument:
    """A draft that is to replace a sent document (business type 3), with its data and recipients.

    :raises NotPossibleError: it was not sent, or is recalled
    """
    old = access.lock(actor, document, DocumentAct.ASK)
    if old.standing is not OutgoingState.SENT or old.frozen_at or old.is_order:
        raise NotPossibleError("Chỉ thay thế được văn bản đã gửi và chưa bị thu hồi.", "Xem trạng thái của văn bản.")
    data = {name: getattr(old, name) for name in ("subject", "priority", "to_places", "subject_class", "sphere")}
    new = _create(actor, old.agency_id, **data)
    new.business_type, new.target, new.reason = BusinessType.REPLACE.code, old, _one_line(reason)
    new.save(update_fields=["business_type", "target", "reason"])
    OutgoingRecipient.objects.bulk_create(
        OutgoingRecipient(
            document=new, agency_id=one.agency_id, code=one.code, name=one.name, by_axis=one.by_axis,
            on_paper=one.on_paper,
        )
        for one in old.recipients.all()
    )  # fmt: skip
    note(old, OutgoingAct.REPLACE, who=actor.signature, detail=new.reason)
    return new


@transaction.atomic
def save_draft(
    *, actor: Actor, document: UUID, version: int, changes: Mapping[str, Any], book_id: int | None = None
) -> OutgoingDocument:
    """Keep what was typed. Fields that the state no longer lets change are left as they are.

    :param version: the one the page was opened with
    :raises ChangedMeanwhileError: somebody else saved meanwhile
    :raises NotPossibleError: it is sent already
    """
    found = open_for_editing(actor, document, version)
    wanted = {name: value for name, value in clipped(changes).items() if may_edit(found.standing, name)}
    if book_id is not None and not found.standing.has_number:
        wanted["book_id"] = book_id
    changed = {name: value for name, value in wanted.items() if getattr(found, name) != value}
    if not changed:
        return found
    for name, value in changed.items():
        setattr(found, name, value)
    found.folded, found.typed_by, found.version = fold(found.subject), actor.signature, found.version + 1
    return touch(found, actor, [*changed, "folded", "typed_by", "version"])


def open_for_editing(actor: Actor, document: UUID, version: int | None) -> OutgoingDocument:
    """The locked document, for a change by a person who saw ``version`` (``None``: it touches nothing that is typed).

    One's own later version is no conflict: an answer may have been lost on its way to the page.

    :raises ChangedMeanwhileError: somebody else typed meanwhile
    :raises NotPossibleError: it is sent already
    """
    found = access.lock(actor, document, DocumentAct.COMPOSE)
    if move(found.standing, OutgoingAct.EDIT) is None:
        raise NotPossibleError(f"Văn bản này không sửa được nữa: {found.standing.label.lower()}.", "Mở trang theo dõi.")
    if version is not None and version != found.version and found.typed_by != actor.signature:
        raise ChangedMeanwhileError(by=found.typed_by, version=found.version)
    return found


def touch(document: OutgoingDocument, actor: Actor, fields: list[str]) -> OutgoingDocument:
    """Save the fields, and who changed the document last. Typing for a while leaves one line in the history."""
    now = clock.now()
    last = document.history.order_by("-id").first()
    document.updated_at, document.updated_by = now, actor.signature
    document.save(update_fields=[*fields, "updated_at", "updated_by"])
    typing = (OutgoingAct.EDIT.value, OutgoingAct.CREATE.value)
    goes_on = last and last.act in typing and last.who == actor.signature and now - last.at < _ONE_ENTRY_WITHIN
    if not goes_on:
        note(document, OutgoingAct.EDIT, who=actor.signature)
    return document


@transaction.atomic
def discard_draft(*, actor: Actor, document: UUID) -> None:
    """Throw a draft and its files away.

    :raises NotPossibleError: it has a number
    """
    found = access.lock(actor, document, DocumentAct.COMPOSE)
    after = move(found.standing, OutgoingAct.DISCARD)
    if after is None:
        raise NotPossibleError("Văn bản đã cấp số thì không bỏ được.", "Dùng Hủy văn bản, số vẫn giữ trong sổ.")
    file_store.forget(list(found.files.all()))
    found.state = after.value
    note(found, OutgoingAct.DISCARD, who=actor.signature)
    touch(found, actor, ["state"])


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
