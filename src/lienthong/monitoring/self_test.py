"""Does the connection to a system work? What the axis knows is checked, and where it can call, it calls."""

from __future__ import annotations

from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from lienthong.monitoring.links import Step, self_test_of
from lienthong.registry import vault
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import ApiKey, Credential, System, SystemService, SystemState
from lienthong.registry.selectors import system_by_id
from lienthong.registry.services.systems import live_credentials


def test_connection(system_id: str) -> list[Step]:
    """Every step with its outcome. Calls the other side where something is known to call it by; bounds its time.

    :raises RegistryError: ``registry.system.unknown``
    """
    system = system_by_id(system_id)
    steps = [_state(system), _agencies(system), _secrets(system)]
    call = self_test_of(system.kind)
    return [*steps, *(call(system_id) if call else [_heard(system)])]


def _state(system: System) -> Step:
    locked = system.state == SystemState.LOCKED
    return Step("Hệ thống đang được phép kết nối", not locked, f"Đang khóa: {system.locked_reason}" if locked else "")


def _agencies(system: System) -> Step:
    today = clock.today()
    rows = SystemService.objects.filter(system=system, valid_from__lte=today)
    count = sum(1 for row in rows if row.valid_to is None or row.valid_to > today)
    return Step("Được giao phục vụ cơ quan", count > 0, f"{count} cơ quan" if count else "Chưa giao cơ quan nào.")


def _secrets(system: System) -> Step:
    """The secrets that are live can be read with the key of this machine."""
    live = list(live_credentials(system))
    if not live:
        return Step("Có khóa bí mật còn hiệu lực", ok=False, detail="Cấp khóa mới rồi giao cho đơn vị.")
    try:
        for row in live:
            _read(row, system.system_id)
    except RegistryError as error:
        return Step("Có khóa bí mật còn hiệu lực", ok=False, detail=error.message)
    return Step("Có khóa bí mật còn hiệu lực", ok=True, detail=f"{len(live)} khóa")


def _read(row: Credential, system_id: str) -> None:
    vault.decrypt(vault.Encrypted(row.key_id, bytes(row.secret_encrypted)), bound_to=system_id)


def _heard(system: System) -> Step:
    """A system that fetches for itself cannot be called: what is known is when it last came with its key."""
    secrets = Credential.objects.filter(system=system).values_list("pk", flat=True)
    keys = ApiKey.objects.filter(system=system).values_list("pk", flat=True)
    names = [*(f"secret:{pk}" for pk in secrets), *(f"api_key:{pk}" for pk in keys)]
    used = LedgerEvent.objects.filter(
        subject_type="credential", subject_id__in=names, kind=EventKind.CREDENTIAL_USED.value
    )
    last = used.order_by("-id").values_list("at", "remote").first()
    if last is None:
        detail = "Hệ thống tự lấy gói tin nên trục không gọi được; chưa ghi nhận lần kết nối nào."
        return Step("Hệ thống đã kết nối bằng khóa của mình", None, detail)
    told = f"Gần nhất ngày {clock.in_vietnam(last[0]):%d/%m/%Y} từ {last[1] or 'địa chỉ không rõ'}."
    return Step("Hệ thống đã kết nối bằng khóa của mình", ok=True, detail=told)
