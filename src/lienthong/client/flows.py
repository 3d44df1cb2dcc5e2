"""What takes more than one request: trying again, uploading in parts, resuming a download. Generators without I/O.

A flow yields what is to be done next, a ``Call`` or a ``Pause``, and is sent the answer; ``Client`` and ``AsyncClient``
carry it out. So what they do is the same, and is tested without a network.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar
from uuid import UUID

from lienthong.client import calls
from lienthong.client.bodies import Body, Source
from lienthong.client.calls import Answer, Call
from lienthong.client.errors import AxisError, Conflict, ConnectionFailed, Damaged, ProblemError, problem_error
from lienthong.client.models import Receipt, Upload
from lienthong.client.retrying import IMPATIENT, Patience

T = TypeVar("T")

PART = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Flow = Generator[Call[Any] | Pause, Answer | None, T]


class Course(Generic[T]):
    """One flow under way. ``step`` is what to do next; when there is none, ``result`` is what came of it."""

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self._result: list[T] = []
        self.step: Call[Any] | Pause | None = None
        self._move(lambda: next(flow))

    @property
    def result(self) -> T:
        return self._result[0]

    def resume(self, answer: Answer | None) -> None:
        """The step is done, with this answer to a call."""
        self._move(lambda: self._flow.send(answer))

    def fail(self, error: AxisError) -> None:
        """The step could not be done."""
        self._move(lambda: self._flow.throw(error))

    def _move(self, advance: Callable[[], Call[Any] | Pause]) -> None:
        try:
            self.step = advance()
        except StopIteration as done:
            self.step = None
            self._result.append(done.value)


def ask(call: Call[T], patience: Patience) -> Flow[T]:
    """One call, tried again while the failure may pass. Every call of the interface may be repeated: what writes
    carries a key, or changes nothing the second time.

    :raises AxisError: the last failure
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            answer = yield from _once(call)
            return call.read(answer)
        except ConnectionFailed as error:
            failure: AxisError = error
            asked = None
        except ProblemError as error:
            if not error.temporary:
                raise
            failure, asked = error, error.retry_after
        seconds = patience.pause(attempt, asked=asked)
        if seconds is None:
            raise failure
        yield Pause(seconds)


def _once(call: Call[Any]) -> Flow[Answer]:
    answer = yield call
    if answer is None:
        raise TypeError("a call was not answered")
    if answer.status >= 400:
        raise problem_error(answer.status, answer.content, retry_after=answer.headers.get("retry-after"))
    return answer


def new_key() -> str:
    """An ``Idempotency-Key`` for one content."""
    return str(uuid.uuid4())


def send(package: bytes | Path, *, key: str | None, resumable_from: int, patience: Patience) -> Flow[Receipt]:
    """Send a package: in one request, or in parts from a size on where a broken line would cost much."""
    source = Source(package)
    if source.length >= resumable_from:
        return (yield from upload(source, patience))
    return (yield from ask(calls.send(source, key or new_key()), patience))


def send_form(body: Body, *, key: str | None, patience: Patience) -> Flow[Receipt]:
    return (yield from ask(calls.send(body, key or new_key()), patience))


def upload(source: Source, patience: Patience, *, part: int = PART) -> Flow[Receipt]:
    """Send a package in parts; after a failure the axis is asked how far it got."""
    digest = hashlib.sha256()
    for piece in source.pieces():
        digest.update(piece)
    state = yield from ask(calls.create_upload(source.length, digest.hexdigest()), patience)
    failures = 0
    while state.offset < source.length:
        before = state.offset
        state, failure = yield from _append(source, state, part, patience)
        failures = failures + 1 if failure and state.offset == before else 0
        if failure:
            pause = patience.pause(max(1, failures), asked=None)
            if pause is None:
                raise failure
            yield Pause(pause)
    return (yield from ask(calls.submit_upload(state.id), patience))


def _append(source: Source, state: Upload, part: int, patience: Patience) -> Flow[tuple[Upload, AxisError | None]]:
    piece = Source(source.origin, "application/partial-upload", state.offset, part)
    try:
        return (yield from ask(calls.append(state.id, piece), IMPATIENT)), None
    except (ConnectionFailed, Conflict) as error:
        return (yield from ask(calls.upload(state.id), patience)), error
    except ProblemError as error:
        if not error.temporary:
            raise
        return (yield from ask(calls.upload(state.id), patience)), error


def fetch_package(kind: str, identifier: UUID | str, file: BinaryIO, patience: Patience) -> Flow[str]:
    """Download a package of ``deliveries`` or ``documents`` into ``file``; answers its SHA-256 in hex."""
    return (yield from _download(f"/{kind}/{identifier}/package", file, patience))


def fetch_attachment(identifier: UUID | str, number: int, file: BinaryIO, patience: Patience) -> Flow[str]:
    """Download one attachment, decoded."""
    return (yield from _download(f"/deliveries/{identifier}/attachments/{number}", file, patience))


def fetch_evidence(identifier: UUID | str, file: BinaryIO, patience: Patience) -> Flow[str]:
    """Download the evidence bundle of a sent document or of a delivery."""
    return (yield from _download(f"/evidence/{identifier}", file, patience))


def _download(path: str, file: BinaryIO, patience: Patience) -> Flow[str]:
    """Go on where the line broke; what is in the file at the end has the hash that the axis announced.

    :raises Damaged: it does not
    """
    sink = _Sink(file)
    attempt = 0
    while True:
        attempt += 1
        call = calls.download(path, sink, begin=sink.size, etag=sink.etag)
        try:
            yield from _once(call)
            return sink.checked()
        except ConnectionFailed as error:
            failure: AxisError = error
            asked = None
        except ProblemError as error:
            if not error.temporary:
                raise
            failure, asked = error, error.retry_after
        pause = patience.pause(attempt, asked=asked)
        if pause is None:
            raise failure
        yield Pause(pause)


class _Sink:
    """Where a download goes, counted and hashed on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self._hash = hashlib.sha256()
        self.size = 0
        self.etag = ""

    def start(self, head: Answer) -> None:
        """A whole answer to a question for the rest begins anew."""
        if head.status != 206 and self.size:
            self._file.seek(self._start)
            self._file.truncate()
            self._hash, self.size = hashlib.sha256(), 0
        self.etag = head.headers.get("etag", "")

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def checked(self) -> str:
        found = self._hash.hexdigest()
        if self.etag.strip('"') != found:
            raise Damaged(f"Mã băm nhận được {found} khác mã trục đã báo {self.etag}.")
        return found
