"""The document systems of the sample agencies: each a client of its own that speaks to the axis over HTTP."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from edxml102.codes import StatusCode
from edxml102.model import DocumentPackage, PackageKind
from lienthong.cli.demo import packages
from lienthong.cli.demo.city import BY_CODE, SampleAgency
from lienthong.cli.demo.facts import Addressee, Arrival, Receipt, Refused, Report, Standing
from lienthong.cli.demo.journal import Journal
from lienthong.common import clock
from lienthong.gateways.national.answers import Received, Sending, VxpError
from lienthong.gateways.national.client import VxpClient

_STABLE_CODE = re.compile(r"\[([a-z0-9_.]+)\]\s*$")


class Actor:
    """One agency's system. It numbers its own documents, outgoing and incoming, as an office does."""

    def __init__(self, agency: SampleAgency, system_id: str, client: VxpClient, journal: Journal) -> None:
        self.agency = agency
        self.system_id = system_id
        self.client = client
        self._journal = journal
        self._last_number: int | None = None
        self._last_entry: int | None = None

    def close(self) -> None:
        """End the connection that the present thread holds."""
        self.client.close()

    def note(self, what: str) -> None:
        self._journal.note(self.agency.name, what)

    # --- Sending ------------------------------------------------------------------------------------------------------

    def next_number(self) -> int:
        """The next number in the agency's book of outgoing documents, which goes on after earlier runs."""
        if self._last_number is None:
            sent = [row.notation.partition("/")[0] for row in self.client.get_sent_edoc_list()]
            self._last_number = max((int(number) for number in sent if number.isdecimal()), default=0)
        self._last_number += 1
        return self._last_number

    def next_entry(self) -> int:
        """The next number in the book of incoming documents."""
        if self._last_entry is None:
            sent = self.client.get_sent_edoc_list(PackageKind.STATUS)
            self._last_entry = sum(row.receive_status == StatusCode.ACCEPTED.code for row in sent)
        self._last_entry += 1
        return self._last_entry

    def send(self, package: bytes) -> Receipt:
        """:raises VxpError: the axis refuses"""
        receipt = receipt_of(self.client.send_edoc(package, sender=self.agency.code))
        self._count_sent("documents", receipt)
        return receipt

    def _count_sent(self, what: str, receipt: Receipt) -> None:
        self._journal.count(f"{what}_repeated" if receipt.repeated else f"{what}_sent")
        self._journal.count("packages_sent")

    def try_to_send(self, package: bytes, *, sender: str = "") -> Refused | None:
        """Send what should be refused; ``None`` when it was not."""
        try:
            self.client.send_edoc(package, sender=sender or self.agency.code)
        except VxpError as error:
            self._journal.count("refusals")
            return refusal_of(error)
        return None

    def standings(self, doc_id: str) -> tuple[Standing, ...]:
        """What the agency's list of sent documents says of each recipient."""
        return tuple(
            Standing(code_of(row.to_code), row.send_status, row.receive_status, row.receive_status_desc)
            for row in self.client.get_sent_edoc_list(doc_id=doc_id)
            if row.sender_doc_id == doc_id
        )

    # --- Receiving ----------------------------------------------------------------------------------------------------

    def receive_one(self, *, call: str) -> tuple[Arrival, DocumentPackage]:
        """Fetch and confirm the first document of the list.

        :raises ValueError: nothing waits
        """
        rows = self.client.get_received_edoc_list()
        if not rows:
            raise ValueError(f"{self.system_id}: danh sách văn bản chờ nhận trống")
        row = rows[0]
        data, document = self._fetch(row, call)
        self.confirm(row)
        arrival = Arrival(
            system_id=self.system_id,
            agency=code_of(row.to_code),
            document_id=document.header.document_id,
            call=call,
            sha256=hashlib.sha256(data).hexdigest(),
            pdf_sha256=hashlib.sha256(packages.first_attachment(data, document)).hexdigest(),
            listed=len(rows),
            left=len(self.client.get_received_edoc_list()),
        )
        return arrival, document

    def receive_all(self) -> list[str]:
        """Fetch and confirm the whole list; the documents' identifiers as they were listed."""
        found = []
        for row in self.client.get_received_edoc_list():
            _, document = self._fetch(row, "getEdoc")
            self.confirm(row)
            found.append(document.header.document_id)
        return found

    def take(self, document_id: str) -> tuple[bytes, DocumentPackage] | None:
        """Fetch and confirm one document of the list; ``None`` while it is not there."""
        for row in self.client.get_received_edoc_list():
            data, document = self._fetch(row, "getEdoc")
            if document.header.document_id == document_id:
                self.confirm(row)
                return data, document
        return None

    def _fetch(self, row: Received, call: str) -> tuple[bytes, DocumentPackage]:
        fetch = self.client.download_edoc if call == "downloadEdoc" else self.client.get_edoc
        data = fetch(row.doc_id)
        return data, packages.read_document(data)

    def confirm(self, row: Received) -> None:
        self.client.update_status(row.doc_id, "done")
        self._journal.count("deliveries")

    # --- Reports ------------------------------------------------------------------------------------------------------

    def report(
        self, document: DocumentPackage, status: StatusCode, description: str = "", *, at: datetime | None = None
    ) -> Receipt:
        """Tell the sender what became of its document here."""
        package = packages.pack_report(
            document, reporter=self.agency, status=status, description=description, at=at or clock.now()
        )
        sending = self.client.send_edoc(package, sender=self.agency.code, kind=PackageKind.STATUS)
        receipt = receipt_of(sending)
        self._count_sent("statuses", receipt)
        return receipt

    def collect_reports(self) -> tuple[Report, ...]:
        """Fetch and confirm the reports that wait."""
        return tuple(map(self._collect, self.client.get_received_edoc_list(PackageKind.STATUS)))

    def _collect(self, row: Received) -> Report:
        report = packages.read_report(self.client.get_edoc(row.doc_id))
        self.confirm(row)
        return Report(
            code_of(report.from_.organ_id),
            report.response_for.document_id,
            report.status_code,
            report.description,
            report.timestamp,
        )

    def clear_lists(self) -> None:
        """Confirm what a run that was broken off left behind."""
        for kind in PackageKind:
            for row in self.client.get_received_edoc_list(kind):
                self.client.update_status(row.doc_id, "done")


def code_of(code: str) -> str:
    """The new code of a sample agency, whatever code names it; an unknown code as it is."""
    agency = BY_CODE.get(code)
    return agency.code if agency else code


def receipt_of(sending: Sending) -> Receipt:
    return Receipt(
        doc_id=sending.doc_id,
        received_at=str(sending.fields.get("receivedTime", "")),
        sha256=str(sending.fields.get("sha256", "")),
        repeated=sending.repeated,
        addressees=tuple(
            Addressee(
                code=str(row.get("code", "")),
                outcome=str(row.get("outcome", "")),
                sent=row.get("sent") is True,
                already=row.get("already") is True,
                reason=str(row.get("reason", "")),
            )
            for row in sending.recipients
        ),
    )


def refusal_of(error: VxpError) -> Refused:
    """A refusal names its stable code at the end of its words."""
    found = _STABLE_CODE.search(error.description)
    return Refused(error.code, found.group(1) if found else "", _STABLE_CODE.sub("", error.description).strip())
