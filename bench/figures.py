"""``python -m bench.figures``: how long figures, lists and the job take on a made-up city of many documents.

Uses a data folder of its own below the system's temporary folder, and the embedded database.
"""

# ruff: noqa: PLC0415 - Django is loaded when the data folder is known
from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

_FILL = """
INSERT INTO exchange_document (id, system_id, agency_id, document_id, business_type, fingerprint, sha256,
       from_code, from_name, number, notation, promulgation_date, subject, type_name, priority,
       target_document_id, received_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
       (%(systems)s)[1 + n %% 20], (%(agencies)s)[1 + n %% 20], 'bench,' || n, '0', '\\x00', '\\x00', 'H99.' || n %% 20,
       'Sở mẫu', n::text, 'CV-MAU', at::date, 'Văn bản mẫu', 'Công văn', 0, '', at
  FROM (SELECT n, %(end)s - (n * %(step)s) * interval '1 second' AS at FROM generate_series(1, %(count)s) n) g;
INSERT INTO exchange_package (id, kind, document_id, system_id, segment, "offset", length, sha256, attachments,
       findings, remote, received_at)
SELECT id, 'edoc', id, system_id, 'shared/bench.seg', 0, 1000, '\\x00', '[]', '[]', '', received_at
  FROM exchange_document;
INSERT INTO exchange_delivery (id, package_id, system_id, kind, rank, state, from_code, to_code, attempts,
       created_at, updated_at, available_at, delivered_at, last_error)
SELECT gen_random_uuid(), d.id, (%(systems)s)[21 + (d.number::int + k) %% 100],
       'edoc', 0, 'delivered', d.from_code, 'x',
       0, d.received_at, d.received_at, d.received_at, d.received_at + interval '4 seconds', ''
  FROM exchange_document d CROSS JOIN generate_series(1, %(fan)s) k;
INSERT INTO exchange_recipient (id, document_id, code, name, outcome, reason, agency_id, to_agency_id, delivery_id,
       state, status_code, status_description)
SELECT gen_random_uuid(), v.package_id, 'H99.' || v.system_id, 'Xã mẫu', 'accepted', '', s.agency_id, s.agency_id, v.id,
       'accepted', '03', ''
  FROM exchange_delivery v JOIN registry_systemservice s ON s.system_id = v.system_id;
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=90)
    wish = parser.parse_args()
    os.environ["LIENTHONG_DATA_DIR"] = tempfile.mkdtemp(prefix="lienthong-bench-")
    os.environ.pop("LIENTHONG_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    from lienthong.cli import runtime

    runtime.prepare()
    try:
        _run(wish.documents, wish.days)
    finally:
        from django.conf import settings

        runtime.release_connections()
        settings.EMBEDDED_POSTGRES.stop()


def _run(count: int, days: int) -> None:
    from lienthong.common import clock
    from lienthong.statistics import jobs, listing, periods, selectors
    from lienthong.statistics.measures import Measure, Scope

    agencies = _fill(count, days)
    today = clock.today()
    year, month = periods.between(today - timedelta(days=days), today), periods.month_of(today)
    one = Scope(agency_id=agencies[30])
    sys.stdout.write(f"{count} documents, {4 * count} copies, {days} days, {Path(os.environ['LIENTHONG_DATA_DIR'])}\n")
    _time("job, everything for the first time", jobs.update)
    _time("job, nothing new", jobs.update)
    _time("job, one day again", lambda: jobs.recompute(first=today - timedelta(days=9), last=today - timedelta(days=9)))
    _time("figures of the city, all days", lambda: selectors.figures(Scope(), year))
    _time("figures of the city, this month with today", lambda: selectors.figures(Scope(), month))
    _time("figures of an agency, all days", lambda: selectors.figures(one, year))
    _time("table of agencies, this month", lambda: selectors.by_agency(Scope(), month, only=[Measure.RECEIVED]))
    _time("list of the city's copies, first page", lambda: listing.list_lines(Scope(), year, Measure.COPIES))
    _time("list of an agency's refusals", lambda: listing.list_lines(one, year, Measure.RECEIVED_REFUSED))


def _fill(count: int, days: int) -> list[int]:
    from django.db import connection

    from lienthong.common import clock
    from lienthong.registry.models import Level
    from tests.factories import make_agency, make_system

    made = [make_agency(level=Level.CITY if n < 20 else Level.COMMUNE) for n in range(120)]
    systems = [make_system(agency).system.pk for agency in made]
    agencies = [agency.pk for agency in made]
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"systems": systems, "agencies": agencies, "count": count, "fan": 4, "end": clock.now(),
                               "step": days * 86_400 / count})  # fmt: skip
        cursor.execute("ANALYZE")
    return agencies


def _time(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    work()
    sys.stdout.write(f"{what:<48}{(time.perf_counter() - begun) * 1000:>10.0f} ms\n")


if __name__ == "__main__":
    main()
