"""``python -m bench [a b c d e f] [--quick] [--json FILE]``: see docs/operations/bench.md."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import axis, machine, report
from bench.measure import PARTS, RECEIVERS, SENDERS, Bench, Pace, Row

_RESULTS = Path(__file__).parent / "results"


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is stopped on the way out
    rows: list[Row] = []
    with axis.running(options.place, senders=SENDERS, receivers=RECEIVERS) as running:
        described = machine.describe(running.folder)
        bench = Bench(running, Pace.of(quick=options.quick))
        for part in sorted(set(options.parts or PARTS)):
            sys.stderr.write(f"Đang đo ({part})…\n")
            rows += PARTS[part](bench)
    report.show(described, rows)
    report.save(options.json, described, rows, quick=options.quick)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Đo hiệu năng của trục.")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="các phép đo; mặc định tất cả")
    parser.add_argument("--quick", action="store_true", help="chạy thử trong khoảng nửa phút, số liệu chỉ để xem")
    parser.add_argument("--json", type=Path, default=_RESULTS / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}.json")
    parser.add_argument("--place", type=Path, default=Path("var"), help="nơi đặt dữ liệu tạm, trên đĩa thật")
    return parser.parse_args()


if __name__ == "__main__":
    main()
