"""The calls about agencies (vxp-protocol.md, sections 4.1 to 4.5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase

from lienthong.common import clock
from lienthong.gateways.vxp_api import answers
from lienthong.gateways.vxp_api.dispatch import SignedRequest, call
from lienthong.gateways.vxp_api.faults import CallError, Fault
from lienthong.gateways.vxp_api.registration import read_registration
from lienthong.ledger.actors import acting
from lienthong.ledger.events import Actor
from lienthong.registry import services
from lienthong.registry.models import Level
from lienthong.registry.selectors import DirectoryRow, directory_rows, synchronised_units


@call()
def get_agencies_list(request: SignedRequest) -> HttpResponseBase:
    return answers.listed(map(_agency_fields, directory_rows(clock.today())))


@call()
def get_agencies_list_qd20(request: SignedRequest) -> HttpResponseBase:
    """Only agencies that have a code of QĐ 20/2020; of all levels unless one is named."""
    rows = directory_rows(clock.today(), _level(request.parameters.text("level")))
    return answers.listed(_qd20_fields(row) for row in rows if row.code102)


@call()
def get_synchronize_unit(request: SignedRequest) -> HttpResponseBase:
    """Closed agencies too, so that a client can close them on its side."""
    return answers.listed(map(_unit_fields, synchronised_units(clock.today())))


@call()
def register_agency(request: SignedRequest) -> HttpResponseBase:
    """Create or update: what the real axis answers for a duplicate is not known, and each call may come five times."""
    registration = read_registration(request.body)
    _refuse_unless_allowed()
    with acting(_actor(request)):
        services.register_agency(
            system_pk=request.system.pk,
            parent_code=registration.parent_code,
            code=registration.code,
            name=registration.name,
            mail=registration.mail,
            phone=registration.mobile,
            fax=registration.fax,
        )
    return answers.succeeded()


@call()
def delete_agency(request: SignedRequest) -> HttpResponseBase:
    """Close, not delete: the code stays known and is never given again."""
    _refuse_unless_allowed()
    with acting(_actor(request)):
        services.remove_agency(system_pk=request.system.pk, code=request.parameters.required("AgencyCode"))
    return answers.succeeded()


def _actor(request: SignedRequest) -> Actor:
    return Actor(system=request.system.system_id, remote=request.remote)


def _refuse_unless_allowed() -> None:
    if not settings.OWNER_MAY_REGISTER:
        raise CallError(Fault.AGENCY_FOREIGN, "Danh bạ của trục chỉ do quản trị trục cập nhật.")


def _level(text: str) -> Level | None:
    if not text:
        return None
    level = Level.of_number(int(text)) if text.isdecimal() and len(text) < 3 else None
    if level is None:
        raise CallError(Fault.PARAMETER_WRONG, f"level {text!r} phải là 1, 2, 3 hoặc 4.")
    return level


def _agency_fields(row: DirectoryRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "mail": row.mail,
        "pid": _parent(row),
        "oldCode": row.old_code or None,
    }


def _qd20_fields(row: DirectoryRow) -> dict[str, Any]:
    """``code102`` is meant as the code after QCVN 102, beside the new one; the registry's field of that name is not."""
    return {
        "id": str(row.id),
        "code": row.code102,
        "name": row.name,
        "mail": row.mail,
        "code102": row.old_code or None,
    }


def _unit_fields(row: DirectoryRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "mail": row.mail,
        "pid": _parent(row) or "",
        "centerCode": row.center_code,
        "modifyDate": answers.moment(row.modify_date),
        "version": row.version,
        "deleted": row.deleted,
        "isAgency": row.is_agency,
    }


def _parent(row: DirectoryRow) -> str | None:
    return None if row.pid is None else str(row.pid)
