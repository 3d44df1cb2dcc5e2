"""The axes this one is a client of: adding them, finding them, calling them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lienthong.common import clock
from lienthong.exchange.hubs.links import set_link
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.models import OnUnknownSender, Upstream
from lienthong.registry import codes, revision, services, vault
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, Credential, SystemKind, SystemService, SystemState

_REMOTE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an upstream is to be dealt with; times in seconds."""

    own_codes: Sequence[str] = ()
    poll_min: float = 2.0
    poll_max: float = 30.0
    timeout: float = 60.0
    on_unknown_sender: str = OnUnknownSender.SYNC.value
    syncs_directory: bool = True
    adds_trace: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """An upstream as its client needs it."""

    system_pk: int
    system_id: str
    endpoint: str
    remote_system_id: str
    secret: str = field(repr=False)
    timeout: float = 60.0

    def client(self, *, timeout: float | None = None) -> VxpClient:
        return VxpClient(self.endpoint, self.remote_system_id, self.secret, timeout=timeout or self.timeout)


def add_upstream(  # noqa: PLR0913 - one column each
    *, system_id: str, name: str, endpoint: str, remote_system_id: str, secret: str, terms: Terms
) -> Upstream:
    """Register another axis. It serves nobody until its directory is taken over or it is given agencies.

    :raises RegistryError: ``national.upstream.*``, ``registry.system.*``
    """
    _check(endpoint, remote_system_id, secret, terms)
    with revision.changing():
        system = services.add_system(
            agencies=[], valid_from=clock.today(), system_id=system_id, name=name, kind=SystemKind.UPSTREAM
        ).system
        set_link(system=system, is_hub=False, adds_trace=terms.adds_trace)
        encrypted = _encrypt(system_id, secret)
        return Upstream.objects.create(
            system=system,
            endpoint=endpoint.strip(),
            remote_system_id=remote_system_id.strip(),
            secret_encrypted=encrypted.ciphertext,
            key_id=encrypted.key_id,
            own_codes=[codes.normalise(code) for code in terms.own_codes],
            poll_min_seconds=terms.poll_min,
            poll_max_seconds=terms.poll_max,
            timeout_seconds=terms.timeout,
            on_unknown_sender=terms.on_unknown_sender,
            syncs_directory=terms.syncs_directory,
        )


def change_secret(*, upstream: Upstream, secret: str) -> None:
    """Keep the secret that the other side has just given out."""
    encrypted = _encrypt(upstream.system.system_id, secret)
    upstream.secret_encrypted, upstream.key_id = encrypted.ciphertext, encrypted.key_id
    upstream.save(update_fields=["secret_encrypted", "key_id"])


def route_agency(*, upstream: Upstream, agency: Agency) -> None:
    """Send what is for the agency, and for those below it, by this upstream from today on; by no other any more."""
    today = clock.today()
    with revision.changing():
        others = SystemService.objects.filter(agency=agency, valid_to=None, system__kind=SystemKind.UPSTREAM)
        for service in others.exclude(system=upstream.system).select_related("system"):
            services.stop_serving(system=service.system, agency=agency, on_date=today)
        services.serve_agency(system=upstream.system, agency=agency, valid_from=today, include_subordinates=True)


def upstream_by_id(system_id: str) -> Upstream:
    """:raises RegistryError: ``national.upstream.unknown``"""
    found = Upstream.objects.select_related("system").filter(system__system_id=system_id).first()
    if found is None:
        raise RegistryError(
            "national.upstream.unknown",
            f"Không có trục phía trên nào mang mã {system_id!r}.",
            "Xem danh sách: lienthong upstreams list",
        )
    return found


def active_upstreams() -> list[Upstream]:
    """Those that are not locked."""
    found = Upstream.objects.select_related("system").filter(system__state=SystemState.ACTIVE)
    return list(found.order_by("pk"))


def account_of(upstream: Upstream) -> Account:
    """:raises RegistryError: ``registry.vault.*``"""
    system = upstream.system
    encrypted = vault.Encrypted(upstream.key_id, bytes(upstream.secret_encrypted))
    secret = vault.decrypt(encrypted, bound_to=_bound_to(system.system_id))
    return Account(
        system.pk, system.system_id, upstream.endpoint, upstream.remote_system_id, secret, upstream.timeout_seconds
    )


def _encrypt(system_id: str, secret: str) -> vault.Encrypted:
    may_create = not Credential.objects.exists()
    return vault.encrypt(secret.strip(), bound_to=_bound_to(system_id), may_create_key=may_create)


def _bound_to(system_id: str) -> str:
    return f"upstream:{system_id}"


def _check(endpoint: str, remote_system_id: str, secret: str, terms: Terms) -> None:
    parts = urlsplit(endpoint.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RegistryError(
            "national.upstream.endpoint",
            f"Địa chỉ {endpoint!r} không dùng được.",
            "Viết như https://truc.example.vn/vxp, không kèm tên lời gọi.",
        )
    if not _REMOTE_ID.fullmatch(remote_system_id.strip()) or not secret.strip().isprintable() or not secret.strip():
        raise RegistryError(
            "national.upstream.account",
            "Mã hệ thống hoặc khóa bí mật do trục kia cấp không đúng dạng.",
            "Chép đúng mã và khóa do đơn vị vận hành trục kia cấp.",
        )
    if not 0 < terms.poll_min <= terms.poll_max or terms.timeout <= 0:
        raise RegistryError(
            "national.upstream.times",
            "Khoảng hỏi ngắn nhất phải lớn hơn 0 và không dài hơn khoảng dài nhất.",
            "Ví dụ --poll-min 2 --poll-max 30.",
        )
    if terms.on_unknown_sender not in OnUnknownSender.values:
        raise RegistryError(
            "national.upstream.unknown_sender",
            f"Không có cách xử lý {terms.on_unknown_sender!r}.",
            f"Chọn một trong: {', '.join(OnUnknownSender.values)}.",
        )
