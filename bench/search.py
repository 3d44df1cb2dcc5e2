# ruff: noqa: PLC0415 - Django's models can be imported only when Django is loaded
"""Search and lists on many documents: ``python -m bench.search [COUNT]`` fills a database of its own and times queries.

By default a million documents, a tenth of them one agency's; each has words drawn from a small vocabulary, so that
common words are really common. Prints the slowest of ten runs of each question, in milliseconds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date

from lienthong.cli import runtime

_WORDS = ("phòng", "chống", "bão", "tiêm", "chủng", "kế", "hoạch", "ngân", "sách", "báo", "cáo", "họp", "hướng", "dẫn")


def main(count: int) -> None:
    from django.db import connection

    from lienthong.accounts.actors import Actor
    from lienthong.accounts.roles import Role
    from lienthong.records.inbox import Tab, list_incoming
    from lienthong.records.search.finding import find_incoming
    from lienthong.registry.services import create_agency

    agencies = [
        create_agency(code=f"H99.{n}", name=f"Cơ quan {n} (mẫu)", level="commune", valid_from=date(2020, 1, 1)).pk
        for n in range(10)
    ]
    for begin in range(0, count, 10_000):
        _fill(agencies, begin, min(10_000, count - begin))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    clerk = Actor(user_id=1, name="Mẫu", roles=frozenset({Role.CLERK}), agency_id=agencies[0])
    questions: dict[str, Callable[[], object]] = {
        "common words": lambda: find_incoming(clerk, "phòng chống bão"),
        "common words without diacritics": lambda: find_incoming(clerk, "phong chong bao"),
        "one common word": lambda: find_incoming(clerk, "kế"),
        "rare word": lambda: find_incoming(clerk, "hiếm"),
        "number": lambda: find_incoming(clerk, "1312"),
        "list, waiting": lambda: list_incoming(clerk, Tab.WAITING),
        "list, all": lambda: list_incoming(clerk, Tab.ALL),
    }
    json.dump({name: _slowest(ask) for name, ask in questions.items()}, sys.stdout, indent=1)


def _slowest(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(10):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return round(max(times) * 1000, 1)


def _fill(agencies: list[int], begin: int, count: int) -> None:
    from lienthong.common import clock
    from lienthong.common.folding import fold_code
    from lienthong.common.ids import new_id
    from lienthong.records.models import Direction, IncomingDocument, SearchEntry
    from lienthong.records.search.words import agency_mark, code_words, words_of

    documents, entries = [], []
    for n in range(begin, begin + count):
        agency, number = agencies[n % len(agencies)], str(n % 5000)
        subject = f"Về việc {' '.join(_WORDS[(n + step * step) % len(_WORDS)] for step in range(6))}"
        if n % 50_000 == 0:
            subject += " hiếm"
        code = fold_code(f"{number} UBND-VX")
        state = "arrived" if n % 500 == 0 else "registered"
        one = IncomingDocument(
            id=new_id(), agency_id=agency, from_name="Sở Mẫu", number=number, notation="UBND-VX", code_folded=code,
            subject=subject, arrived_at=clock.now(), state=state,
        )  # fmt: skip
        words = words_of([subject]) | code_words(number, "UBND-VX") | {agency_mark(agency)}
        text = " ".join(f"'{word}'" for word in sorted(words))
        documents.append(one)
        entries.append(
            SearchEntry(
                id=one.pk,
                agency_id=agency,
                direction=Direction.INCOMING,
                code_folded=code,
                words=text,
                text_state="none",
            )
        )
    IncomingDocument.objects.bulk_create(documents)
    SearchEntry.objects.bulk_create(entries)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        os.environ["LIENTHONG_DATA_DIR"] = folder  # read once, when Django is loaded
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
        runtime.prepare()
        from django.conf import settings

        try:
            main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
        finally:
            settings.EMBEDDED_POSTGRES.stop()
