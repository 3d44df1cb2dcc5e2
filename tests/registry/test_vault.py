"""The key that lies outside the database."""

from __future__ import annotations

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from lienthong.registry import directory, vault
from lienthong.registry.errors import RegistryError
from tests import factories


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    return Path(settings.MASTER_KEY_FILE)


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_the_key_is_made_at_first_use_for_its_owner_alone(key_file: Path) -> None:
    encrypted = vault.encrypt("bí mật mẫu", bound_to="HUB.1", may_create_key=True)

    assert vault.decrypt(encrypted, bound_to="HUB.1") == "bí mật mẫu"
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    assert list(key_file.parent.iterdir()) == [key_file]


def test_many_first_uses_end_up_with_one_key(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: vault.encrypt(str(n), bound_to="HUB.1", may_create_key=True), range(32)))

    assert {encrypted.key_id for encrypted in made} == {made[0].key_id}
    assert [vault.decrypt(encrypted, bound_to="HUB.1") for encrypted in made] == [str(n) for n in range(32)]


def test_the_same_secret_never_looks_the_same_twice(key_file: Path) -> None:
    first, second = (vault.encrypt("mẫu", bound_to="HUB.1", may_create_key=True) for _ in range(2))

    assert first.ciphertext != second.ciphertext


def test_a_ciphertext_of_one_system_does_not_open_for_another(key_file: Path) -> None:
    encrypted = vault.encrypt("mẫu", bound_to="HUB.1", may_create_key=True)

    with pytest.raises(RegistryError) as refusal:
        vault.decrypt(encrypted, bound_to="HUB.2")

    assert refusal.value.code == "registry.vault.damaged"


def test_a_changed_ciphertext_is_noticed(key_file: Path) -> None:
    encrypted = vault.encrypt("mẫu", bound_to="HUB.1", may_create_key=True)
    changed = bytearray(encrypted.ciphertext)
    changed[-1] ^= 1

    with pytest.raises(RegistryError) as refusal:
        vault.decrypt(vault.Encrypted(encrypted.key_id, bytes(changed)), bound_to="HUB.1")

    assert refusal.value.code == "registry.vault.damaged"


def test_a_new_first_key_encrypts_and_the_old_one_still_decrypts(key_file: Path) -> None:
    old = vault.encrypt("cũ", bound_to="HUB.1", may_create_key=True)
    key_file.write_text(new_key() + "\n" + key_file.read_text())
    new = vault.encrypt("mới", bound_to="HUB.1", may_create_key=False)

    assert new.key_id != old.key_id
    assert [vault.decrypt(item, bound_to="HUB.1") for item in (old, new)] == ["cũ", "mới"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "registry.vault.key_missing"),
        (lambda: new_key().encode(), "registry.vault.wrong_key"),
        (lambda: b"", "registry.vault.key_malformed"),
        (lambda: b"not base64!", "registry.vault.key_malformed"),
        (lambda: base64.b64encode(b"short"), "registry.vault.key_malformed"),
        (lambda: b"\xff\xfe", "registry.vault.key_malformed"),
    ],
)
def test_an_unusable_key_file_is_named_with_what_to_do(key_file: Path, content: object, code: str) -> None:
    encrypted = vault.encrypt("mẫu", bound_to="HUB.1", may_create_key=True)
    key_file.unlink()
    if callable(content):
        key_file.write_bytes(content())

    with pytest.raises(RegistryError) as refusal:
        vault.decrypt(encrypted, bound_to="HUB.1")

    assert refusal.value.code == code
    assert str(key_file) in refusal.value.message


@pytest.mark.django_db
def test_a_lost_key_is_not_silently_replaced_while_secrets_need_it(key_file: Path) -> None:
    made = factories.make_system()
    key_file.unlink()

    with pytest.raises(RegistryError) as refusal:
        factories.make_system()

    assert refusal.value.code == "registry.vault.key_missing"
    assert not key_file.exists()
    assert directory.find_system("HUB.KHAC") is None
    assert made.system.credentials.count() == 1
