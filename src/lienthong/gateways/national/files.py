"""Where a package lies while it travels."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings

_FORGOTTEN = 24 * 3600  # seconds


def package_file() -> IO[bytes]:
    """A file on the disk that holds packages; gone when closed."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=folder, prefix="package-")


def sweep() -> None:
    """Remove what processes that were killed have left."""
    for path in _folder().glob("package-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _FORGOTTEN:
                path.unlink()


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "link"
