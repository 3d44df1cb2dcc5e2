"""Taking a new master key into use while the axis runs (docs/adr/0084).

New secrets are encrypted with the new key from the moment its file is in place; those at hand follow in batches; the
old key stays in the file until none of them needs it. Running processes read the file when they meet a key they do not
know, so none is restarted.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from lienthong.ledger.kinds import EventKind
from lienthong.registry import revision, vault
from lienthong.registry.acts import note_master_key
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Credential

_BATCH = 100


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key of the file, and how many secrets need it. ``encrypts``: new secrets are encrypted with it."""

    id: str
    encrypts: bool
    secrets: int


def master_keys() -> list[MasterKey]:
    """The keys of the file, the newest first.

    :raises RegistryError: ``registry.vault.*``
    """
    counts = dict(Credential.objects.values_list("key_id").annotate(Count("pk")))
    return [MasterKey(id_, n == 0, counts.get(id_, 0)) for n, id_ in enumerate(vault.key_ids())]


def rotate_master_key(*, batch: int = _BATCH) -> MasterKey:
    """Make a new key, encrypt every secret with it, and keep the old one for who still needs it.

    Broken off, it is finished by ``encrypt_again``.

    :raises RegistryError: ``registry.vault.*``
    """
    with revision.changing():
        made = vault.add_key()
        note_master_key(EventKind.MASTER_KEY_ROTATED, made)
    encrypt_again(batch=batch)
    return master_keys()[0]


def encrypt_again(*, batch: int = _BATCH) -> int:
    """Bring every secret under the newest key, a batch at a time; answers how many were brought.

    :raises RegistryError: ``registry.vault.*``
    """
    count = 0
    while done := _encrypt_batch(batch):
        count += done
    return count


def _encrypt_batch(size: int) -> int:
    newest = vault.key_ids()[0]
    with revision.changing():
        rows = list(Credential.objects.select_related("system").exclude(key_id=newest).order_by("pk")[:size])
        for row in rows:
            bound_to = row.system.system_id
            secret = vault.decrypt(vault.Encrypted(row.key_id, bytes(row.secret_encrypted)), bound_to=bound_to)
            again = vault.encrypt(secret, bound_to=bound_to, may_create_key=False)
            row.key_id, row.secret_encrypted = again.key_id, again.ciphertext
        Credential.objects.bulk_update(rows, ["key_id", "secret_encrypted"])
    return len(rows)


def retire_master_keys() -> list[str]:
    """Take the old keys out of the file that no secret needs; answers their ids.

    :raises RegistryError: ``registry.vault.*``, ``registry.vault.key_needed``
    """
    with revision.changing():  # nobody issues a secret meanwhile
        keys = master_keys()
        old = [key.id for key in keys if not key.encrypts]
        needed = [key for key in keys if not key.encrypts and key.secrets]
        if needed:
            raise RegistryError(
                "registry.vault.key_needed",
                f"Còn {sum(key.secrets for key in needed)} khóa bí mật được mã hóa bằng khóa chủ cũ.",
                "Mã hóa lại trước: lienthong keys reencrypt",
            )
        vault.remove_keys(old)
        for key in old:
            note_master_key(EventKind.MASTER_KEY_RETIRED, key)
    return old
