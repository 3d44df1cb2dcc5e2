"""Commands whose ``--help`` speaks Vietnamese, for ``Typer(cls=Group)`` and ``app.command(cls=Command)``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

ARGUMENTS, OPTIONS, COMMANDS = "Tham số", "Tùy chọn", "Lệnh"
_HELP = "Hiện phần trợ giúp này rồi thoát."


class Command(TyperCommand):
    """A command with the built-in texts translated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.params:
            _translate(parameter)

    def get_help_option(self, ctx: Any) -> Any:
        return _translate(super().get_help_option(ctx))


class Group(TyperGroup):
    """A group of commands with the built-in texts translated."""

    def get_help_option(self, ctx: Any) -> Any:
        return _translate(super().get_help_option(ctx))


def _translate(parameter: Any) -> Any:
    if parameter is not None:
        parameter.rich_help_panel = ARGUMENTS if parameter.param_type_name == "argument" else OPTIONS
        if "--help" in parameter.opts:
            parameter.help = _HELP
    return parameter
