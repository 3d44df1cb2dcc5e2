"""Everything that writes to the registry."""

from lienthong.registry.services.agencies import (
    add_identifier,
    close_agency,
    close_identifier,
    create_agency,
    move_agency,
    rename_agency,
    restore_identifier,
    set_contact,
)
from lienthong.registry.services.mandates import end_mandate, give_mandate
from lienthong.registry.services.registration import register_agency, remove_agency
from lienthong.registry.services.systems import (
    NewCredential,
    NewSystem,
    add_system,
    change_kind,
    lock_system,
    revoke_credentials,
    rotate_secret,
    serve_agency,
    stop_serving,
    unlock_system,
)

__all__ = [
    "NewCredential",
    "NewSystem",
    "add_identifier",
    "add_system",
    "change_kind",
    "close_agency",
    "close_identifier",
    "create_agency",
    "end_mandate",
    "give_mandate",
    "lock_system",
    "move_agency",
    "register_agency",
    "remove_agency",
    "rename_agency",
    "restore_identifier",
    "revoke_credentials",
    "rotate_secret",
    "serve_agency",
    "set_contact",
    "stop_serving",
    "unlock_system",
]
