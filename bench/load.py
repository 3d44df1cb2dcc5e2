"""The load generator, a process of its own: ``python -m bench.load`` reads a job as JSON and answers with what it saw.

One thread and one keep-alive connection for each of ``connections``; every package is unique, hashed and signed here,
and the processor time that takes is reported apart from the server's.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import count

import pybase64

from bench.packages import Giant, Template, status_report
from bench.wire import Account, Answer, Client

_SPAN = 1_000_000  # numbers for one connection in one job


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``act``: accept, cycle, fanout or giant; connection ``i`` sends from ``senders[i]`` to ``receivers[i]`` (fan-out:
    to all). ``rate``: units a second over each connection, 0 for as many as go."""

    act: str
    port: int
    senders: list[Account]
    receivers: list[Account]
    size: int
    connections: int = 1
    seconds: float = 1
    first_number: int = 1
    rate: float = 0


@dataclass(slots=True)
class Seen:
    """What happened: seconds that each unit of work took, and processor seconds of this process."""

    durations: list[float] = field(default_factory=list)
    elapsed: float = 0
    cpu: float = 0
    upload: float = 0  # giant only: seconds of each direction
    download: float = 0
    get: float = 0


def main() -> None:
    given = json.load(sys.stdin)
    for who in ("senders", "receivers"):
        given[who] = [Account(**account) for account in given[who]]
    json.dump(asdict(run(Job(**given))), sys.stdout)


def run(job: Job) -> Seen:
    if job.act == "giant":
        return _giant(job)
    workers = [_WORKERS[job.act](job, index) for index in range(job.connections)]
    seen, errors = Seen(), list[BaseException]()
    begin = threading.Barrier(job.connections + 1)

    def work(step: Callable[[], object]) -> None:
        try:
            begin.wait()
            end = time.perf_counter() + job.seconds
            while (start := time.perf_counter()) < end:
                step()
                seen.durations.append(time.perf_counter() - start)
                if job.rate:
                    time.sleep(max(0.0, start + 1 / job.rate - time.perf_counter()))
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=[worker], daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    begin.wait()
    cpu, start = sum(os.times()[:2]), time.perf_counter()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    seen.elapsed, seen.cpu = time.perf_counter() - start, sum(os.times()[:2]) - cpu
    return seen


def _accepted(answer: Answer) -> Answer:
    if not answer.accepted:
        raise RuntimeError(f"refused: {answer.status} {answer.body[:1000]!r}")
    return answer


def _numbers(job: Job, index: int) -> Iterator[int]:
    return count(job.first_number + index * _SPAN)


def _accept(job: Job, index: int) -> Callable[[], object]:
    return _sender(job, index, [job.receivers[index % len(job.receivers)]])


def _fanout(job: Job, index: int) -> Callable[[], object]:
    return _sender(job, index, job.receivers)


def _sender(job: Job, index: int, receivers: list[Account]) -> Callable[[], object]:
    sender = job.senders[index % len(job.senders)]
    client, numbers = Client(job.port, sender), _numbers(job, index)
    template = Template(job.size, sender.code, [receiver.code for receiver in receivers])

    def step() -> object:
        package = template.make(next(numbers))
        return _accepted(client.send(package, hashlib.sha256(package).digest()))

    return step


def _cycle(job: Job, index: int) -> Callable[[], object]:
    """Send, list, get, confirm, report back; list, get and confirm the report. Each pair of systems is alone."""
    issuer, reporter = job.senders[index], job.receivers[index]
    sending, receiving = Client(job.port, issuer), Client(job.port, reporter)
    template, numbers = Template(job.size, issuer.code, [reporter.code]), _numbers(job, index)

    def step() -> object:
        number = next(numbers)
        package = template.make(number)
        digest = hashlib.sha256(package).digest()
        _accepted(sending.send(package, digest))
        _take(receiving, "edoc", digest)
        report = status_report(reporter.code, issuer.code, number)
        report_digest = hashlib.sha256(report).digest()
        _accepted(receiving.send(report, report_digest, kind="status"))
        return _take(sending, "status", report_digest)

    return step


def _take(client: Client, kind: str, digest: bytes) -> Answer:
    """List, get and confirm the one package that waits."""
    (row,) = client.waiting(kind)
    body = _accepted(client.get(row["docId"])).body
    text = memoryview(body)[body.index(b'"data":"') + 8 : -2]
    if hashlib.sha256(pybase64.b64decode(text, validate=True)).digest() != digest:
        raise RuntimeError("other bytes came back")
    return _accepted(client.confirm(row["docId"]))


_WORKERS = {"accept": _accept, "fanout": _fanout, "cycle": _cycle}


def _giant(job: Job) -> Seen:
    """One large package up by sendEdoc and down by downloadEdoc and getEdoc, in constant memory."""
    (sender,), (receiver,) = job.senders, job.receivers
    package = Giant(job.size, sender.code, [receiver.code], job.first_number)
    digest = package.sha256()
    seen, cpu, start = Seen(), sum(os.times()[:2]), time.perf_counter()
    with Client(job.port, sender, timeout=120) as client:
        _accepted(client.send_pieces(package.pieces(), package.size, digest))
    seen.upload = time.perf_counter() - start
    with Client(job.port, receiver, timeout=120) as client:
        doc_id = client.waiting()[-1]["docId"]
        seen.download = _timed(client, "downloadEdoc", doc_id, digest)
        seen.get = _timed(client, "getEdoc", doc_id, None)
        _accepted(client.confirm(doc_id))
    seen.elapsed, seen.cpu = time.perf_counter() - start, sum(os.times()[:2]) - cpu
    return seen


def _timed(client: Client, call: str, doc_id: str, digest: bytes | None) -> float:
    start, found = time.perf_counter(), hashlib.sha256()
    status, pieces = client.stream(call, doc_id)
    for piece in pieces:
        found.update(piece)
    if status != 200 or (digest and found.digest() != digest):
        raise RuntimeError(f"{call}: {status}, or other bytes came back")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
