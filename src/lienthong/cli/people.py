"""``lienthong people``: accounts and roles from the command line; the first administrator is made here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lienthong.cli import registry_io as io
from lienthong.cli import runtime
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import Group
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.accounts.actors import Actor
    from lienthong.accounts.models import User
    from lienthong.accounts.services import NewPassword
    from lienthong.registry.models import Agency

app = typer.Typer(cls=Group, help="Người dùng và vai trò.", no_args_is_help=True, add_completion=False)

_ROLES = "clerk, leader, officer, agency_admin, statistics, inspector; của trục: operator, system_admin."

Username = Annotated[str, typer.Argument(metavar="TÊN_ĐĂNG_NHẬP", help="Tên đăng nhập.", show_default=False)]
RoleName = Annotated[str, typer.Option("--role", metavar="VAI_TRÒ", help=_ROLES, show_default=False)]
AgencyCode = Annotated[
    str | None, typer.Option("--agency", metavar="MÃ", help="Mã định danh cơ quan; bỏ trống với vai trò của trục.")
]
Title = Annotated[str, typer.Option(metavar="CHỨC_VỤ", help="Chức vụ, như in trên văn bản.")]


@app.command("list", cls=Command, help="Liệt kê người dùng.")
def list_command(
    query: Annotated[str, typer.Option("--search", metavar="TÊN", help="Chỉ những người khớp tên.")] = "",
    as_json: Json = False,
) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts.selectors import people_of  # noqa: PLC0415 - needs Django

        rows = [_row(user) for user in people_of(actor, text=query, limit=10_000)]
        if as_json:
            io.print_json({"count": len(rows), "people": rows})
            return
        table = io.table("Tên đăng nhập", "Họ và tên", "Vai trò")
        for row in rows:
            table.add_row(row["username"], row["full_name"], "\n".join(row["positions"]))
        io.console().print(table)


@app.command("add", cls=Command, help="Thêm người dùng với vai trò đầu tiên; mật khẩu dùng một lần chỉ hiện lần này.")
def add_command(  # noqa: PLR0913 - one option each
    username: Username,
    *,
    name: Annotated[str, typer.Option(metavar="HỌ_TÊN", help="Họ và tên.", show_default=False)],
    role: RoleName,
    agency: AgencyCode = None,
    title: Title = "",
    email: Annotated[str, typer.Option(metavar="ĐỊA_CHỈ", help="Thư điện tử công vụ.")] = "",
    as_json: Json = False,
) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts import services  # noqa: PLC0415 - needs Django

        made = services.create_person(
            actor=actor,
            username=username,
            full_name=name,
            role=_role(role),
            agency=_agency(agency),
            title=title,
            email=email,
        )
        _tell_password(made, as_json=as_json)


@app.command("grant", cls=Command, help="Giao thêm vai trò.")
def grant_command(
    username: Username, *, role: RoleName, agency: AgencyCode = None, title: Title = "", as_json: Json = False
) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts import services  # noqa: PLC0415 - needs Django

        user = _user(username)
        services.grant_position(actor=actor, user=user, role=_role(role), agency=_agency(agency), title=title)
        _tell(user, f"Đã giao vai trò cho {user.full_name}.", as_json=as_json)


@app.command("end", cls=Command, help="Thôi một vai trò, từ hôm nay.")
def end_command(username: Username, *, role: RoleName, agency: AgencyCode = None, as_json: Json = False) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts import selectors, services  # noqa: PLC0415 - needs Django
        from lienthong.common import clock  # noqa: PLC0415

        user = _user(username)
        held = selectors.positions_open(user.positions.filter(role=_role(role)), clock.today())
        found = held.filter(agency=_agency(agency)).first()
        if found is None:
            raise RegistryError("accounts.position.unknown", "Người này không giữ vai trò đó.", "Xem: people list")
        services.end_position(actor=actor, position=found)
        _tell(user, f"{user.full_name} đã thôi vai trò.", as_json=as_json)


@app.command("reset", cls=Command, help="Đặt lại mật khẩu; mật khẩu dùng một lần chỉ hiện lần này.")
def reset_command(username: Username, as_json: Json = False) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts import services  # noqa: PLC0415 - needs Django

        _tell_password(services.reset_password(actor=actor, user=_user(username)), as_json=as_json)


@app.command("close", cls=Command, help="Ngừng tài khoản.")
def close_command(username: Username, as_json: Json = False) -> None:
    _set_active(username, active=False, as_json=as_json)


@app.command("reopen", cls=Command, help="Mở lại tài khoản.")
def reopen_command(username: Username, as_json: Json = False) -> None:
    _set_active(username, active=True, as_json=as_json)


def _set_active(username: str, *, active: bool, as_json: bool) -> None:
    with _answering(as_json=as_json) as actor:
        from lienthong.accounts import services  # noqa: PLC0415 - needs Django

        user = _user(username)
        services.set_active(actor=actor, user=user, active=active)
        _tell(user, f"Đã {'mở lại' if active else 'ngừng'} tài khoản của {user.full_name}.", as_json=as_json)


@contextmanager
def _answering(*, as_json: bool) -> Iterator[Actor]:
    """Whoever has the machine has the axis: they act as its administrator, under their name there."""
    with io.answering(as_json=as_json):
        from lienthong.accounts.errors import AccountError  # noqa: PLC0415 - needs Django

        try:
            yield machine_operator()
        except AccountError as error:
            raise RegistryError(error.code, error.message, error.next_step) from error


def machine_operator() -> Actor:
    """The person at this machine, as services about people see them."""
    from lienthong.accounts.actors import Actor  # noqa: PLC0415 - needs Django
    from lienthong.accounts.roles import Role  # noqa: PLC0415

    return Actor(user_id=0, name=runtime.operator(), roles=frozenset({Role.SYSTEM_ADMIN}))


def _role(name: str) -> Any:
    from lienthong.accounts.roles import Role  # noqa: PLC0415 - needs Django

    try:
        return Role(name)
    except ValueError:
        raise RegistryError("accounts.role.unknown", f"Không có vai trò {name!r}.", f"Chọn trong: {_ROLES}") from None


def _agency(code: str | None) -> Agency | None:
    from lienthong.registry.selectors import agency_by_code  # noqa: PLC0415 - needs Django

    return agency_by_code(code) if code else None


def _user(username: str) -> User:
    from lienthong.accounts.models import User  # noqa: PLC0415 - needs Django

    user = User.objects.filter(username=username.lower()).first()
    if user is None:
        raise RegistryError("accounts.unknown", f"Không có người dùng {username!r}.", "Xem: lienthong people list")
    return user


def _row(user: Any) -> dict[str, Any]:
    held = [f"{row.role_label}{f', {row.agency_name}' if row.agency_name else ''}" for row in user.held]
    return {"username": user.username, "full_name": user.full_name, "positions": held}


def _tell_password(made: NewPassword, *, as_json: bool) -> None:
    if as_json:
        io.print_json({"username": made.user.username, "password": made.password})
        return
    console = io.console()
    console.print(f"Tên đăng nhập: {made.user.username}")
    console.print(f"Mật khẩu dùng một lần: {made.password}")
    console.print("Mật khẩu không hiện lại được; người dùng phải đổi khi đăng nhập.")


def _tell(user: User, text: str, *, as_json: bool) -> None:
    if as_json:
        io.print_json({"username": user.username, "active": user.is_active})
    else:
        io.console().print(text)
