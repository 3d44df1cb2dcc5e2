"""Packages that arrive in parts: the row says whose and how long, the file in ``DATA_DIR/uploads`` holds what came.

The size of the file is the offset, so what arrived before a connection broke is never lost and never counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lienthong.common import clock, partial_files
from lienthong.common.sql import release_connection
from lienthong.common.text import grouped
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.request_body import Body
from lienthong.gateways.rest_api.models import Upload
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.registry.resolution import SystemAccess

_SWEPT_AT_ONCE = 20


def create_upload(*, system: SystemAccess, length: int, sha256: bytes | None) -> Upload:
    """Make room for a package of ``length`` bytes.

    :raises Refusal: TOO_LARGE
    :raises ApiError: ``UPLOADS_TOO_MANY``
    """
    if length > settings.PACKAGE_LIMIT:
        raise Refusal(Reason.TOO_LARGE, f"Mức cho phép {grouped(settings.PACKAGE_LIMIT)} byte.")
    _sweep()
    now = clock.now()
    if Upload.objects.filter(system_id=system.pk, status=None).count() >= settings.UPLOADS_OPEN:
        raise ApiError(Fault.UPLOADS_TOO_MANY, f"Tối đa {settings.UPLOADS_OPEN}.")
    return Upload.objects.create(
        system_id=system.pk,
        length=length,
        sha256=sha256,
        created_at=now,
        expires_at=now + timedelta(hours=settings.UPLOAD_HOURS),
    )


def find_upload(system: SystemAccess, upload: UUID) -> Upload:
    """An upload of the system.

    :raises ApiError: ``UPLOAD_UNKNOWN``
    """
    found = Upload.objects.filter(pk=upload, system_id=system.pk, expires_at__gt=clock.now()).first()
    if found is None:
        raise ApiError(Fault.UPLOAD_UNKNOWN)
    return found


def offset_of(upload: Upload) -> int:
    """How many bytes are here."""
    return upload.length if upload.status is not None else partial_files.offset_of(path_of(upload))


def append(upload: Upload, *, offset: int, body: Body) -> int:
    """Add what the body brings at ``offset``; answers the new one. What came before a broken line stays.

    :raises ApiError: ``UPLOAD_BUSY``, ``UPLOAD_OFFSET_WRONG``, ``UPLOAD_UNKNOWN``
    :raises Refusal: TOO_LARGE, BODY_INCOMPLETE
    """
    with _locked(upload) as descriptor:
        try:
            partial_files.check_part(descriptor, body, offset=offset, length=upload.length)
            release_connection()  # the rest comes over the network
            return partial_files.pour(descriptor, body, length=upload.length)
        except partial_files.OffsetError as error:
            told = {"Upload-Offset": str(error.offset)}
            raise ApiError(Fault.UPLOAD_OFFSET_WRONG, f"Đang có {error.offset} byte.", headers=told) from None
        except partial_files.TooLongError:
            detail = f"Lượt tải lên này đã khai {grouped(upload.length)} byte."
            raise Refusal(Reason.TOO_LARGE, detail) from None


@contextmanager
def _locked(upload: Upload) -> Iterator[int]:
    """The file, this request's alone. A row that went away meanwhile takes its file along."""
    try:
        with partial_files.locked(path_of(upload)) as descriptor:
            if not Upload.objects.filter(pk=upload.pk, status=None).exists():
                path_of(upload).unlink(missing_ok=True)
                raise ApiError(Fault.UPLOAD_UNKNOWN)
            yield descriptor
    except partial_files.BusyError:
        raise ApiError(Fault.UPLOAD_BUSY) from None


def finish(upload: Upload, *, status: int, content: str) -> None:
    """The exchange has the package: keep the answer for who asks again, and give the space back."""
    Upload.objects.filter(pk=upload.pk).update(status=status, content=content)
    path_of(upload).unlink(missing_ok=True)


def cancel(upload: Upload) -> None:
    """Forget an upload; one already submitted stays with its answer until it expires."""
    if upload.status is None:
        with _locked(upload):
            path_of(upload).unlink(missing_ok=True)
            upload.delete()


def discard(upload: Upload) -> None:
    """Take away all that arrived, at once."""
    path_of(upload).unlink(missing_ok=True)
    upload.delete()


def path_of(upload: Upload) -> Path:
    return Path(settings.DATA_DIR) / "uploads" / f"{upload.pk}.part"


def _sweep() -> None:
    """Give back the space of uploads that expired, whosever they are; every new one does a little."""
    with transaction.atomic():
        expired = Upload.objects.select_for_update(skip_locked=True).filter(expires_at__lte=clock.now())
        for upload in expired[:_SWEPT_AT_ONCE]:
            path_of(upload).unlink(missing_ok=True)
            upload.delete()
