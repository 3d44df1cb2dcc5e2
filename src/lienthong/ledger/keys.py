"""The axis's Ed25519 keys: one signs checkpoints, receipts and bundles; all that ever did stay published.

``ledger.key`` (0600) holds the seed of the one that signs, ``ledger.pub`` the public keys, newest first. A rotation
publishes the new key before anything is signed with it; an old key's signatures stay good, the key itself is gone.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from lienthong.ledger.errors import LedgerError
from lienthong.ledger.notes import SigningKey, VerifyKey, from_base64, to_base64

_SEED = 32


def signing_key() -> SigningKey:
    """The key that signs now, made at the first start; cached until its file changes.

    :raises LedgerError: ``ledger.key.*``
    """
    path = Path(settings.LEDGER_KEY_FILE)
    if not path.exists():
        _first_key(path)
    return _load(path, settings.LOG_ORIGIN, path.stat().st_mtime_ns)


def public_keys() -> list[VerifyKey]:
    """Every key that signs or ever signed, newest first."""
    signing_key()
    return _published(_public_path(Path(settings.LEDGER_KEY_FILE)))


def rotate() -> VerifyKey:
    """Sign with a new key from now on; answers its public half.

    :raises LedgerError: ``ledger.key.*``
    """
    signing_key()
    path = Path(settings.LEDGER_KEY_FILE)
    return _make(path, replace=True).public


def _first_key(path: Path) -> None:
    if _published(_public_path(path)) and not path.exists():  # another process may have just made it
        raise LedgerError(
            "ledger.key.missing",
            f"Không còn tệp khóa ký {path}, trong khi khóa công khai của nó đã công bố.",
            "Đặt lại tệp khóa từ bản sao lưu (LIENTHONG_LEDGER_KEY_FILE); không tạo khóa mới khi chưa rõ vì sao mất.",
        )
    _make(path, replace=False)


def _make(path: Path, *, replace: bool) -> SigningKey:
    """Publish a new key, then put it in place. Of two processes at the first start one wins, and both use its key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = os.urandom(_SEED)
    key = SigningKey(settings.LOG_ORIGIN, seed)
    if replace:
        _publish(path, key.public)
    draft = _draft(path, to_base64(seed) + "\n", mode=0o600)
    if replace:
        draft.replace(path)
    else:
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        key = _load(path, settings.LOG_ORIGIN, path.stat().st_mtime_ns)
    return key


@lru_cache(maxsize=4)
def _load(path: Path, origin: str, _modified: int) -> SigningKey:
    try:
        seed = from_base64(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise LedgerError(
            "ledger.key.unreadable",
            f"Không đọc được tệp khóa ký {path}: {error.strerror}.",
            "Kiểm tra quyền đọc tệp, hoặc đặt lại từ bản sao lưu (LIENTHONG_LEDGER_KEY_FILE).",
        ) from error
    except ValueError:
        seed = b""
    if len(seed) != _SEED:
        raise LedgerError(
            "ledger.key.malformed",
            f"Tệp khóa ký {path} không đúng dạng: phải là một dòng base64 của 32 byte.",
            "Đặt lại tệp khóa từ bản sao lưu (LIENTHONG_LEDGER_KEY_FILE).",
        )
    return _named(path, origin, seed)


def _named(path: Path, origin: str, seed: bytes) -> SigningKey:
    """The key under the log's name; a log that was renamed has its key published under the new name too."""
    key = SigningKey(origin, seed)
    if key.public not in _published(_public_path(path)):  # the folder may be read-only once all is there
        _publish(path, key.public)
    return key


def _public_path(path: Path) -> Path:
    return path.with_suffix(".pub")


def _published(path: Path) -> list[VerifyKey]:
    try:
        return [VerifyKey.parse(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise LedgerError(
            "ledger.key.published_malformed",
            f"Tệp khóa công khai {path} đã bị sửa: {error}.",
            "Đặt lại tệp từ bản sao lưu; các khóa cũ còn cần để kiểm tra chữ ký cũ.",
        ) from error


def _publish(path: Path, key: VerifyKey) -> None:
    """Put a key before those published, once. Whoever publishes at the same time waits: no key may get lost."""
    public = _public_path(path)
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _published(public)
        if key not in known:
            lines = "".join(f"{one}\n" for one in (key, *known))
            _draft(public, lines, mode=0o644).replace(public)


def _draft(path: Path, text: str, *, mode: int) -> Path:
    """A durable file beside ``path``, to be renamed to it whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        os.write(handle, text.encode())
        os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)
    return Path(name)
