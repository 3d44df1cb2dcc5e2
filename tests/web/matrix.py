"""Who may open which page. Every page has a row here; ``test_matrix.py`` fails for one that has none.

A row says which roles get in; all others are refused. ``ours`` makes the address's arguments for something of the
person's own agency, ``theirs`` for the same of another one, which nobody who is bound to an agency must find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lienthong.accounts.roles import Role
from tests.web.world import World

EVERYBODY = frozenset(Role)
OF_AGENCY = frozenset(role for role in Role if not role.is_of_axis)
PEOPLE = frozenset({Role.AGENCY_ADMIN, Role.SYSTEM_ADMIN})

Arguments = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """``allow``: roles that get in; ``post``: whether the page is posted to."""

    allow: frozenset[Role]
    ours: Arguments | None = None
    theirs: Arguments | None = None
    post: bool = False


def _person(role: Role) -> Arguments:
    return lambda world: {"pk": world.people[role].pk}


def _stranger(role: Role) -> Arguments:
    return lambda world: {"pk": world.others[role].pk}


def _position(world: World) -> dict[str, Any]:
    clerk = world.people[Role.CLERK]
    return {"pk": clerk.pk, "position": clerk.positions.get().pk}


def _their_position(world: World) -> dict[str, Any]:
    clerk = world.others[Role.CLERK]
    return {"pk": clerk.pk, "position": clerk.positions.get().pk}


_CLERK, _THEIR_CLERK = _person(Role.CLERK), _stranger(Role.CLERK)

ROWS: dict[str, Row] = {
    "home": Row(EVERYBODY),
    "choose-seat": Row(EVERYBODY, post=True),
    "gallery": Row(frozenset({Role.SYSTEM_ADMIN})),
    # One's own account
    "me": Row(EVERYBODY),
    "my-password": Row(EVERYBODY),
    "my-delegation-new": Row(EVERYBODY),
    "mfa_index": Row(EVERYBODY),
    "mfa_list_webauthn": Row(EVERYBODY),
    # People
    "people": Row(PEOPLE),
    "person-new": Row(PEOPLE),
    "person": Row(PEOPLE, _CLERK, _THEIR_CLERK),
    "person-change": Row(PEOPLE, _CLERK, _THEIR_CLERK),
    "person-grant": Row(PEOPLE, _CLERK, _THEIR_CLERK, post=True),
    "person-end": Row(PEOPLE, _position, _their_position, post=True),
    "person-reset": Row(PEOPLE, _CLERK, _THEIR_CLERK, post=True),
    "person-close": Row(PEOPLE, _CLERK, _THEIR_CLERK, post=True),
    "person-reopen": Row(PEOPLE, _CLERK, _THEIR_CLERK, post=True),
}

# Pages that are no page of ours to guard: signing in, and second factors, which allauth guards by a fresh password.
# ``my-session-end`` and ``my-delegation-revoke`` take a thing of one's own; tests/web/test_me.py tries others'.
OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_inactive",
        "account_reset_password",
        "mfa_authenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "my-session-end",
        "my-delegation-revoke",
    }
)
