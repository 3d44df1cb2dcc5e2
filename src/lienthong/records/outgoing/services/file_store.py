"""Where the bytes of files lie until the axis has them: ``DATA_DIR/outgoing``, one file each, named by its row."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lienthong.common import clock
from lienthong.records.outgoing.models import OutgoingFile

_CHUNK = 1024 * 1024
_SWEPT_AT_ONCE = 20


def path_of(file: UUID) -> Path:
    return Path(settings.DATA_DIR) / "outgoing" / f"{file}.bin"


def sha256_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def forget(files: Iterable[OutgoingFile]) -> None:
    """Delete rows now, and their bytes once the transaction stands."""
    for file in list(files):
        path = path_of(file.pk)
        file.delete()
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def release(files: Iterable[OutgoingFile]) -> None:
    """The axis keeps the bytes from now on (``DATA_DIR/segments``): give the space back once the transaction stands."""
    for path in [path_of(file.pk) for file in files]:
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def sweep() -> int:
    """Give back the space of uploads that were left unfinished; answers how many. Every new upload does a little."""
    before = clock.now() - timedelta(hours=settings.UPLOAD_HOURS)
    with transaction.atomic():
        left = OutgoingFile.objects.select_for_update(skip_locked=True).filter(sha256=b"", created_at__lt=before)
        abandoned = list(left[:_SWEPT_AT_ONCE])
        forget(abandoned)
    return len(abandoned)


def free_space() -> int:
    """Bytes left where files are kept."""
    folder = Path(settings.DATA_DIR)
    return shutil.disk_usage(folder).free if folder.exists() else 0
