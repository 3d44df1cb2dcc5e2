"""Sở Giáo dục (mẫu) at the desk, and communes with software of their own, for the browser. Prints JSON.

``make`` puts them there; ``arrive N`` lets the first N communes fetch and accept what waits for them; ``crowd`` sends a
document to 114 communes, of which 14 are in trouble; ``answer`` lets everybody agree to what is asked of them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from lienthong.cli import runtime

COMMUNES = 114
_NAMES = ("Hoa Phượng", "Hải Đăng", "Bạch Đằng", "Sao Biển", "Cửa Nam", "An Bình Đông Hưng Thái Thịnh Vượng")


def main() -> None:
    runtime.prepare()
    act = {"make": _make, "arrive": _arrive, "crowd": _crowd, "answer": _answer}[sys.argv[1]]
    json.dump(act(*sys.argv[2:]), sys.stdout)


def _make() -> dict[str, str]:
    from lienthong.accounts.roles import Role
    from lienthong.registry.models import AgencyContact, AgencyIdentifier, Level, SystemKind
    from tests.browser.people import _person
    from tests.factories import make_agency, make_system

    city = AgencyIdentifier.objects.get(code="H99").agency
    department = make_agency("H99.70", "Sở Giáo dục (mẫu)", parent=city, abbreviation="SGD")
    make_system(department, system_id="BAN.GD", kind=SystemKind.DESK)
    for number in range(1, COMMUNES + 1):
        name = f"Xã {_NAMES[number % len(_NAMES)]} {number} (mẫu)"
        commune = make_agency(f"H99.8{number:03d}", name, level=Level.COMMUNE, parent=city)
        make_system(commune, system_id=f"XA.{number:03d}")
        reached = {"phone": f"0225.3{number:06d}", "mail": f"xa{number}@mau.example"}
        AgencyContact.objects.update_or_create(agency=commune, defaults=reached)
    make_agency("H99.8900", "Xã Giấy Trắng (mẫu)", level=Level.COMMUNE, parent=city)
    return {
        "hanh.gd": _person("hanh.gd", "Vũ Hồng Hạnh", [(department, Role.CLERK, "Văn thư")]),
        "trong.gd": _person("trong.gd", "Đinh Văn Trống", [(_empty(), Role.CLERK, "Văn thư")]),
    }


def _empty() -> Any:
    from lienthong.registry.models import System, SystemService
    from tests.factories import LONG_AGO, make_agency

    agency = make_agency("H99.71", "Sở Mới (mẫu)", abbreviation="SM")
    SystemService.objects.create(system=System.objects.get(system_id="BAN.GD"), agency=agency, valid_from=LONG_AGO)
    return agency


def _office(number: int) -> Any:
    from lienthong.registry.models import AgencyIdentifier
    from tests.exchange.conftest import Office

    code = f"H99.8{number:03d}"
    return Office(code, AgencyIdentifier.objects.get(code=code).agency, f"XA.{number:03d}")


def _arrive(count: str) -> int:
    from lienthong.exchange.intake import committer

    for number in range(1, int(count) + 1):
        office = _office(number)
        for waiting in office.inbox():
            office.confirm(waiting.doc_id)
            _report(office, waiting.doc_id, "03", "Số đến 12")
    committer().stop()
    return int(count)


def _report(office: Any, delivery: str, code: str, description: str = "") -> None:
    from lienthong.common import clock
    from lienthong.exchange.models import Delivery
    from tests import packages

    document = Delivery.objects.get(pk=delivery).package.document
    assert document is not None
    at = f"{clock.in_vietnam(clock.now()):%Y/%m/%d %H:%M:%S}"
    office.send(
        packages.status(
            office.code, document.from_code, document.document_id, code, description=description, timestamp=at
        )
    )


def _answer() -> int:
    from lienthong.exchange.intake import committer
    from lienthong.exchange.models import RecipientAsk

    asked = list(RecipientAsk.objects.filter(answered_at=None).select_related("asking"))
    for one in asked:
        office = _office(int(one.asking.code[-3:]))
        _report(office, str(one.asking.delivery_id), "15", "Đã hủy")
    committer().stop()
    return len(asked)


def _crowd() -> str:
    from datetime import timedelta

    from lienthong.accounts.actors import Actor
    from lienthong.accounts.models import User
    from lienthong.accounts.roles import Role
    from lienthong.common import clock
    from lienthong.exchange.intake import committer
    from lienthong.exchange.models import Delivery
    from lienthong.records.outgoing.services import drafting, files, recipients
    from lienthong.records.outgoing.services.sending import send
    from lienthong.registry.models import AgencyIdentifier
    from tests.records.outgoing.cast import Part
    from tests.signatures.documents import plain_pdf

    department = AgencyIdentifier.objects.get(code="H99.70").agency
    user = User.objects.get(username="hanh.gd")
    actor = Actor(
        user_id=user.pk, name=user.full_name, roles=frozenset({Role.CLERK}), agency_id=department.pk,
        agency_code="H99.70",
    )  # fmt: skip
    document = drafting.create_draft(actor=actor)
    data = {
        "subject": "Về việc rà soát, đánh giá thực trạng cơ sở vật chất trường học và xây dựng kế hoạch đầu tư, sửa"
        " chữa, mua sắm thiết bị dạy học tối thiểu cho năm học 2026-2027 trên địa bàn toàn thành phố (mẫu)",
        "unit": "KHTC",
        "place": "Thành phố Mẫu",
        "signer_name": "Nguyễn Văn Mẫu",
        "signer_position": "Giám đốc",
        "priority": 2,
    }
    drafting.save_draft(actor=actor, document=document.pk, version=document.version, changes=data)
    pdf = plain_pdf()
    row = files.open_upload(actor=actor, document=document.pk, name="cong-van.pdf", size=len(pdf))
    files.append(actor=actor, document=document.pk, file=row.pk, offset=0, part=Part(pdf))
    communes = AgencyIdentifier.objects.filter(code__startswith="H99.8")
    recipients.change_recipients(
        actor=actor, document=document.pk, add=list(communes.values_list("agency_id", flat=True))
    )
    sent = send(actor=actor, document=document.pk, version=None, not_secret=True, twins_seen=True)
    for number in range(15, COMMUNES + 1):
        office = _office(number)
        for waiting in office.inbox():
            office.confirm(waiting.doc_id)
            _report(office, waiting.doc_id, "03" if number % 3 else "01", "Số đến 7" if number % 3 else "")
    mine = Delivery.objects.filter(package__document=sent.exchange_id)
    long_ago = clock.now() - timedelta(days=4)
    for number in range(1, 15):
        waiting = mine.filter(recipients__code=f"H99.8{number:03d}")
        if number <= 4:
            waiting.update(state="given_up", last_error="Hệ thống của nơi nhận không trả lời trong 24 giờ")
        elif number <= 8:
            _report(
                _office(number), str(waiting.get().pk), "02", "Không thuộc thẩm quyền giải quyết của Ủy ban nhân dân xã"
            )
        else:
            waiting.update(created_at=long_ago)
    committer().stop()
    return str(sent.pk)


if __name__ == "__main__":
    main()
