"""Checking at the door, before a package is accepted, for the senders of whom signatures are demanded."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.conf import settings

from edxml102.model import DocumentPackage
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.signatures.findings import Check
from lienthong.exchange.signatures.packages import check_package
from lienthong.exchange.signatures.policies import Demand, enforce
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.exchange.signatures.trust import TrustStore


def check_at_door(
    stream: BinaryIO, package: DocumentPackage, *, demand: Demand, received_at: datetime
) -> PackageReport:
    """Check the ``package`` in ``stream`` (seekable) with what is at hand; nothing is fetched while a sender waits.

    :raises Refusal: SIGNATURE_MISSING, SIGNATURE_INVALID, STATE_SECRET
    """
    store = TrustStore.of_folder(settings.TRUST_DIR)
    report = check_package(stream, package, store=store, received_at=received_at, checked_at=received_at)
    if any(found.id == Check.SECRET_STAMP.id for found in report.findings):
        raise Refusal(Reason.STATE_SECRET, "Dấu hiệu ở: trang đầu của tệp PDF.")
    enforce(demand, report)
    return report
