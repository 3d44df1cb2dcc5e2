"""Migrations of the exchange on tables that hold documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lienthong.exchange.models import Recipient
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

FIRST = [("exchange", "0001_initial")]


def _migrate(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([node for node in targets if node in executor.loader.graph.nodes])


@pytest.fixture
def latest(department: Office) -> Iterator[list[tuple[str, str]]]:
    nodes = MigrationExecutor(connection).loader.graph.leaf_nodes("exchange")
    yield nodes
    _migrate(nodes)


def test_asks_come_to_a_table_in_use(department: Office, hoa_phuong: Office, latest: list[tuple[str, str]]) -> None:
    _migrate(FIRST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('exchange_ask')")
        assert cursor.fetchone() == (None,)
    _migrate(latest)
    department.send(packages.document(department.code, hoa_phuong.code, document_id="VB-1"))
    _migrate(FIRST)
    _migrate(latest)
    assert Recipient.objects.get().state == "sent"
    department.send(orders.recall(department.code, hoa_phuong.code, target="VB-1"))
    assert Recipient.objects.get(document__business_type="0").state == "recall_asked"
