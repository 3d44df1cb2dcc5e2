"""What is about to end: secrets of systems, keys of the REST interface, certificates the axis trusts."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db.models import Q

from lienthong.common import clock
from lienthong.registry.models import ApiKey, Credential, SystemState

SOON = timedelta(days=30)
_CERTIFICATES = (".pem", ".crt", ".cer", ".der")


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something with an end. ``system_id`` is empty for what belongs to the axis."""

    what: str
    name: str
    ends_at: datetime
    system_id: str = ""

    def has_ended(self, now: datetime) -> bool:
        return self.ends_at <= now


def expiring(within: timedelta = SOON) -> list[Expiry]:
    """What ends within a time, the earliest first. A system that has another secret without an end is not named; what
    has already ended is, as long as nothing took its place."""
    until = clock.now() + within
    return sorted([*_secrets(until), *_keys(until), *_certificates(until)], key=lambda one: one.ends_at)


def _secrets(until: datetime) -> Iterator[Expiry]:
    alive = Credential.objects.filter(revoked_at=None, system__state=SystemState.ACTIVE)
    lasting = alive.filter(Q(expires_at=None) | Q(expires_at__gt=until)).values("system_id")
    rows = alive.filter(expires_at__lte=until).exclude(system_id__in=lasting).select_related("system")
    newest = {row.system_id: row for row in rows.order_by("expires_at")}
    for row in newest.values():
        if row.expires_at is not None:
            yield Expiry("Khóa bí mật", row.system.name, row.expires_at, row.system.system_id)


def _keys(until: datetime) -> Iterator[Expiry]:
    now = clock.now()
    rows = ApiKey.objects.filter(revoked_at=None, expires_at__lte=until, expires_at__gt=now - SOON)
    for row in rows.select_related("system"):
        if row.expires_at is not None:
            yield Expiry("Khóa API", row.label or row.prefix, row.expires_at, row.system.system_id)


def _certificates(until: datetime) -> Iterator[Expiry]:
    folder = Path(settings.TRUST_DIR)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in [*files, *([settings.TSA_CA_FILE] if settings.TSA_CA_FILE else [])]:
        if path.suffix.lower() in _CERTIFICATES:
            yield from (one for one in _read(path) if one.ends_at <= until)


def _read(path: Path) -> Iterator[Expiry]:
    """A file that is no certificate is no expiry: the signature checks name it."""
    try:
        raw = path.read_bytes()
        found = x509.load_pem_x509_certificates(raw) if b"-----BEGIN" in raw else [x509.load_der_x509_certificate(raw)]
    except (OSError, ValueError, ssl.SSLError):
        return
    for certificate in found:
        names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        name = str(names[0].value) if names else path.name
        yield Expiry("Chứng thư tin cậy", name, certificate.not_valid_after_utc)
