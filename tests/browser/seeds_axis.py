"""Puts a working axis into the site's database: traffic of weeks, a system that is stuck, a reform, conditions. Prints
what tests need to know of it."""

from __future__ import annotations

import json
import random
import sys
from datetime import date, timedelta
from typing import Any

from lienthong.cli import runtime

LONG = "Ban Quản lý dự án đầu tư xây dựng công trình giao thông và nông nghiệp khu vực phía đông thành phố (mẫu)"


def main() -> None:
    runtime.prepare()
    json.dump(seed(), sys.stdout)


def seed() -> dict[str, str]:
    from lienthong.common import clock
    from lienthong.exchange.models import Channel, Delivery
    from lienthong.monitoring import samples, watching
    from lienthong.monitoring.models import Sample
    from lienthong.registry import services
    from lienthong.registry.models import Level
    from lienthong.statistics import jobs
    from tests.factories import make_agency
    from tests.statistics.world import moment, open_office, refuse_package, report, send

    chance = random.Random(7)
    city = make_agency("H98", "Ủy ban nhân dân thành phố Mẫu (mẫu)")
    old = make_agency("H98.30", "Quận Hoa Phượng (mẫu)", level=Level.DISTRICT, parent=city)
    senders = [open_office(make_agency(f"H98.{n}", name, parent=city), f"H98.{n}", name)
               for n, name in enumerate(["Sở Y tế (mẫu)", "Sở Xây dựng (mẫu)", LONG], 1)]  # fmt: skip
    communes = []
    for n in range(1, 9):
        name = f"Ủy ban nhân dân phường Mẫu {n}"
        agency = make_agency(f"H98.30.{n:02}", name, level=Level.COMMUNE, parent=old, valid_from=date(2020, 1, 1))
        services.move_agency(agency=agency, level=Level.COMMUNE, parent=city, valid_from=date(2025, 7, 1))
        communes.append(open_office(agency, f"H98.30.{n:02}", name))
    services.close_agency(agency=old, on_date=date(2025, 7, 1), successor=city)
    today = clock.today()
    for back in range(45, -1, -1):
        day = today - timedelta(days=back)
        for _ in range(chance.randint(1, 5)):
            at = min(moment(day, chance.choice([7, 8, 9, 10, 14, 15, 16])), clock.now() - timedelta(minutes=2))
            sender, receivers = chance.choice(senders), chance.sample(communes, chance.randint(1, 4))
            sent = send(sender, *receivers, at=at, signed_on=day, business_type=chance.choice("00000013"))
            for receiver in receivers:
                if chance.random() < 0.9:
                    report(sent, receiver, "01", at + timedelta(seconds=chance.randint(2, 200)))
                    if chance.random() < 0.1:
                        report(
                            sent,
                            receiver,
                            "02",
                            at + timedelta(hours=1),
                            chance.choice(["Sai thẩm quyền", "Thiếu phụ lục"]),
                        )
                    elif chance.random() < 0.8:
                        report(sent, receiver, "03", at + timedelta(minutes=chance.randint(5, 600)))
        if back % 6 == 0:
            refuse_package(senders[0], "exchange.sender_foreign", min(moment(day), clock.now()))
    jobs.update()
    stuck = send(senders[0], communes[0], at=clock.now() - timedelta(hours=5), delivered=None, priority=2)
    Delivery.objects.filter(package__document=stuck.document).update(
        state="given_up", attempts=9, cause="webhook.failed",
        last_error="Hệ thống nơi nhận báo lỗi HTTP 500. Đã thử 9 lần trong hết thời hạn cho phép.",
    )  # fmt: skip
    send(senders[1], communes[1], at=clock.now() - timedelta(minutes=50), delivered=None)
    _hold(send(senders[2], *communes[2:6], at=clock.now() - timedelta(minutes=12), delivered=None, priority=1))
    Channel.objects.create(system=communes[2].system, failures=6, open_until=clock.now() + timedelta(minutes=1),
                           last_error="Không kết nối được tới vanban.donvi.mau.")  # fmt: skip
    now, events = clock.now(), 0
    for minute in range(360, 0, -2):
        events += chance.randint(0, 9)
        Sample.objects.create(
            at=now - timedelta(minutes=minute), event_id=0, documents=events, reports=3 * events, rejected=events // 40,
            delivered=3 * events, failures=events // 60, waiting=chance.randint(0, 9),
            waiting_p95=chance.randint(1, 30), waiting_oldest=chance.randint(30, 90), given_up=1,
        )  # fmt: skip
    Sample.objects.filter(at=samples.latest().at).update(event_id=10**9)  # type: ignore[union-attr]
    watching.watch()
    number = stuck.document
    return {
        "stuck": f"{number.number}/{number.notation}",
        "document": str(number.pk),
        "system": communes[0].system.system_id,
        "slow": communes[1].system.system_id,
        "commune": communes[0].code,
        "other": communes[3].code,
        "closed": "H98.30",
        "sender": senders[0].code,
    }


def _hold(sent: Any) -> None:
    """A stamp of secrecy was seen on its first page after it had been accepted."""
    from django.db import connection, transaction

    from lienthong.common.sql import hot_cursor
    from lienthong.exchange.guards import holds

    with transaction.atomic(), connection.wrap_database_errors:
        holds.quarantine(hot_cursor(), sent.document.pk, reason="Trang đầu của tệp PDF có dấu chỉ độ mật.")


if __name__ == "__main__":
    main()
