"""The live role: a waiting client learns that something arrived."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lienthong.client import Client, NotAllowed, NotAuthenticated
from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, Axis
from tests.servers import Server, free_port


@pytest.fixture(scope="module")
def live(axis: Axis) -> Iterator[str]:
    web = axis.server
    server = Server(web.data_dir, web.database_url, free_port(), environment=web.environment, role="live")
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def waiting(axis: Axis, role: str) -> Client:
    return Client(f"http://127.0.0.1:{axis.server.port}", axis.keys[role])


def test_an_arrival_wakes_its_recipient(axis: Axis, live: str) -> None:
    with waiting(axis, "district") as district:
        events = district.events(url=live)
        assert next(events) == ["document", "status"]  # everything may be new: list now

        receipt, delivery = axis.sent()
        assert next(events) == ["document"]

        axis.clerk.report(code="13", sent_id=receipt["id"], recipient=DISTRICT, description="Gửi nhầm (mẫu)")
        assert next(events) == ["status"]
        assert delivery["id"] in [row["id"] for row in axis.district.waiting()]


def test_a_stream_ends_when_its_system_is_locked(axis: Axis, live: str) -> None:
    with waiting(axis, "outsider") as outsider:
        events = outsider.events(url=live)
        next(events)
        axis.change("UPDATE registry_system SET state = 'locked' WHERE system_id = 'HUB.H99.04'")
        try:
            axis.change("SELECT pg_notify('lienthong_arrivals', id || ' edoc') FROM registry_system WHERE name <> ''")
            assert list(events) == []
        finally:
            axis.change("UPDATE registry_system SET state = 'active' WHERE system_id = 'HUB.H99.04'")


def test_nobody_is_told_of_what_arrived_for_another(axis: Axis, live: str) -> None:
    with waiting(axis, "outsider") as outsider, waiting(axis, "district") as district:
        theirs, own = outsider.events(url=live), district.events(url=live)
        assert next(theirs) == next(own)
        axis.clerk.send(packages.document(CLERK, DISTRICT))
        assert next(own) == ["document"]
        axis.clerk.send(packages.document(CLERK, "H99.04"))
        assert next(theirs) == ["document"]
        delivery = axis.outsider.waiting()[-1]
        axis.district.report(code="01", delivery_id=axis.district.waiting()[0]["id"])
        axis.outsider.ask("POST", f"/deliveries/{delivery['id']}/confirmation", json={})


@pytest.mark.parametrize(
    ("key", "error"), [("ltk_wrong", NotAuthenticated), ("locked", NotAllowed), ("reader", NotAllowed)]
)
def test_the_door_is_the_same(axis: Axis, live: str, key: str, error: type[Exception]) -> None:
    with Client(live, axis.keys.get(key, key)) as client, pytest.raises(error):
        next(client.events())
