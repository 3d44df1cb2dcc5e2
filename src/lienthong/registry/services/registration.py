"""Agencies that a connected system registers and removes by itself, through the national SDK.

A system may do so below the agencies it serves, and nowhere else. Clients resend every call two to five times, so both
acts may come again and change nothing then.
"""

from __future__ import annotations

from datetime import date

from lienthong.common import clock
from lienthong.registry import codes, directory, revision, selectors
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, AgencyIdentifier, AgencyPlacement, System
from lienthong.registry.services.agencies import close_agency, create_agency, move_agency, rename_agency, set_contact
from lienthong.registry.services.systems import serve_agency


def register_agency(  # noqa: PLR0913 - the fields of the call
    *,
    system_pk: int,
    parent_code: str,
    code: str,
    name: str,
    mail: str = "",
    phone: str = "",
    fax: str = "",
    on_date: date | None = None,
) -> Agency:
    """Create the agency below ``parent_code``, or bring what is known of it up to date.

    The caller's own ``id`` for the agency has no meaning here, the code names it. A new one is on its parent's level.

    :raises RegistryError: ``registry.registration.not_allowed`` and those of the services it uses
    """
    day = on_date or clock.today()
    with revision.changing():
        parent = selectors.agency_by_code(parent_code)
        _refuse_unserved(system_pk, parent, parent_code, day)
        level = _placement(parent).level
        known = AgencyIdentifier.objects.select_related("agency").filter(code=codes.checked(code)).first()
        if known is None:
            agency = create_agency(code=code, name=name, level=level, parent=parent, valid_from=day)
        else:
            agency = known.agency
            _refuse_not_subordinate(system_pk, agency, code, day)
            _refuse_closed(known, day)
            rename_agency(agency=agency, name=name, valid_from=day)
            move_agency(agency=agency, level=_placement(agency).level, parent=parent, valid_from=day)
        # Clients leave out what they do not know; that must not erase what somebody else wrote.
        set_contact(agency=agency, mail=mail or None, phone=phone or None, fax=fax or None)
        if not directory.serves(system_pk, agency.pk, day, revision=revision.current()):
            serve_agency(system=System.objects.get(pk=system_pk), agency=agency, valid_from=day)
    return agency


def remove_agency(*, system_pk: int, code: str, on_date: date | None = None) -> None:
    """Close an agency that the system serves below another one it serves. Nothing is deleted.

    :raises RegistryError: ``registry.registration.not_allowed`` and those of ``close_agency``
    """
    day = on_date or clock.today()
    with revision.changing():
        agency = selectors.agency_by_code(code)
        _refuse_not_subordinate(system_pk, agency, code, day)
        if agency.identifiers.filter(valid_to=None).exists():
            close_agency(agency=agency, on_date=day)


def _placement(agency: Agency) -> AgencyPlacement:
    return agency.placements.select_related("parent").get(valid_to=None)


def _refuse_unserved(system_pk: int, agency: Agency, code: str, day: date) -> None:
    if not directory.serves(system_pk, agency.pk, day, revision=revision.current()):
        raise RegistryError(
            "registry.registration.not_allowed",
            f"Hệ thống của bạn không phục vụ cơ quan mang mã {code}.",
            "Chỉ đăng ký hoặc xóa cơ quan trực thuộc cơ quan mà hệ thống phục vụ; liên hệ đơn vị vận hành trục.",
        )


def _refuse_not_subordinate(system_pk: int, agency: Agency, code: str, day: date) -> None:
    """The agencies that the operator gave to a system are not its own to change: only those below them."""
    _refuse_unserved(system_pk, agency, code, day)
    parent = _placement(agency).parent
    if parent is None or not directory.serves(system_pk, parent.pk, day, revision=revision.current()):
        raise RegistryError(
            "registry.registration.not_allowed",
            f"Cơ quan mang mã {code} do đơn vị vận hành trục quản lý, hệ thống của bạn không được sửa.",
            "Gửi yêu cầu thay đổi tới đơn vị vận hành trục.",
        )


def _refuse_closed(identifier: AgencyIdentifier, day: date) -> None:
    if identifier.valid_to is not None and identifier.valid_to <= day:
        raise RegistryError(
            "registry.registration.code_closed",
            f"Mã {identifier.code} đã đóng từ ngày {identifier.valid_to:%d/%m/%Y}; mã không bao giờ dùng lại.",
            "Đăng ký cơ quan bằng mã mới.",
        )
