"""Who acts: a person, in one agency, in the roles held there today, perhaps for somebody else. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from lienthong.accounts.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who is signed in, as services and policies see them.

    ``agency_id`` and ``agency_code``: where they act; ``None`` and ``""`` for those of the axis. ``on_behalf_of``: name
    of who gave them the authority (ủy quyền) under which they act, shown on every act; ``""`` when it is their own.
    """

    user_id: int
    name: str
    roles: frozenset[Role]
    agency_id: int | None = None
    agency_code: str = ""
    agency_name: str = ""
    title: str = ""
    on_behalf_of: str = ""
    delegation_id: int | None = None
    remote: str = ""

    def has(self, *roles: Role) -> bool:
        """Whether they hold any of these roles where they act."""
        return not self.roles.isdisjoint(roles)

    @property
    def signature(self) -> str:
        """How an act names them: ``Trần Thị Hạnh`` or ``Trần Thị Hạnh (theo ủy quyền của Nguyễn Văn Mẫu)``."""
        return f"{self.name} (theo ủy quyền của {self.on_behalf_of})" if self.on_behalf_of else self.name
