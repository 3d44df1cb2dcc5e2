"""The calls about documents and status reports (vxp-protocol.md, sections 4.6 to 4.12)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase

from edxml102.model import PackageKind
from lienthong.common import vxp
from lienthong.common.sql import release_connection
from lienthong.exchange.deliveries import (
    Confirmation,
    WaitingDelivery,
    confirm,
    count_waiting,
    list_waiting,
    open_package,
)
from lienthong.exchange.hubs.handing import Handed, hand_on
from lienthong.exchange.hubs.hops import from_text
from lienthong.exchange.hubs.links import peer_of
from lienthong.exchange.intake import accept_package
from lienthong.exchange.routing import Outcome
from lienthong.exchange.selectors import SentRow, list_sent
from lienthong.exchange.submissions import Receipt, RecipientResult, Sending
from lienthong.gateways.vxp_api import answers
from lienthong.gateways.vxp_api.body import CHUNK, WithoutFinalLineEnd
from lienthong.gateways.vxp_api.dispatch import SignedRequest, call
from lienthong.gateways.vxp_api.faults import CallError, Fault
from lienthong.gateways.vxp_api.parameters import Spelling

_CONFIRMATIONS = {
    "done": Confirmation.DONE,
    "fail": Confirmation.FAIL,
    "processing": Confirmation.PROCESSING,
}


@call(failed=answers.failed_send)
def send_edoc(request: SignedRequest) -> HttpResponseBase:
    parameters = request.parameters
    declared = parameters.required("hash-file")
    sending = Sending(
        sender=request.system,
        remote=request.remote,
        from_code=parameters.required("from"),
        to_codes=parameters.receivers(),
        kind=parameters.package_kind(),
        digest_matches=lambda digest: vxp.matches_digest(declared, digest),
        hops=from_text(parameters.text("trace")),
    )
    release_connection()  # the package comes over the network
    package = WithoutFinalLineEnd(request.body)
    return _receipt(accept_package(package, sending=sending, length=package.length))


@call()
def get_received_edoc_list(request: SignedRequest) -> HttpResponseBase:
    """``status``, ``from``, ``to`` and ``docId`` are left from earlier calls of the same client and filter nothing."""
    waiting = list_waiting(request.system, request.parameters.package_kind(), limit=settings.LIST_LIMIT)
    return answers.listed(map(_waiting_row, waiting))


@call(failed=answers.failed_get)
def get_edoc(request: SignedRequest) -> HttpResponseBase:
    package = _handed(request)
    trace = [[hop.organ_code, hop.timestamp] for hop in package.beside]
    return answers.base64_data(package.chunks(CHUNK), package.size, {"trace": trace} if trace else {})


@call(methods=["GET"], failed=answers.failed_download)
def download_edoc(request: SignedRequest) -> HttpResponseBase:
    package = _handed(request)
    return answers.raw_bytes(package.chunks(CHUNK), package.size)


def _handed(request: SignedRequest) -> Handed:
    package = open_package(request.system, request.parameters.required_doc_id(Spelling.READING))
    return hand_on(package, adds_trace=peer_of(request.system).adds_trace)


@call()
def update_status(request: SignedRequest) -> HttpResponseBase:
    parameters = request.parameters
    status = parameters.required("status")
    outcome = _CONFIRMATIONS.get(status.casefold())
    if outcome is None:
        raise CallError(Fault.PARAMETER_WRONG, f"status {status!r} phải là một trong: {', '.join(_CONFIRMATIONS)}.")
    # A client that once gave a reason repeats it with every later call, so it counts only where one is due.
    reason = parameters.text("description") if outcome is Confirmation.FAIL else ""
    confirm(request.system, parameters.required_doc_id(Spelling.CONFIRMING), outcome=outcome, reason=reason)
    return answers.succeeded()


@call()
def get_sent_edoc_list(request: SignedRequest) -> HttpResponseBase:
    """``docId`` may be left from another call: it narrows the list only when it names a document of this sender."""
    kind, doc_id = request.parameters.package_kind(), request.parameters.doc_id(Spelling.READING)
    sent = list_sent(request.system, kind, doc_id=doc_id, limit=settings.LIST_LIMIT)
    return answers.listed(_sent_row(row, kind) for row in sent)


@call(methods=["POST", "GET"], failed=answers.failed_count)
def count_receive_edoc(request: SignedRequest) -> HttpResponseBase:
    return answers.succeeded({"count": count_waiting(request.system, PackageKind.DOCUMENT)})


@call(methods=["POST", "GET"], failed=answers.failed_count)
def count_receive_status(request: SignedRequest) -> HttpResponseBase:
    return answers.succeeded({"count": count_waiting(request.system, PackageKind.STATUS)})


def _receipt(receipt: Receipt) -> HttpResponseBase:
    missed = [
        recipient
        for recipient in receipt.recipients
        if not (recipient.outcome.good or recipient.outcome is Outcome.ALREADY_THERE)
    ]
    fields: dict[str, Any] = {
        "DocId": receipt.doc_id,
        "repeated": receipt.repeated,
        "receivedTime": answers.moment(receipt.received_at),
        "sha256": receipt.sha256.hex(),
        "receipt": receipt.signed or None,
        "recipients": [_recipient_row(recipient) for recipient in receipt.recipients],
        "warnings": [answers.finding_fields(finding) for finding in receipt.findings],
    }
    if missed:
        told = "; ".join(f"{recipient.code} ({recipient.reason})" for recipient in missed)
        fields["ErrorDesc"] = f"Thanh cong. Không gửi được tới {len(missed)} nơi nhận: {told}."
    return answers.succeeded(fields)


def _recipient_row(recipient: RecipientResult) -> dict[str, Any]:
    return {
        "code": recipient.code,
        "name": recipient.name,
        "outcome": recipient.outcome.name,
        "sent": recipient.outcome.good,
        "already": recipient.already,
        "reason": recipient.reason,
        "successor": recipient.successor_code or None,
    }


def _waiting_row(row: WaitingDelivery) -> dict[str, Any]:
    return {
        "docId": row.doc_id,
        "serviceType": "eDoc",
        "messageType": row.kind.value,
        "created_time": answers.moment(row.created_at),
        "updated_time": answers.moment(row.updated_at),
        "from": row.from_code,
        "to": row.to_code,
        "status": row.status,
        "status_desc": row.status_desc,
    }


def _sent_row(row: SentRow, kind: PackageKind) -> dict[str, Any]:
    return {
        "serviceType": "eDoc",
        "messageType": kind.value,
        "senderDocId": row.sender_doc_id,
        "receiverDocId": row.receiver_doc_id,
        "fromCode": row.from_code,
        "toCode": row.to_code,
        "title": row.title,
        "notation": row.notation,
        "sentTime": answers.moment(row.sent_at),
        "receivedTime": answers.moment(row.received_at) if row.received_at else None,
        "sendStatus": row.send_status,
        "sendStatusDesc": row.send_status_desc,
        "receiveStatus": row.receive_status,
        "receiveStatusDesc": row.receive_status_desc,
    }
