"""Agencies: created, renamed, moved, given codes, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import F, Q

from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.registry import codes, revision
from lienthong.registry.acts import note_agency
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import (
    Agency,
    AgencyContact,
    AgencyIdentifier,
    AgencyName,
    AgencyPlacement,
    Level,
    OnClosed,
    Scheme,
)
from lienthong.registry.text import clean, is_clean, searchable

NAME_LONGEST = 500
CONTACT_LONGEST = {"mail": 200, "phone": 50, "fax": 50, "address": 500}


def create_agency(  # noqa: PLR0913 - one column each
    *,
    code: str,
    name: str,
    level: Level | str,
    valid_from: date,
    parent: Agency | None = None,
    abbreviation: str = "",
    scheme: Scheme | None = None,
    old_code: str = "",
    contact: Mapping[str, str] | None = None,
) -> Agency:
    """Create an agency with its first name, code, level and parent.

    :param scheme: by default the one whose shape the code has
    :param old_code: its 13-character code besides, when it has both
    :param contact: any of mail, phone, fax, address
    :raises RegistryError: ``registry.agency.*``
    """
    with revision.changing():
        moment = clock.now()
        agency = Agency.objects.create(created_at=moment, modified_at=moment)
        add_identifier(agency=agency, code=code, scheme=scheme, valid_from=valid_from)
        if old_code.strip():
            add_identifier(agency=agency, code=old_code, scheme=Scheme.QCVN102, valid_from=valid_from)
        _add_name(agency, name, abbreviation, valid_from)
        _add_placement(agency, level, parent, valid_from)
        AgencyContact.objects.create(agency=agency)
        set_contact(agency=agency, **(contact or {}))
        note_agency(EventKind.AGENCY_CREATED, agency, code=code, name=name, level=str(level), valid_from=valid_from)
        revision.advance()
    return agency


def add_identifier(*, agency: Agency, code: str, valid_from: date, scheme: Scheme | None = None) -> AgencyIdentifier:
    """Give an agency one more code.

    :raises RegistryError: ``registry.agency.code_taken`` when it is or was anybody's
    """
    code = codes.checked(code)
    with revision.changing():
        refuse_taken_code(code)
        identifier = AgencyIdentifier.objects.create(
            agency=agency, code=code, scheme=scheme or codes.scheme_of(code), valid_from=valid_from
        )
        note_agency(EventKind.CODE_ADDED, agency, code=code, valid_from=valid_from)
        _touch(agency)
    return identifier


def rename_agency(*, agency: Agency, name: str, valid_from: date, abbreviation: str | None = None) -> None:
    """Give an agency another name from a day on; the same name again changes nothing.

    :param abbreviation: by default the one it has
    """
    with revision.changing():
        last = agency.names.get(valid_to=None)
        short = last.abbreviation if abbreviation is None else clean(abbreviation)
        if (last.name, last.abbreviation) == (clean(name), short):
            return
        _refuse_earlier(last.valid_from, valid_from)
        if last.valid_from == valid_from:
            last.delete()
        else:
            last.valid_to = valid_from
            last.save(update_fields=["valid_to"])
        _add_name(agency, name, short, valid_from)
        note_agency(EventKind.AGENCY_CHANGED, agency, name=name, abbreviation=short, valid_from=valid_from)
        _touch(agency)


def move_agency(*, agency: Agency, level: Level | str, parent: Agency | None, valid_from: date) -> None:
    """Put an agency under another parent or on another level from a day on.

    :raises RegistryError: ``registry.agency.cycle`` when the parent lies below the agency
    """
    with revision.changing():
        last = agency.placements.get(valid_to=None)
        if (last.level, last.parent_id) == (level, parent.pk if parent else None):
            return
        _refuse_earlier(last.valid_from, valid_from)
        _refuse_cycle(agency, parent)
        if last.valid_from == valid_from:
            last.delete()
        else:
            last.valid_to = valid_from
            last.save(update_fields=["valid_to"])
        _add_placement(agency, level, parent, valid_from)
        above = parent.pk if parent else None
        note_agency(EventKind.AGENCY_CHANGED, agency, level=str(level), parent=above, valid_from=valid_from)
        _touch(agency)


def close_identifier(
    *,
    identifier: AgencyIdentifier,
    on_date: date,
    successor: Agency | None = None,
    on_closed: OnClosed | str = OnClosed.REFUSE,
) -> None:
    """Close one code from a day on. It stays known for ever, with who came after.

    :raises RegistryError: ``registry.agency.already_closed`` and others
    """
    with revision.changing():
        _refuse_bad_succession(identifier, successor, on_closed, on_date)
        if on_date < identifier.valid_from:
            raise _before_start(identifier.code, identifier.valid_from)
        asked = (on_date, successor.pk if successor else None, str(on_closed))
        if (identifier.valid_to, identifier.successor_id, identifier.on_closed) == asked:
            return
        # Successor and redirection may be amended at any time, the day only until it has come.
        if identifier.valid_to not in (None, on_date) and identifier.valid_to <= clock.today():
            raise RegistryError(
                "registry.agency.already_closed",
                f"Mã {identifier.code} đã đóng từ ngày {identifier.valid_to:%d/%m/%Y}.",
                "Không đổi được ngày đóng đã qua; muốn sửa cơ quan kế thừa thì ghi đúng ngày đóng cũ.",
            )
        identifier.valid_to, identifier.successor, identifier.on_closed = on_date, successor, OnClosed(on_closed)
        identifier.save()
        note_agency(EventKind.CODE_CLOSED, identifier.agency, code=identifier.code, on_date=on_date,
                    successor=successor.pk if successor else None, on_closed=str(on_closed))  # fmt: skip
        _touch(identifier.agency)


def restore_identifier(
    *, identifier: AgencyIdentifier, valid_to: date | None, successor: Agency | None, on_closed: OnClosed | str
) -> None:
    """Let a code stand again as it stood before a reform closed it. Only undoing that reform may do so."""
    with revision.changing():
        identifier.valid_to, identifier.successor, identifier.on_closed = valid_to, successor, OnClosed(on_closed)
        identifier.save()
        note_agency(EventKind.CODE_RESTORED, identifier.agency, code=identifier.code, valid_to=valid_to,
                    successor=successor.pk if successor else None)  # fmt: skip
        _touch(identifier.agency)


def close_agency(
    *, agency: Agency, on_date: date, successor: Agency | None = None, on_closed: OnClosed | str = OnClosed.REFUSE
) -> None:
    """Close all open codes of an agency from a day on.

    Its names, place and serving system stay as they were: reports about its old documents still find their way.

    :raises RegistryError: ``registry.agency.has_children`` while open agencies stand below it
    """
    with revision.changing():
        identifiers = list(agency.identifiers.filter(valid_to=None))
        if identifiers:
            _refuse_children(agency, on_date)
            _refuse_own_succession(agency, successor, identifiers[0].code)
        else:
            last = agency.identifiers.order_by("-valid_to", "pk")[0].valid_to
            identifiers = list(agency.identifiers.filter(valid_to=last))
        for identifier in identifiers:
            close_identifier(identifier=identifier, on_date=on_date, successor=successor, on_closed=on_closed)


def set_contact(
    *,
    agency: Agency,
    mail: str | None = None,
    phone: str | None = None,
    fax: str | None = None,
    address: str | None = None,
) -> None:
    """Change how people reach an agency; ``None`` leaves a field as it is."""
    given = {"mail": mail, "phone": phone, "fax": fax, "address": address}
    wanted = {field: _checked_contact(field, text) for field, text in given.items() if text is not None}
    with revision.changing():
        contact, _ = AgencyContact.objects.get_or_create(agency=agency)
        changed = [field for field, text in wanted.items() if getattr(contact, field) != text]
        for field in changed:
            setattr(contact, field, wanted[field])
        if changed:
            contact.save(update_fields=changed)
            note_agency(EventKind.AGENCY_CHANGED, agency, **{field: wanted[field] for field in changed})
            _touch(agency)


def refuse_taken_code(code: str) -> None:
    owner = AgencyIdentifier.objects.filter(code=code).first()
    if owner is not None:
        raise RegistryError(
            "registry.agency.code_taken",
            f"Mã định danh {code} đã được cấp" + (f" (đóng từ {owner.valid_to:%d/%m/%Y})." if owner.valid_to else "."),
            "Mã không bao giờ dùng lại; xem lienthong agencies show " + code,
        )


def _checked_contact(field: str, text: str) -> str:
    text = clean(text)
    if len(text) > CONTACT_LONGEST[field] or not is_clean(text):
        raise RegistryError(
            "registry.agency.contact_malformed",
            f"Thông tin liên hệ ({field}) quá dài hoặc có ký tự điều khiển.",
            f"Viết lại trong {CONTACT_LONGEST[field]} ký tự.",
        )
    return text


def _add_name(agency: Agency, name: str, abbreviation: str, valid_from: date) -> None:
    name, abbreviation = clean(name), clean(abbreviation)
    if not name or len(name) > NAME_LONGEST or len(abbreviation) > 100 or not is_clean(name + abbreviation):
        raise RegistryError(
            "registry.agency.name_malformed",
            "Tên cơ quan phải có từ 1 đến 500 ký tự, tên viết tắt không quá 100, không có ký tự điều khiển.",
            "Ghi tên như trong quyết định thành lập.",
        )
    AgencyName.objects.create(
        agency=agency,
        name=name,
        abbreviation=abbreviation,
        folded=searchable(name, abbreviation),
        valid_from=valid_from,
    )


def _add_placement(agency: Agency, level: Level | str, parent: Agency | None, valid_from: date) -> None:
    if level not in Level.values:
        raise RegistryError(
            "registry.agency.level_unknown",
            f"Không có cấp {str(level)!r}.",
            "Chọn một trong: " + ", ".join(f"{known.value} ({known.label})" for known in Level),
        )
    if parent is not None:
        _refuse_parent_not_open(parent, valid_from)
    AgencyPlacement.objects.create(agency=agency, level=level, parent=parent, valid_from=valid_from)


def _touch(agency: Agency) -> None:
    Agency.objects.filter(pk=agency.pk).update(modified_at=clock.now(), version=F("version") + 1)
    revision.advance()


def _refuse_earlier(last: date, asked: date) -> None:
    if asked < last:
        raise RegistryError(
            "registry.agency.date_before_last",
            f"Ngày {asked:%d/%m/%Y} sớm hơn lần thay đổi gần nhất ({last:%d/%m/%Y}).",
            "Chọn ngày từ lần thay đổi gần nhất trở đi.",
        )


def _refuse_parent_not_open(parent: Agency, day: date) -> None:
    open_codes = parent.identifiers.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    if not open_codes.exists():
        raise RegistryError(
            "registry.agency.parent_not_open",
            f"Cơ quan cấp trên không hoạt động vào ngày {day:%d/%m/%Y}.",
            "Chọn cơ quan cấp trên đang hoạt động vào ngày đó, hoặc chọn ngày khác.",
        )


def _refuse_cycle(agency: Agency, parent: Agency | None) -> None:
    above, seen = parent, set[int]()
    while above is not None and above.pk not in seen:
        if above.pk == agency.pk:
            raise RegistryError(
                "registry.agency.cycle",
                "Cơ quan cấp trên được chọn lại nằm dưới chính cơ quan này.",
                "Chọn cơ quan cấp trên khác.",
            )
        seen.add(above.pk)
        placement = above.placements.filter(valid_to=None).select_related("parent").first()
        above = placement.parent if placement else None


def _refuse_bad_succession(
    identifier: AgencyIdentifier, successor: Agency | None, on_closed: OnClosed | str, on_date: date
) -> None:
    """An agency that goes on under another code is its own successor."""
    others = identifier.agency.identifiers.exclude(pk=identifier.pk).filter(valid_from__lte=on_date)
    if not others.filter(Q(valid_to=None) | Q(valid_to__gt=on_date)).exists():
        _refuse_own_succession(identifier.agency, successor, identifier.code)
    if on_closed == OnClosed.REDIRECT and successor is None:
        raise RegistryError(
            "registry.agency.redirect_to_nobody",
            f"Muốn chuyển tiếp văn bản gửi tới mã {identifier.code} thì phải có cơ quan kế thừa.",
            "Nêu cơ quan kế thừa (--successor), hoặc chọn từ chối (--on-closed refuse).",
        )


def _refuse_own_succession(agency: Agency, successor: Agency | None, code: str) -> None:
    if successor == agency:
        raise RegistryError(
            "registry.agency.succeeds_itself",
            f"Cơ quan mang mã {code} không thể kế thừa chính mình khi không còn mã nào khác.",
            "Chọn cơ quan kế thừa khác, hoặc bỏ trống; nếu chỉ đổi mã thì cấp mã mới trước.",
        )


def _refuse_children(agency: Agency, on_date: date) -> None:
    children = (
        AgencyPlacement.objects.filter(parent=agency, valid_to=None)
        .filter(agency__identifiers__valid_to=None)
        .values("agency_id")
        .distinct()
        .count()
    )
    if children:
        raise RegistryError(
            "registry.agency.has_children",
            f"Còn {children} cơ quan đang hoạt động trực thuộc vào ngày {on_date:%d/%m/%Y}.",
            "Chuyển hoặc đóng các cơ quan trực thuộc trước: lienthong agencies move …",
        )


def _before_start(code: str, start: date) -> RegistryError:
    return RegistryError(
        "registry.agency.closed_before_start",
        f"Mã {code} chỉ có hiệu lực từ {start:%d/%m/%Y}, không thể đóng trước ngày đó.",
        "Chọn ngày đóng từ ngày bắt đầu trở đi.",
    )
