"""Secrets that a machine makes for itself at its first start and keeps in a file nobody else reads."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def read_or_create(path: Path, *, size: int = 48) -> str:
    """The text secret in the file; made of ``size`` random bytes when there is none yet. Written whole and durable
    before it gets its name, so that two processes that start together end up with the same one."""
    if not path.exists():
        _create(path, secrets.token_urlsafe(size))
    return path.read_text(encoding="ascii").strip()


def _create(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        os.write(handle, f"{secret}\n".encode())
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(handle)
        Path(draft).unlink()
