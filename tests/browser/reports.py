"""What the sender is told of a document: sends what the desk still owes, then prints the status codes that came
of it, oldest first. ``python -m tests.browser.reports NUMBER``."""

from __future__ import annotations

import json
import sys

from lienthong.cli import runtime


def main() -> None:
    runtime.prepare()
    from lienthong.exchange.intake import committer
    from lienthong.exchange.models import Report
    from lienthong.records.worker import work_once

    work_once()
    told = Report.objects.filter(document_id__contains=f",{sys.argv[1]}/").order_by("pk")
    json.dump([report.code for report in told], sys.stdout)
    committer().stop()


if __name__ == "__main__":
    main()
