"""A package of hundreds of megabytes goes through in the memory of a small one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import psutil
import pybase64
import pytest

from bench.packages import Giant
from bench.wire import Client
from tests.journeys.survival import City, confirm_all, workers
from tests.servers import Server, new_database

SIZE = 300_000_000
MOST_GROWTH = 64 * 1024**2


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, cluster_url: str) -> City:
    return City.found(tmp_path_factory.mktemp("large"), new_database(cluster_url, "large"))


class Scales(threading.Thread):
    """Weighs the server's processes again and again; ``growth`` is the most they had above the start."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        assert server.process is not None
        self._processes = [psutil.Process(server.process.pid), *workers(server)]
        self._done = threading.Event()
        self._start = self._weight()
        self.growth = 0

    def _weight(self) -> int:
        return sum(process.memory_info().rss for process in self._processes)

    def run(self) -> None:
        while not self._done.wait(0.01):
            self.growth = max(self.growth, self._weight() - self._start)

    def __enter__(self) -> Scales:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()


def digest_of(pieces: Iterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def decoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The package in the answer to getEdoc: JSON with ``data`` last."""
    head, _, text = next(pieces).partition(b'"data":"')
    assert b'"ErrorCode":"0"' in head
    for piece in pieces:
        text += piece
        whole = len(text.removesuffix(b'"}')) & ~3
        yield pybase64.b64decode(text[:whole], validate=True)
        text = text[whole:]
    assert text == b'"}'


def test_memory_stays_flat_while_a_districts_system_gets_a_300_mb_package(city: City) -> None:
    district = city.districts[0]
    package = Giant(SIZE, city.clerk.code, [district.code], next(city.numbers))
    digest = package.sha256()
    with city.server() as server, Client(server.port, city.clerk) as clerk, Client(server.port, district) as reader:
        city.send(server, small := city.package(next(city.numbers)))  # what every request needs is loaded now
        confirm_all(city, server, city.arrivals(server, small))
        with Scales(server) as scales:
            assert clerk.send_pieces(package.pieces(), package.size, digest).accepted
            (arrived,) = [row["docId"] for row in reader.waiting()]
            assert digest_of(reader.stream("downloadEdoc", arrived)[1]) == digest
            assert digest_of(decoded(reader.stream("getEdoc", arrived)[1])) == digest
    assert scales.growth < MOST_GROWTH
