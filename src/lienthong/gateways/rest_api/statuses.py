"""Status reports: what an agency did with a document, or that it wants one back."""

from __future__ import annotations

import io
import json
from datetime import datetime

import pydantic
from django.http import HttpResponseBase
from ninja import Router
from ninja.errors import ValidationError

from edxml102.codes import Sender
from edxml102.model import Organ, PackageKind, ResponseFor, StaffInfo, StatusPackage
from edxml102.writer import write_package
from lienthong.common import clock
from lienthong.exchange.inbox import ArrivalDetail, arrival_detail
from lienthong.exchange.outbox import SentDocument, sent_detail
from lienthong.exchange.rule_sets import rule_set
from lienthong.gateways.rest_api import specification
from lienthong.gateways.rest_api.idempotency import Answer, Claim, hash_of
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import ReceiptOut, StatusIn
from lienthong.gateways.rest_api.submitting import (
    EDXML,
    IdempotencyKey,
    answered,
    content_type,
    submit,
    wrong_content_type,
)
from lienthong.registry.models import ApiScope
from lienthong.registry.resolution import SystemAccess

router = Router(tags=["statuses"])
_JSON = "application/json"
_LIMIT = 64 * 1024


@router.post(
    "/statuses",
    auth=ApiKey(ApiScope.STATUSES_SEND),
    response={201: ReceiptOut, 200: ReceiptOut},
    operation_id="reportStatus",
    summary="Báo trạng thái xử lý",
    openapi_extra=specification.REPORT_STATUS,
)
def report_status(request: ApiRequest, idempotency_key: IdempotencyKey = None) -> HttpResponseBase:
    """JSON ngắn (trục dựng gói trạng thái), hoặc gói trạng thái edXML dựng sẵn. Báo lại điều đã báo thì nhận lại biên
    nhận đầu (200)."""
    claim = Claim(request.auth.system, "reportStatus", idempotency_key)
    if content_type(request) == EDXML:
        return answered(lambda: _submit_ready(request, claim), location="")
    if content_type(request) == _JSON:
        return answered(lambda: _submit_built(request, claim), location="")
    raise wrong_content_type(_JSON, EDXML)


def _submit_ready(request: ApiRequest, claim: Claim) -> Answer:
    stream = request.stream
    return submit(request.auth, stream, length=stream.length, claim=claim, only=PackageKind.STATUS)


def _submit_built(request: ApiRequest, claim: Claim) -> Answer:
    report = _read(request)
    package = _package(report, request.auth.system)
    out = io.BytesIO()
    written = write_package(package, out, today=clock.today())
    out.seek(0)
    content = hash_of(report.model_dump_json().encode())
    return submit(
        request.auth,
        out,
        length=written.size,
        claim=claim,
        only=PackageKind.STATUS,
        check=lambda _: claim.take(content),
    )


def _read(request: ApiRequest) -> StatusIn:
    text = b"".join(iter(lambda: request.stream.read(_LIMIT), b""))
    if len(text) > _LIMIT:
        raise ApiError(Fault.BODY_UNREADABLE, f"Lớn hơn {_LIMIT} byte.")
    try:
        return StatusIn.model_validate(json.loads(text))
    except pydantic.ValidationError as error:
        places = error.errors(include_url=False, include_context=False, include_input=False)
        raise ValidationError([{**place, "loc": ("body", *place["loc"])} for place in places]) from error
    except (ValueError, RecursionError):
        raise ApiError(Fault.BODY_UNREADABLE) from None


def _package(report: StatusIn, system: SystemAccess) -> StatusPackage:
    """Who sends a code, an issuer or a recipient, is said by the rules of the day the document was signed."""
    arrival = arrival_detail(system, report.delivery_id) if report.delivery_id is not None else None
    sent = sent_detail(system, report.sent_id).document if report.sent_id is not None else None
    dated = sent or (arrival.arrival if arrival else None)
    rule = rule_set(dated.promulgation_date if dated else None).codes.get(report.code)
    by_issuer = rule is not None and rule.sender is Sender.ISSUER
    reporter, response_for = _take_back(report, sent) if by_issuer else _handling(report, arrival)
    return StatusPackage(
        from_=reporter,
        response_for=response_for,
        staff_info=StaffInfo(department=report.department, staff=report.staff) if report.staff else None,
        status_code=report.code,
        description=report.description,
        timestamp=_package_time(report.reported_at),
    )


def _handling(report: StatusIn, detail: ArrivalDetail | None) -> tuple[Organ, ResponseFor]:
    """A recipient reports to the issuer of a document that was delivered to it."""
    if detail is None:
        raise ApiError(Fault.REQUEST_INVALID, f"Mã {report.code} cần delivery_id.")
    arrival = detail.arrival
    if arrival.kind is not PackageKind.DOCUMENT:
        raise ApiError(Fault.NOT_A_DOCUMENT)
    addressees = dict(detail.addressees)
    reporter = report.reporter or arrival.to_code
    if reporter not in addressees:
        raise ApiError(Fault.RECIPIENT_UNKNOWN, f"Mã {reporter}.")
    return Organ(organ_id=reporter, organ_name=addressees[reporter]), ResponseFor(
        organ_id=arrival.from_code,
        code=_code_text(arrival.number, arrival.notation),
        promulgation_date=f"{arrival.promulgation_date:%Y/%m/%d}" if arrival.promulgation_date else "",
        document_id=arrival.document_id,
    )


def _take_back(report: StatusIn, document: SentDocument | None) -> tuple[Organ, ResponseFor]:
    """An issuer speaks to one recipient of a document it sent."""
    if document is None:
        raise ApiError(Fault.REQUEST_INVALID, f"Mã {report.code} cần sent_id và recipient.")
    if report.recipient not in {recipient.code for recipient in document.recipients}:
        raise ApiError(Fault.RECIPIENT_UNKNOWN, f"Mã {report.recipient!r}.")
    return Organ(organ_id=document.from_code, organ_name=document.from_name), ResponseFor(
        organ_id=report.recipient,
        code=_code_text(document.number, document.notation),
        promulgation_date=f"{document.promulgation_date:%Y/%m/%d}" if document.promulgation_date else "",
        document_id=document.document_id,
    )


def _code_text(number: str, notation: str) -> str:
    return f"{number}/{notation}" if notation else number


def _package_time(moment: datetime | None) -> str:
    """Without an offset a time is Vietnam's. A time in the future would mislead every list, so it counts as now."""
    now = clock.now()
    at = moment or now
    if at.tzinfo is None:
        at = clock.from_package_time(at)
    return f"{clock.in_vietnam(min(at, now)):%Y/%m/%d %H:%M:%S}"
