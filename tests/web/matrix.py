"""Who may open which page. Every page has a row here; ``test_matrix.py`` fails for one that has none.

A row says which roles get in; all others are refused. ``ours`` makes the address's arguments for something of the
person's own agency, ``theirs`` for the same of another one, which nobody who is bound to an agency must find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lienthong.accounts.roles import Role
from lienthong.common import clock
from tests.factories import make_system
from tests.statistics.world import open_office, send
from tests.web import workplace as of
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


AXIS = frozenset({Role.OPERATOR, Role.SYSTEM_ADMIN})
OPERATOR, ADMIN = frozenset({Role.OPERATOR}), frozenset({Role.SYSTEM_ADMIN})
FIGURES = AXIS | {Role.CLERK, Role.LEADER, Role.STATISTICS, Role.INSPECTOR, Role.AGENCY_ADMIN}


def _system(world: World) -> dict[str, Any]:
    return {"system_id": make_system(world.ours).system.system_id}


def _document(world: World) -> dict[str, Any]:
    ours, theirs = (
        open_office(world.ours, "X", "UBND phường Mẫu B"),
        open_office(world.theirs, "Y", "Sở Tài chính (mẫu)"),
    )
    return {"document": send(ours, theirs, at=clock.now()).document.pk}


def _agency(world: World) -> dict[str, Any]:
    return {"code": world.ours.identifiers.get().code}


# What stands on documents (accounts.policies.DocumentAct); an officer only sees what is assigned to them.
READERS = frozenset({Role.CLERK, Role.LEADER, Role.INSPECTOR})
WITH_OFFICER = READERS | {Role.OFFICER}
CLERK, LEADER = frozenset({Role.CLERK}), frozenset({Role.LEADER})
WRITERS = frozenset({Role.CLERK, Role.OFFICER})
HANDLERS = frozenset({Role.CLERK, Role.LEADER, Role.OFFICER})


def _both(allow: frozenset[Role], make: Callable[..., Arguments], *, post: bool = False) -> Row:
    """The same thing once of one's own agency, once of the other."""
    return Row(allow, make(ours=True), make(ours=False), post)


_CLERK, _THEIR_CLERK = _person(Role.CLERK), _stranger(Role.CLERK)

ROWS: dict[str, Row] = {
    "home": Row(EVERYBODY),
    "choose-seat": Row(EVERYBODY, post=True),
    "gallery": Row(frozenset({Role.SYSTEM_ADMIN})),
    # Help
    "help": Row(EVERYBODY),
    "tour": Row(EVERYBODY),
    "help-task": Row(EVERYBODY, lambda world: {"shelf": "chung", "slug": "phim-tat"}),
    "help-image": Row(EVERYBODY, lambda world: {"name": "dang-nhap"}),
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
    # The workplace
    "today": Row(WITH_OFFICER),
    "search": Row(WITH_OFFICER),
    "inbox": Row(WITH_OFFICER),
    "inbox-counts": Row(WITH_OFFICER),
    "inbox-paper": Row(CLERK),
    "inbox-register-many": Row(CLERK, post=True),
    "inbox-save-view": Row(WITH_OFFICER, post=True),
    "inbox-forget-view": Row(WITH_OFFICER, lambda world: {"pk": 1}, post=True),
    "inbox-document": _both(WITH_OFFICER, of.incoming),
    "inbox-slip": _both(WITH_OFFICER, of.incoming),
    "inbox-register": _both(CLERK, of.incoming),
    "inbox-refuse": _both(CLERK, of.incoming),
    "inbox-assign": _both(LEADER, of.incoming),
    "inbox-undo-assign": _both(LEADER, of.incoming, post=True),
    "inbox-start": _both(HANDLERS, of.incoming, post=True),
    "inbox-finish": _both(HANDLERS, of.incoming),
    "inbox-forward": _both(CLERK | LEADER, of.incoming),
    "inbox-agree": _both(CLERK, of.asked, post=True),
    "inbox-decline": _both(CLERK, of.asked),
    "inbox-unread": _both(WITH_OFFICER, of.incoming, post=True),
    "inbox-file": _both(WITH_OFFICER, of.incoming_file),
    "inbox-archive": _both(WITH_OFFICER, of.incoming_file),
    "inbox-package": _both(WITH_OFFICER, of.incoming),
    "registers": Row(READERS),
    "registers-open": Row(CLERK, post=True),
    "registers-book": _both(READERS, of.book),
    "registers-xlsx": _both(READERS, of.book),
    "registers-print": _both(READERS, of.book),
    "registers-close": _both(CLERK, of.book, post=True),
    # Documents that go out; an officer sees what they drafted
    "outbox": Row(WITH_OFFICER),
    "outbox-export": Row(READERS),
    "outgoing": _both(WITH_OFFICER, of.sent),
    "outgoing-board": _both(WITH_OFFICER, of.sent),
    "outgoing-act": _both(WITH_OFFICER, of.sent, post=True),
    "outgoing-update": _both(CLERK, of.sent),
    "outgoing-replace": _both(CLERK, of.sent, post=True),
    "outgoing-evidence": _both(WITH_OFFICER, of.sent, post=True),
    "outgoing-receipt": _both(WITH_OFFICER, of.sent),
    "outgoing-file": _both(WITH_OFFICER, of.sent_file),
    "outgoing-sheet": _both(READERS, of.sent),
    "compose": Row(WRITERS),
    "paper-list": Row(CLERK),
    "compose-draft": _both(WRITERS, of.draft),
    "compose-save": _both(WRITERS, of.draft, post=True),
    "compose-number": _both(CLERK, of.draft, post=True),
    "compose-send": _both(CLERK, of.draft, post=True),
    "compose-discard": _both(WRITERS, of.draft, post=True),
    "compose-cancel": _both(CLERK, of.draft, post=True),
    "compose-upload": _both(WRITERS, of.draft, post=True),
    "compose-files": _both(WRITERS, of.draft),
    "compose-file": _both(WRITERS, of.draft_file),
    "compose-file-show": _both(WRITERS, of.draft_file),
    "compose-file-remove": _both(WRITERS, of.draft_file, post=True),
    "compose-file-lift": _both(WRITERS, of.draft_file, post=True),
    "compose-file-check": _both(WRITERS, of.draft_file, post=True),
    "compose-recipients": _both(WRITERS, of.draft, post=True),
    "compose-paste": _both(WRITERS, of.draft, post=True),
    "compose-search": _both(WRITERS, of.draft, post=True),
    "compose-channel": _both(WRITERS, of.draft, post=True),
    "compose-group": _both(WRITERS, of.draft, post=True),
    "compose-star": _both(WRITERS, of.draft, post=True),
    # Figures; those of an agency are its own whatever the address says (test_statistics_pages.py)
    "statistics": Row(FIGURES),
    "statistics-list": Row(FIGURES),
    "statistics-xlsx": Row(FIGURES),
    "statistics-pdf": Row(FIGURES),
    # The axis
    "axis": Row(AXIS),
    "stuck": Row(AXIS),
    "stuck-act": Row(OPERATOR, lambda world: {"delivery": UUID(int=1)}, post=True),
    "held": Row(AXIS),
    "held-decide": Row(AXIS, lambda world: {"package": UUID(int=1)}, post=True),
    "alerts": Row(AXIS),
    "alert-mute": Row(OPERATOR, lambda world: {"condition": 1}, post=True),
    "alert-unmute": Row(OPERATOR, lambda world: {"condition": 1}, post=True),
    "alert-acknowledge": Row(OPERATOR, lambda world: {"alert": 1}, post=True),
    "trace": Row(OPERATOR),
    "trace-life": Row(OPERATOR, _document),
    "systems": Row(AXIS),
    "system-add": Row(ADMIN),
    "system": Row(AXIS, _system),
    "system-test": Row(AXIS, _system, post=True),
    "system-rotate": Row(ADMIN, _system, post=True),
    "system-revoke": Row(ADMIN, _system, post=True),
    "system-lock": Row(AXIS, _system, post=True),
    "system-maintain": Row(AXIS, _system, post=True),
    # The directory is for everybody to read
    "agencies": Row(EVERYBODY),
    "agency": Row(EVERYBODY, _agency),
    "agencies-import": Row(AXIS),
    "reforms": Row(AXIS),
    "reform-preview": Row(AXIS, post=True),
    "reform-apply": Row(ADMIN, post=True),
    "reform-undo": Row(ADMIN, lambda world: {"number": 1}, post=True),
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
        "statistics-public",
    }
)

# Pages of documents, by who gets through their gate. What lies behind it is somebody's: the pages' own tests try what
# belongs to another agency or to nobody in particular (tests/web/test_inbox_pages.py, tests/web/outbox/test_pages.py).
READERS = frozenset({Role.CLERK, Role.LEADER, Role.OFFICER, Role.INSPECTOR})
EXPORTERS = READERS - {Role.OFFICER}
HANDLERS = READERS - {Role.INSPECTOR}
WRITERS = frozenset({Role.CLERK, Role.OFFICER})
FORWARDERS = frozenset({Role.CLERK, Role.LEADER})
CLERK, LEADER = frozenset({Role.CLERK}), frozenset({Role.LEADER})

_GATES: dict[frozenset[Role], str] = {
    READERS: """
        outbox outgoing outgoing-board outgoing-act outgoing-evidence outgoing-receipt outgoing-file today inbox
        inbox-counts inbox-save-view inbox-forget-view inbox-document inbox-slip inbox-unread inbox-file
        inbox-archive inbox-package search
    """,
    EXPORTERS: """
        outbox-export outgoing-sheet registers registers-book registers-xlsx registers-print
    """,
    HANDLERS: """
        inbox-start inbox-finish
    """,
    WRITERS: """
        compose compose-draft compose-save compose-discard compose-upload compose-files compose-file
        compose-file-show compose-file-remove compose-file-lift compose-file-check compose-recipients compose-paste
        compose-search compose-channel compose-group compose-star
    """,
    FORWARDERS: """
        inbox-forward
    """,
    CLERK: """
        paper-list compose-number compose-send compose-cancel outgoing-update outgoing-replace inbox-paper
        inbox-register-many inbox-register inbox-refuse inbox-agree inbox-decline registers-open registers-close
    """,
    LEADER: """
        inbox-assign inbox-undo-assign
    """,
}
GATES = {name: allowed for allowed, names in _GATES.items() for name in names.split()}

# These look at what was posted first, or forget what is gone already, and then lead back to the page.
LEAD_BACK = frozenset({"outgoing-act", "inbox-forget-view", "compose-upload"})
