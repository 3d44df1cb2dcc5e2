"""The six measurements. Each answers rows: what was measured, the machine's own limit beside it, and the target."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from statistics import quantiles
from typing import Any

from bench import machine
from bench.axis import Axis
from bench.latency import neighbourhood, timed
from bench.load import Job, Seen
from bench.machine import MB

SENDERS, RECEIVERS = 32, 232  # the last 32 receivers belong to (b), the first 200 to the others
_FANOUT = 200
_SOON = (("p95_ms", "≤", 2000.0),)
_NUMBERS = count(1_000_000, 50_000_000)  # every job numbers its packages from here


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how much: the full run, or ``--quick``."""

    seconds: float
    limit_seconds: float
    reader_sizes: tuple[int, ...]
    giant: int
    packages: int

    @classmethod
    def of(cls, *, quick: bool) -> Pace:
        if quick:
            return cls(1.5, 0.3, (1, 10, 100), 100 * MB, 5)
        return cls(10, 1, (1, 10, 100, 1000), 1000 * MB, 100)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. ``values`` are in the units their names say; ``limits`` are the machine's own, in the
    unit of the rate; ``targets`` are ``(value, at least or at most, bound)``."""

    part: str
    what: str
    values: dict[str, float]
    limits: dict[str, float] = field(default_factory=dict)
    targets: tuple[tuple[str, str, float], ...] = ()

    def met(self) -> list[bool]:
        """One answer per target."""
        return [
            self.values[name] >= bound if direction == "≥" else self.values[name] <= bound
            for name, direction, bound in self.targets
        ]


@dataclass(frozen=True, slots=True)
class Bench:
    """An axis and a pace."""

    axis: Axis
    pace: Pace

    def accept(self) -> list[Row]:
        """(a) How many packages a second get their receipt."""
        return [
            self._accept("2 KB", 2_000, 32),
            self._accept("100 KB", 100_000, 32, ("rate", "≥", 500)),
            self._accept("1 MB", 1 * MB, 16, ("rate", "≥", 90)),
            self._accept("10 MB", 10 * MB, 4),
        ]

    def _accept(self, what: str, size: int, connections: int, *targets: tuple[str, str, float]) -> Row:
        values = self._rates("accept", size, connections, self.axis.receivers[:_FANOUT])
        values["mb_per_second"] = values["rate"] * size / MB
        batch = size if size > MB else min(size * connections // 2, 16 * MB)
        return Row("a", f"Nhận gói {what}, {connections} kết nối", values, self._limits(size, batch), targets)

    def cycle(self) -> list[Row]:
        """(b) A document there and its status back: eight calls, two packages."""
        values = self._rates("cycle", 100_000, 16, self.axis.receivers[_FANOUT:])
        return [Row("b", "Trọn vòng 100 KB, 16 cặp hệ thống", values, self._limits(100_000, 800_000))]

    def fan_out(self) -> list[Row]:
        """(c) One package to 200 recipients, each with a system of its own."""
        values = self._rates("fanout", 100_000, 8, self.axis.receivers[:_FANOUT])
        values["deliveries_per_second"] = values["rate"] * _FANOUT
        return [Row("c", f"Một gói 100 KB tới {_FANOUT} nơi nhận", values, self._limits(100_000, 400_000))]

    def reader(self) -> list[Row]:
        """(d) The reader alone."""
        return [self._reader(size) for size in self.pace.reader_sizes]

    def _reader(self, megabytes: int) -> Row:
        command = [sys.executable, "-m", "bench.reader", str(megabytes * MB), str(self.pace.seconds / 5)]
        values = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        limits = {"sha256": machine.sha256_rate(64 * 1024, self.pace.limit_seconds)}
        targets = (("mb_per_second", "≥", 200.0), ("peak_mb", "≤", 30.0))
        return Row("d", f"Bộ đọc, gói {megabytes} MB", values, limits, targets)

    def giant(self) -> list[Row]:
        """(e) What one huge package costs the server in memory, on its way in and twice out."""
        self._load("accept", 100_000, 4, 1, self.axis.receivers)  # everything is loaded before memory is weighed
        web, total = _Peak(self.axis.web_memory), _Peak(self.axis.total_memory)
        with web, total:
            seen = self._run(self._job("giant", self.pace.giant, 1, 0, self.axis.receivers[-1:], self.axis.senders[:1]))
        megabytes = self.pace.giant / MB
        values = {
            "growth_mb": web.growth / MB,
            "total_growth_mb": total.growth / MB,
            "upload_mb_per_second": megabytes / seen.upload,
            "download_mb_per_second": megabytes / seen.download,
            "get_mb_per_second": megabytes / seen.get,
        }
        limits = {"append": machine.append_rate(self.axis.folder, 16 * MB, self.pace.limit_seconds)}
        return [Row("e", f"Một gói {megabytes:.0f} MB vào và ra", values, limits, (("growth_mb", "≤", 64.0),))]

    def latency(self) -> list[Row]:
        """(f) From a receipt to the package at the other end: at rest, and *hỏa tốc* while ordinary ones flow."""
        rows = []
        with neighbourhood(self.axis, self.axis.folder.parent) as around:
            for _, code, wait in around.ways():
                around.measure(code, wait, 1, express=False)  # everything is loaded before time counts
            for name, code, wait in around.ways():
                at_rest = timed(lambda: around.measure(code, wait, self.pace.packages, express=False))  # noqa: B023
                rows.append(Row("f", f"Tới nơi nhận {name}, trục rảnh", at_rest, {}, _SOON))
            with around.ordinary_load(3600):
                for name, code, wait in around.ways():
                    loaded = timed(lambda: around.measure(code, wait, self.pace.packages, express=True))  # noqa: B023
                    rows.append(Row("f", f"Hỏa tốc tới nơi nhận {name}, đang có tải thường", loaded, {}, _SOON))
        return rows

    # -- load

    def _rates(self, act: str, size: int, connections: int, receivers: list[Any]) -> dict[str, float]:
        self._load(act, size, connections, self.pace.seconds / 5, receivers)
        before, everything = self.axis.cpu_seconds(), machine.busy_seconds()
        seen = self._load(act, size, connections, self.pace.seconds, receivers)
        units, server = len(seen.durations), self.axis.cpu_seconds() - before
        percentiles = quantiles(seen.durations, n=100)
        return {
            "rate": units / seen.elapsed,
            "p50_ms": percentiles[49] * 1000,
            "p99_ms": percentiles[98] * 1000,
            "server_cpu_ms": server / units * 1000,
            "generator_cpu_ms": seen.cpu / units * 1000,
            "other_cores": max(0, (machine.busy_seconds() - everything - server - seen.cpu) / seen.elapsed),
        }

    def _load(self, act: str, size: int, connections: int, seconds: float, receivers: list[Any]) -> Seen:
        return self._run(self._job(act, size, connections, seconds, receivers, self.axis.senders))

    def _job(
        self, act: str, size: int, connections: int, seconds: float, receivers: list[Any], senders: list[Any]
    ) -> Job:
        return Job(
            act=act,
            port=self.axis.port,
            senders=senders,
            receivers=receivers,
            size=size,
            connections=connections,
            seconds=seconds,
            first_number=next(_NUMBERS),
        )

    def _run(self, job: Job) -> Seen:
        command = [sys.executable, "-m", "bench.load"]
        done = subprocess.run(command, input=json.dumps(asdict(job)).encode(), stdout=subprocess.PIPE, check=True)
        return Seen(**json.loads(done.stdout))

    def _limits(self, size: int, batch: int) -> dict[str, float]:
        """How many packages a second this machine could at most sync to its disk, and hash on one core."""
        append = machine.append_rate(self.axis.folder, batch, self.pace.limit_seconds)
        sha256 = machine.sha256_rate(size, self.pace.limit_seconds)
        return {"append": append * MB / size, "sha256": sha256 * MB / size}


class _Peak(threading.Thread):
    """The most that ``weigh`` answered above its first answer."""

    def __init__(self, weigh: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self._weigh = weigh
        self._done = threading.Event()
        self._first = weigh()
        self.growth = 0

    def run(self) -> None:
        while not self._done.wait(0.05):
            self.growth = max(self.growth, self._weigh() - self._first)

    def __enter__(self) -> _Peak:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()


PARTS: dict[str, Callable[[Bench], list[Row]]] = {
    "a": Bench.accept,
    "b": Bench.cycle,
    "c": Bench.fan_out,
    "d": Bench.reader,
    "e": Bench.giant,
    "f": Bench.latency,
}
