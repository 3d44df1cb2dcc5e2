"""Systems and their secrets. A secret leaves only in the value that the service returns, once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.registry import revision, vault
from lienthong.registry.acts import note_system
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import (
    Agency,
    AgencyIdentifier,
    Credential,
    Scheme,
    System,
    SystemKind,
    SystemService,
    SystemState,
)
from lienthong.registry.text import clean, is_clean

_SYSTEM_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,63}")


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A secret just made; nobody can read it again."""

    credential: Credential
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSystem:
    """A system just made, with its first secret."""

    system: System
    secret: str = field(repr=False)


def add_system(  # noqa: PLR0913 - one column each
    *,
    agencies: Sequence[Agency],
    valid_from: date,
    system_id: str | None = None,
    name: str = "",
    kind: SystemKind | str = SystemKind.PULL,
    include_subordinates: bool = False,
) -> NewSystem:
    """Register a system that serves these agencies, with its first secret.

    :param system_id: by default made from the first agency's code
    :raises RegistryError: ``registry.system.*``
    """
    with revision.changing():
        if kind not in SystemKind.values:
            raise _unknown_kind(str(kind))
        chosen = _checked_id(system_id) if system_id else _next_id(agencies)
        system = System.objects.create(
            system_id=chosen,
            name=_checked_text("Tên hệ thống", name, 200) or chosen,
            kind=SystemKind(kind),
            created_at=clock.now(),
        )
        note_system(EventKind.SYSTEM_ADDED, system, name=system.name, kind=system.kind)
        for agency in agencies:
            serve_agency(system=system, agency=agency, include_subordinates=include_subordinates, valid_from=valid_from)
        secret = _issue(system, label="").secret
        revision.advance()
    return NewSystem(system, secret)


def rotate_secret(*, system: System, overlap: timedelta, label: str = "") -> NewCredential:
    """Give a system another secret; those it has stay good for ``overlap``, or less where they end earlier."""
    if overlap < timedelta(0):
        raise RegistryError(
            "registry.system.overlap_negative",
            "Thời gian dùng song song hai khóa không thể âm.",
            "Chọn 0 để khóa cũ hết hiệu lực ngay.",
        )
    label = _checked_text("Nhãn khóa", label, 100)
    with revision.changing():
        end = clock.now() + overlap
        live_credentials(system).filter(Q(expires_at=None) | Q(expires_at__gt=end)).update(expires_at=end)
        return _issue(system, label=label)


def revoke_credentials(*, system: System, credential_id: int | None = None) -> int:
    """End the system's secrets at once, all or one; answers how many were live."""
    with revision.changing():
        credentials = live_credentials(system)
        if credential_id is not None:
            if not system.credentials.filter(pk=credential_id).exists():
                raise RegistryError(
                    "registry.system.credential_unknown",
                    f"Hệ thống {system.system_id} không có khóa số {credential_id}.",
                    f"Xem các khóa: lienthong systems show {system.system_id}",
                )
            credentials = credentials.filter(pk=credential_id)
        count = credentials.update(revoked_at=clock.now())
        note_system(EventKind.SECRET_REVOKED, system, credential=credential_id, count=count)
        return count


def lock_system(*, system: System, reason: str) -> None:
    """Keep a system out from its next request on; what waits for it keeps waiting."""
    reason = _checked_text("Lý do", reason, 500)
    if not reason:
        raise RegistryError(
            "registry.system.reason_missing",
            f"Khóa hệ thống {system.system_id} phải nêu lý do.",
            "Thêm lý do, ví dụ --reason 'Nghi lộ khóa bí mật'.",
        )
    _set_state(system, SystemState.LOCKED, reason)


def unlock_system(*, system: System) -> None:
    """Let a system in again."""
    _set_state(system, SystemState.ACTIVE, "")


def change_kind(*, system: System, kind: SystemKind) -> None:
    """Let a system get what is addressed to its agencies in another way, what already waits for it too."""
    with revision.changing():
        if System.objects.filter(pk=system.pk).exclude(kind=kind).update(kind=kind):
            note_system(EventKind.SYSTEM_CHANGED, system, kind=kind.value)
        system.kind = kind
        revision.advance()


def serve_agency(
    *, system: System, agency: Agency, valid_from: date, include_subordinates: bool = False
) -> SystemService:
    """Let a system carry an agency's documents from a day on; again with the same scope changes nothing."""
    with revision.changing():
        service = SystemService.objects.filter(system=system, agency=agency, valid_to=None).first()
        if service is not None and service.include_subordinates == include_subordinates:
            return service
        if service is not None:
            _end_service(service, max(valid_from, service.valid_from))
            valid_from = max(valid_from, service.valid_from)
        service = SystemService.objects.create(
            system=system, agency=agency, include_subordinates=include_subordinates, valid_from=valid_from
        )
        note_system(EventKind.SERVICE_STARTED, system, agency=agency.pk, include_subordinates=include_subordinates,
                    valid_from=valid_from)  # fmt: skip
        revision.advance()
    return service


def stop_serving(*, system: System, agency: Agency, on_date: date) -> None:
    """End a service from a day on.

    :raises RegistryError: ``registry.system.not_serving`` when the system does not serve the agency directly
    """
    with revision.changing():
        service = SystemService.objects.filter(system=system, agency=agency, valid_to=None).first()
        if service is None:
            raise RegistryError(
                "registry.system.not_serving",
                f"Hệ thống {system.system_id} không trực tiếp phục vụ cơ quan này.",
                f"Xem các cơ quan được phục vụ: lienthong systems show {system.system_id}",
            )
        _end_service(service, max(on_date, service.valid_from))
        revision.advance()


def live_credentials(system: System, at: datetime | None = None) -> QuerySet[Credential]:
    """The credentials that open the door at a moment."""
    alive = Q(expires_at=None) | Q(expires_at__gt=at or clock.now())
    return Credential.objects.filter(alive, system=system, revoked_at=None)


def _issue(system: System, *, label: str) -> NewCredential:
    secret = secrets.token_urlsafe(32)
    # A missing key file beside existing secrets is a loss, not a first start.
    encrypted = vault.encrypt(secret, bound_to=system.system_id, may_create_key=not Credential.objects.exists())
    credential = Credential.objects.create(
        system=system,
        secret_encrypted=encrypted.ciphertext,
        key_id=encrypted.key_id,
        label=label,
        created_at=clock.now(),
    )
    note_system(EventKind.SECRET_ISSUED, system, credential=credential.pk, label=label, key=encrypted.key_id)
    return NewCredential(credential, secret)


def _set_state(system: System, state: SystemState, reason: str) -> None:
    with revision.changing():
        System.objects.filter(pk=system.pk).update(state=state, locked_reason=reason)
        system.state, system.locked_reason = state, reason
        kind = EventKind.SYSTEM_LOCKED if state is SystemState.LOCKED else EventKind.SYSTEM_UNLOCKED
        note_system(kind, system, reason=reason)
        revision.advance()


def _end_service(service: SystemService, on_date: date) -> None:
    service.valid_to = on_date
    service.save(update_fields=["valid_to"])
    note_system(EventKind.SERVICE_ENDED, service.system, agency=service.agency_id, valid_to=on_date)


def _checked_id(system_id: str) -> str:
    system_id = system_id.strip()
    if not _SYSTEM_ID.fullmatch(system_id):
        raise RegistryError(
            "registry.system.id_malformed",
            f"Mã hệ thống {system_id!r} không đúng dạng: 2 đến 64 ký tự gồm chữ không dấu, chữ số và dấu . _ -",
            "Ví dụ: HUB.H24.05.01",
        )
    if System.objects.filter(system_id=system_id).exists():
        raise RegistryError(
            "registry.system.id_taken",
            f"Mã hệ thống {system_id} đã được dùng.",
            "Chọn mã khác, hoặc bỏ --system-id để hệ thống tự đặt.",
        )
    return system_id


def _checked_text(field: str, text: str, longest: int) -> str:
    text = clean(text)
    if len(text) > longest or not is_clean(text):
        raise RegistryError(
            "registry.system.text_malformed",
            f"{field} quá dài hoặc có ký tự điều khiển.",
            f"Viết lại trong {longest} ký tự.",
        )
    return text


def _next_id(agencies: Sequence[Agency]) -> str:
    if not agencies:
        raise RegistryError(
            "registry.system.id_missing",
            "Hệ thống chưa phục vụ cơ quan nào thì phải được đặt mã.",
            "Thêm --system-id hoặc --agency.",
        )
    preferred = list(Scheme)
    identifiers = AgencyIdentifier.objects.filter(agency=agencies[0]).order_by("-valid_to", "pk")
    code = min(identifiers, key=lambda found: (found.valid_to is not None, preferred.index(Scheme(found.scheme)))).code
    stem = f"HUB.{re.sub('[^0-9A-Z.-]', '-', code)[:50]}"
    taken = set(System.objects.filter(system_id__startswith=stem).values_list("system_id", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}.{number:02d}") not in taken)


def _unknown_kind(kind: str) -> RegistryError:
    return RegistryError(
        "registry.system.kind_unknown",
        f"Không có loại hệ thống {kind!r}.",
        "Chọn một trong: " + ", ".join(f"{known.value} ({known.label})" for known in SystemKind),
    )
