"""Reads the files of documents for search, beside everything else: one document at a time, each tried a few times."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from lienthong.common import clock
from lienthong.exchange.refusals import Refusal
from lienthong.records.files import StoredFile, files_of
from lienthong.records.models import Direction, IncomingDocument, SearchEntry, TextState
from lienthong.records.outgoing import stored_files
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.search.indexing import add_words
from lienthong.records.search.texts import UnreadableError, read_pdf
from lienthong.records.search.words import words_of

_log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=30)
_TRIES = 3
_LARGEST = 200 * 1024 * 1024  # bytes of a file


def read_due() -> int:
    """Read the files of the next document; answers 1, or 0 when none is due."""
    entry = _claim()
    if entry is None:
        return 0
    files = _files(entry)
    if entry.attempts > _TRIES or not files:
        add_words(entry.pk, (), TextState.FAILED if files else TextState.NONE)
        return 1
    words, state = _read(files)
    add_words(entry.pk, words, state)
    return 1


def _files(entry: SearchEntry) -> list[StoredFile]:
    """Those that may still be read."""
    if entry.direction == Direction.OUTGOING:
        sent = OutgoingDocument.objects.filter(pk=entry.pk).first()
        return stored_files.files_of(sent) if sent else []
    incoming = IncomingDocument.objects.filter(pk=entry.pk).select_related("package").first()
    return files_of(incoming) if incoming else []


def _claim() -> SearchEntry | None:
    now = clock.now()
    with transaction.atomic():
        due = SearchEntry.objects.filter(due_at__lte=now).order_by("due_at")
        entry = due.select_for_update(skip_locked=True).first()
        if entry is not None:
            entry.due_at, entry.attempts = now + _LEASE, entry.attempts + 1
            entry.save(update_fields=["due_at", "attempts"])
    return entry


def _read(files: list[StoredFile]) -> tuple[set[str], TextState]:
    words, states = set[str](), {TextState.NONE}
    for file in files:
        words |= words_of([file.name])
        if file.is_pdf and file.size <= _LARGEST:
            more, state = _read_file(file)
            words |= more
            states.add(state)
    # What matters most to who searches: found in it, recognised in it, or not to be relied on.
    order = (TextState.FAILED, TextState.OCR, TextState.SCANNED, TextState.READ, TextState.NONE)
    return words, next(state for state in order if state in states)


def _read_file(file: StoredFile) -> tuple[set[str], TextState]:
    try:
        with _copy(file) as path:
            text, recognised, pictures = read_pdf(path)
    except (UnreadableError, Refusal) as error:
        _log.info("%s could not be read for search: %s", file.name, error)
        return set(), TextState.FAILED
    state = TextState.OCR if recognised else TextState.SCANNED if pictures else TextState.READ
    return words_of([text]), state


@contextmanager
def _copy(file: StoredFile) -> Iterator[Path]:
    """The native reader wants a file of its own."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        for piece in file.pieces():
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)
