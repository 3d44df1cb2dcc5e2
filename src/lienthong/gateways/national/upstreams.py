"""The axes this one is a client of: adding them, finding them, calling them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lienthong.common import clock
from lienthong.exchange.hubs.links import set_link
from lienthong.exchange.hubs.models import Link
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be changed of an upstream; nothing where empty."""

    endpoint: str = ""
    remote_system_id: str = ""
    secret: str = field(default="", repr=False)
    terms: Terms | None = None


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
            **_columns(terms),
        )


def change_upstream(*, upstream: Upstream, changes: Changes) -> None:
    """Take over what the other side or the operator changed; the link heeds it within its longest pause.

    :raises RegistryError: ``national.upstream.*``
    """
    endpoint, remote_id = changes.endpoint or upstream.endpoint, changes.remote_system_id or upstream.remote_system_id
    terms = changes.terms or terms_of(upstream)
    _check(endpoint, remote_id, changes.secret or "-", terms)
    with revision.changing():
        upstream.endpoint, upstream.remote_system_id = endpoint.strip(), remote_id.strip()
        if changes.secret:
            encrypted = _encrypt(upstream.system.system_id, changes.secret)
            upstream.secret_encrypted, upstream.key_id = encrypted.ciphertext, encrypted.key_id
        for name, value in _columns(terms).items():
            setattr(upstream, name, value)
        upstream.save()
        link = Link.objects.filter(pk=upstream.pk).first()
        set_link(system=upstream.system, is_hub=link is not None and link.is_hub, adds_trace=terms.adds_trace)


def terms_of(upstream: Upstream) -> Terms:
    """How an upstream is dealt with now."""
    return Terms(
        own_codes=list(upstream.own_codes),
        poll_min=upstream.poll_min_seconds,
        poll_max=upstream.poll_max_seconds,
        timeout=upstream.timeout_seconds,
        on_unknown_sender=upstream.on_unknown_sender,
        syncs_directory=upstream.syncs_directory,
        adds_trace=Link.objects.filter(pk=upstream.pk, adds_trace=True).exists(),
    )


def _columns(terms: Terms) -> dict[str, object]:
    return {
        "own_codes": [codes.normalise(code) for code in terms.own_codes],
        "poll_min_seconds": terms.poll_min,
        "poll_max_seconds": terms.poll_max,
        "timeout_seconds": terms.timeout,
        "on_unknown_sender": terms.on_unknown_sender,
        "syncs_directory": terms.syncs_directory,
    }


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
