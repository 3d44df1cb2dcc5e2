"""What a clumsy proxy, a scanner or an attacker asks must never break a page: no answer is a 500."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from lienthong.records.models import Book
from lienthong.web import urls
from tests.records.outgoing.cast import City
from tests.web.test_attacks import attacker, city, data_dir, drafted, every

__all__ = ["attacker", "city", "data_dir"]

_NIL = "00000000-0000-0000-0000-000000000000"
_ODD = (
    "\0", "\uffff", "9" * 5000, "-1", "9" * 20, "0001-01-01", "01/01/0001", "31/12/9999", "9999-12-31", "9999-Q4",
    "0001-01", f"99999999999.{_NIL}", f"-1.{_NIL}", "1e999", "a" * 3000, "9999-999999999", "99999-1",
    f"0001-01-01T00:00:00Z|{_NIL}", f"9999-12-31T23:59:59+00:00|{_NIL}", "'\"<>\\;--", f"2026-01-01T00:00|{_NIL}",
    "\u202egpj.exe", "x" * 36,
)  # fmt: skip
_NAMES = ("q", "xem", "sau", "tu", "den", "loai", "co_quan", "co-quan", "tim", "khan", "lan", "nhom", "ky", "cap", "so",
          "khoa", "ngay", "tren", "vai-tro", "khoang", "he-thong", "tinh-trang")  # fmt: skip
_FIELDS = ("reason", "act", "pick", "delivery", "to_code", "version", "subject", "issued_on", "book", "agency", "level",
           "group", "text", "name", "basis", "type_code", "to_agency", "q", "way", "seat", "query", "end")  # fmt: skip


def test_no_odd_question_breaks_a_page(city: City, attacker: Client) -> None:
    attacker.raise_request_exception = False
    own = drafted(city)
    pages = ["/van-ban-den/", "/van-ban-di/", "/tim-kiem/", "/so-van-ban/", "/nguoi-dung/", "/thong-ke/", "/co-quan/",
             "/thong-ke/danh-sach/", "/tro-giup/", f"/van-ban-di/{own.pk}/bang/", "/van-ban-den/so-luong/",
             f"/so-van-ban/{Book.objects.get(agency=city.other).pk}/"]  # fmt: skip
    broken = []
    for odd in _ODD:
        for page in pages:
            for names in (_NAMES, ("q", "co_quan"), ("sau",), ("tu", "den", "ngay")):
                if attacker.get(page, dict.fromkeys(names, odd)).status_code >= 500:
                    broken.append((page, names[0], odd[:40]))
    assert broken == []


def test_no_odd_form_breaks_a_page(city: City, attacker: Client) -> None:
    attacker.raise_request_exception = False
    own, broken = drafted(city), []
    for address in _posted(own.pk):
        for odd in ("\0", "\uffff", "9" * 5000, "-1", "x" * 36, "x" * 20_000, "\u202egpj.exe", "9999-12-31"):
            for more in ({}, {"act": "nhac"}):
                if attacker.post(address, dict.fromkeys(_FIELDS, odd) | more).status_code >= 500:
                    broken.append((address, odd[:40], more))
    assert broken == []


def _posted(document: UUID) -> list[str]:
    """Every address of the workplace, about a draft that exists and other things that do not."""
    arguments: dict[str, Any] = {"document": document, "file": uuid4(), "pk": 1, "place": 0}
    made = []
    for pattern in every(urls.urlpatterns):
        wanted = pattern.pattern.converters
        others = (pattern.name or "").startswith(("mfa", "account", "social", "openid", "compose-discard"))
        if wanted.keys() <= arguments.keys() and not others:
            is_uuid = "pk" in wanted and "UUID" in type(wanted["pk"]).__name__
            chosen = {name: uuid4() if name == "pk" and is_uuid else arguments[name] for name in wanted}
            made.append(reverse(pattern.name, kwargs=chosen))
    return made


def test_no_odd_upload_breaks_the_page(city: City, attacker: Client) -> None:
    attacker.raise_request_exception = False
    address = reverse("compose-upload", args=[drafted(city).pk])
    bodies = [b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b'{"name":"a.pdf","size":' + b"9" * 5000 + b"}"]
    bodies += [
        json.dumps({"name": name, "size": 9}).encode() for name in (None, "\0.pdf", "\ud800.pdf", "x" * 9999 + ".pdf")
    ]
    bodies += [b'{"name":"a.pdf","size":%s}' % size for size in (b"1e999", b"-5", b"null", b"NaN", b'"7"', b"[]")]
    answers = {
        body[:40]: attacker.post(address, body, content_type="application/json", headers={"Accept": "application/json"})
        for body in bodies
    }
    assert {
        body: answer.status_code for body, answer in answers.items() if answer.status_code not in {201, 400, 409}
    } == {}
