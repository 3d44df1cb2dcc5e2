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
from lienthong.registry.services.api_keys import NewApiKey, create_api_key, revoke_api_key, rotate_api_key
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
    "NewApiKey",
    "NewCredential",
    "NewSystem",
    "add_identifier",
    "add_system",
    "change_kind",
    "close_agency",
    "close_identifier",
    "create_agency",
    "create_api_key",
    "end_mandate",
    "give_mandate",
    "lock_system",
    "move_agency",
    "register_agency",
    "remove_agency",
    "rename_agency",
    "restore_identifier",
    "revoke_api_key",
    "revoke_credentials",
    "rotate_api_key",
    "rotate_secret",
    "serve_agency",
    "set_contact",
    "stop_serving",
    "unlock_system",
]
