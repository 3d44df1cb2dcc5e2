"""Keys of the REST interface. A token leaves only in the value that the service returns, once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.registry.acts import note_system
from lienthong.registry.api_tokens import new_token
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import ApiKey, ApiScope, System
from lienthong.registry.text import clean, is_clean

DEFAULT_RATE = 600
_MOST = 100_000
_LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made; nobody can read its token again."""

    key: ApiKey
    token: str = field(repr=False)


def create_api_key(  # noqa: PLR0913 - one column each
    *,
    system: System,
    scopes: Iterable[str] = ApiScope.values,
    networks: Iterable[str] = (),
    rate_per_minute: int = DEFAULT_RATE,
    lifetime: timedelta | None = None,
    label: str = "",
) -> NewApiKey:
    """Give a system a key.

    :param networks: addresses and networks it may be used from; none means any
    :raises RegistryError: ``registry.api_key.*``
    """
    now = clock.now()
    with transaction.atomic():
        return _issue(
            system=system,
            scopes=_checked_scopes(scopes),
            allowed_networks=_checked_networks(networks),
            rate_per_minute=_checked_rate(rate_per_minute),
            label=_checked_label(label),
            expires_at=None if lifetime is None else now + _checked_lifetime(lifetime),
        )


def rotate_api_key(*, prefix: str, overlap: timedelta, lifetime: timedelta | None = None) -> NewApiKey:
    """Make a key like this one; the old one stays good for ``overlap``, or less where it ends earlier.

    :param lifetime: by default as long as the old key's was

    :raises RegistryError: ``registry.api_key.unknown``, ``registry.api_key.revoked``
    """
    with transaction.atomic():
        old = api_key_by_prefix(prefix, for_update=True)
        now = clock.now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise RegistryError(
                "registry.api_key.revoked",
                f"Khóa API {prefix} đã hết hiệu lực nên không thể thay.",
                f"Cấp khóa mới: lienthong systems key add {old.system.system_id}",
            )
        if lifetime is None and old.expires_at is not None:
            lifetime = old.expires_at - old.created_at
        made = _issue(
            system=old.system,
            scopes=old.scopes,
            allowed_networks=old.allowed_networks,
            rate_per_minute=old.rate_per_minute,
            label=old.label,
            expires_at=None if lifetime is None else now + _checked_lifetime(lifetime),
        )
        old.expires_at = min(filter(None, [old.expires_at, now + overlap]))
        old.save(update_fields=["expires_at"])
        end, by = old.expires_at.isoformat(), made.key.prefix
        note_system(EventKind.API_KEY_REVOKED, old.system, key=prefix, at=end, replaced_by=by)
    return made


def revoke_api_key(*, prefix: str) -> ApiKey:
    """End a key at once; again changes nothing.

    :raises RegistryError: ``registry.api_key.unknown``
    """
    with transaction.atomic():
        key = api_key_by_prefix(prefix, for_update=True)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
            note_system(EventKind.API_KEY_REVOKED, key.system, key=prefix, at=key.revoked_at.isoformat())
    return key


def api_key_by_prefix(prefix: str, *, for_update: bool = False) -> ApiKey:
    """The key of a prefix.

    :raises RegistryError: ``registry.api_key.unknown``
    """
    keys = ApiKey.objects.select_related("system")
    if for_update:
        keys = keys.select_for_update(of=("self",))
    key = keys.filter(prefix=prefix).first() if prefix.isprintable() else None
    if key is None:
        raise RegistryError(
            "registry.api_key.unknown",
            f"Không có khóa API nào có phần đầu {prefix!r}.",
            "Xem các khóa: lienthong systems key list MÃ_HỆ_THỐNG",
        )
    return key


def _issue(*, system: System, scopes: list[str], expires_at: datetime | None, **columns: object) -> NewApiKey:
    token = new_token()
    key = ApiKey.objects.create(prefix=token.prefix, secret_hash=token.secret_hash, created_at=clock.now(),
                                system=system, scopes=scopes, expires_at=expires_at, **columns)  # fmt: skip
    until = expires_at.isoformat() if expires_at else None
    note_system(EventKind.API_KEY_ISSUED, system, key=token.prefix, scopes=scopes, expires_at=until)
    return NewApiKey(key, token.text)


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in ApiScope.values]
    if unknown or not wanted:
        raise RegistryError(
            "registry.api_key.scope_unknown",
            f"Không có quyền {', '.join(unknown)!r} cho khóa API."
            if unknown
            else "Khóa API phải có ít nhất một quyền.",
            "Chọn trong: " + ", ".join(f"{scope.value} ({scope.label})" for scope in ApiScope),
        )
    return wanted


def _checked_networks(networks: Iterable[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(text.strip())) for text in networks]
    except ValueError as error:
        raise RegistryError(
            "registry.api_key.network_malformed",
            f"Địa chỉ mạng không đúng: {error}.",
            "Viết như 10.0.5.0/24, 10.0.5.7 hoặc 2001:db8::/48.",
        ) from None


def _checked_rate(rate: int) -> int:
    if not 1 <= rate <= _MOST:
        raise RegistryError(
            "registry.api_key.rate_malformed",
            f"Số yêu cầu mỗi phút phải từ 1 đến {_MOST}.",
            f"Mặc định là {DEFAULT_RATE}.",
        )
    return rate


def _checked_lifetime(lifetime: timedelta) -> timedelta:
    if lifetime <= timedelta(0):
        raise RegistryError(
            "registry.api_key.lifetime_malformed", "Thời hạn của khóa phải lớn hơn 0.", "Viết như 90d hoặc 365d."
        )
    return lifetime


def _checked_label(label: str) -> str:
    label = clean(label)
    if len(label) > _LONGEST_LABEL or not is_clean(label):
        raise RegistryError(
            "registry.api_key.label_malformed",
            "Nhãn khóa quá dài hoặc có ký tự điều khiển.",
            f"Viết lại trong {_LONGEST_LABEL} ký tự.",
        )
    return label
