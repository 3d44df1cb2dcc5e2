"""Encryption of credentials with a key that lies in a file outside the database.

The file holds one base64 key of 32 bytes a line, the newest first: the first encrypts, all decrypt. A key's id is the
beginning of its SHA-256, so a wrong file is recognised as such.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lienthong.registry.errors import RegistryError

_NONCE = 12
_KEY = 32


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A secret as the database keeps it."""

    key_id: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    key: bytes = field(repr=False)


def encrypt(secret: str, *, bound_to: str, may_create_key: bool) -> Encrypted:
    """Encrypt ``secret`` so that it decrypts only for ``bound_to``.

    :param may_create_key: whether a missing key file is a first start, or a loss that must stop us
    :raises RegistryError: ``registry.vault.*``
    """
    path = Path(settings.MASTER_KEY_FILE)
    if may_create_key and not path.exists():
        _create(path)
    key = _keys(path)[0]
    nonce = os.urandom(_NONCE)
    return Encrypted(key.id, nonce + AESGCM(key.key).encrypt(nonce, secret.encode(), bound_to.encode()))


def decrypt(encrypted: Encrypted, *, bound_to: str) -> str:
    """Give back the secret; repeated calls answer from a small cache.

    :raises RegistryError: ``registry.vault.*``
    """
    return _decrypt(Path(settings.MASTER_KEY_FILE), encrypted, bound_to)


@lru_cache(maxsize=4096)
def _decrypt(path: Path, encrypted: Encrypted, bound_to: str) -> str:
    key = next((key for key in _keys(path) if key.id == encrypted.key_id), None)
    if key is None:
        raise RegistryError(
            "registry.vault.wrong_key",
            f"Tệp khóa chủ {path} không có khóa {encrypted.key_id} đã mã hóa khóa bí mật này.",
            "Đặt lại đúng tệp khóa chủ (LIENTHONG_MASTER_KEY_FILE) từ bản sao lưu; không tạo tệp mới.",
        )
    nonce, ciphertext = encrypted.ciphertext[:_NONCE], encrypted.ciphertext[_NONCE:]
    try:
        return AESGCM(key.key).decrypt(nonce, ciphertext, bound_to.encode()).decode()
    except InvalidTag:
        raise RegistryError(
            "registry.vault.damaged",
            f"Khóa bí mật của hệ thống {bound_to} trong cơ sở dữ liệu đã bị thay đổi nên không giải mã được.",
            f"Cấp khóa mới: lienthong systems rotate {bound_to}",
        ) from None


def key_ids() -> list[str]:
    """The ids of the keys in the file, the one that encrypts first.

    :raises RegistryError: ``registry.vault.*``
    """
    return [key.id for key in _keys(Path(settings.MASTER_KEY_FILE))]


def add_key() -> str:
    """Put a new key before the others in the file; answers its id. The caller keeps others from doing it meanwhile.

    :raises RegistryError: ``registry.vault.*``
    """
    path = Path(settings.MASTER_KEY_FILE)
    new = _key(os.urandom(_KEY))
    _replace(path, [new, *_keys(path)])
    return new.id


def remove_keys(ids: Iterable[str]) -> None:
    """Take keys out of the file; never the one that encrypts.

    :raises RegistryError: ``registry.vault.*``
    """
    path, gone = Path(settings.MASTER_KEY_FILE), set(ids)
    first, *others = _keys(path)
    _replace(path, [first, *(key for key in others if key.id not in gone)])


def _replace(path: Path, keys: Iterable[_Key]) -> None:
    """The whole new file or the whole old one, whenever the machine stops."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        os.write(handle, b"".join(base64.b64encode(key.key) + b"\n" for key in keys))
        os.fsync(handle)
    finally:
        os.close(handle)
    Path(draft).replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _key(key: bytes) -> _Key:
    return _Key(hashlib.sha256(key).hexdigest()[:12], key)


def _keys(path: Path) -> list[_Key]:
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except OSError as error:
        raise RegistryError(
            "registry.vault.key_missing",
            f"Không đọc được tệp khóa chủ {path}: {error.strerror}.",
            "Đặt lại tệp khóa chủ từ bản sao lưu và kiểm tra quyền đọc (LIENTHONG_MASTER_KEY_FILE).",
        ) from error
    except (UnicodeDecodeError, binascii.Error):
        keys = []
    if not keys or any(len(key) != _KEY for key in keys):
        raise RegistryError(
            "registry.vault.key_malformed",
            f"Tệp khóa chủ {path} không đúng dạng: mỗi dòng phải là một khóa 32 byte viết bằng base64.",
            "Đặt lại tệp khóa chủ từ bản sao lưu (LIENTHONG_MASTER_KEY_FILE).",
        )
    return [_key(key) for key in keys]


def _create(path: Path) -> None:
    """Write a new key whole and durable before it gets its name: two processes end up with the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        os.write(handle, base64.b64encode(os.urandom(_KEY)) + b"\n")
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(handle)
        Path(draft).unlink()
