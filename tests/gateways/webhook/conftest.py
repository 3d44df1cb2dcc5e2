"""The cast: Sở Y tế (mẫu) sends; Quận Hoa Phượng (mẫu) has a receiver of webhooks on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from lienthong.gateways.webhook.addresses import set_webhook
from lienthong.registry.models import System
from tests.exchange.conftest import Office, data_dir, department, open_office
from tests.receiver import Receiver

__all__ = ["data_dir", "department"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as listening:
        yield listening


@pytest.fixture
def hoa_phuong(department: Office, receiver: Receiver, settings: Settings) -> Office:
    settings.WEBHOOK_LOOPBACK = True
    office = open_office("H99.30", "Quận Hoa Phượng (mẫu)")
    set_webhook(system=System.objects.get(system_id=office.system_id), url=receiver.url)
    return office
