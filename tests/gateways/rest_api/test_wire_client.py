"""``lienthong.client`` against a real axis: the sync and the async one do the same."""

from __future__ import annotations

import io
from pathlib import Path

import anyio
import pytest

from lienthong.client import AsyncClient, Client, Conflict, NotAuthenticated, NotFound, Patience, Refused
from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, PAPER, Axis


def open_client(axis: Axis, role: str) -> Client:
    return Client(f"http://127.0.0.1:{axis.server.port}", axis.keys[role], patience=Patience((0.05,)))


def test_a_document_goes_there_and_its_status_comes_back(axis: Axis, tmp_path: Path) -> None:
    raw = packages.document(CLERK, DISTRICT)
    (tmp_path / "cong-van.edxml").write_bytes(raw)
    with open_client(axis, "clerk") as clerk, open_client(axis, "district") as district:
        receipt = clerk.send_package(tmp_path / "cong-van.edxml")
        assert not receipt.repeated
        assert clerk.send_package(raw).id == receipt.id

        delivery = next(one for one in district.deliveries(kind="document") if one.sha256 == receipt.sha256)
        fetched, attachment = io.BytesIO(), io.BytesIO()
        assert district.fetch_package(delivery.id, fetched) == receipt.sha256
        assert fetched.getvalue() == raw
        district.fetch_attachment(delivery.id, 1, attachment)
        assert attachment.getvalue() == packages.PDF

        assert district.confirm(delivery.id).state == "delivered"
        district.report("03", delivery_id=delivery.id, staff="Lê Thị Mẫu")
        (recipient,) = clerk.document(receipt.id).recipients
        assert (recipient.state, recipient.status_code) == ("accepted", "03")


def test_a_large_package_goes_in_parts(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT, content=b"%PDF-1.4\n" + bytes(2_000_000))
    with open_client(axis, "clerk") as clerk:
        assert clerk.send_package(raw, resumable_from=1_000_000).sha256 == clerk.send_package(raw).sha256


def test_refusals_are_types(axis: Axis) -> None:
    with open_client(axis, "clerk") as clerk:
        with pytest.raises(Refused) as refused:
            clerk.send_package(packages.document(CLERK, PAPER))
        assert refused.value.code == "exchange.no_recipient"
        assert refused.value.next_step
        with pytest.raises(NotFound):
            clerk.document("01a202fc-d409-746b-8f39-1c80ea1dea9c")
        clerk.send_package(packages.document(CLERK, DISTRICT), key="một khóa".encode().hex())
        with pytest.raises(Conflict, match="Idempotency-Key"):
            clerk.send_package(packages.document(CLERK, DISTRICT), key="một khóa".encode().hex())
    with Client(f"http://127.0.0.1:{axis.server.port}", "ltk_wrong") as nobody, pytest.raises(NotAuthenticated):
        nobody.axis()


def test_the_async_client_does_the_same(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT)

    async def story() -> None:
        url = f"http://127.0.0.1:{axis.server.port}"
        async with AsyncClient(url, axis.keys["clerk"]) as clerk, AsyncClient(url, axis.keys["district"]) as district:
            receipt = await clerk.send_package(raw)
            waiting = [one async for one in district.deliveries(kind="document") if one.sha256 == receipt.sha256]
            file = io.BytesIO()
            assert await district.fetch_package(waiting[0].id, file) == receipt.sha256
            await district.confirm(waiting[0].id)
            assert (await clerk.document(receipt.id)).recipients[0].transport_state == "delivered"
            assert (await clerk.agency(PAPER)).capabilities.connected is False
            assert [hit.code for hit in await clerk.agencies("hoa phuong")] == [DISTRICT]
            assert sum(count.documents_sent for count in await clerk.statistics()) >= 1

    anyio.run(story)
