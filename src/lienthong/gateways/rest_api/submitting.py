"""From a stream to a receipt: what documents, status reports and finished uploads have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from django.http import HttpResponse, HttpResponseBase
from ninja import Header
from pydantic import StringConstraints

from edxml102.model import PackageKind
from lienthong.common.sql import release_connection
from lienthong.exchange.intake import accept_package
from lienthong.exchange.submissions import Body, Sending
from lienthong.gateways.rest_api import presenting
from lienthong.gateways.rest_api.idempotency import AlreadyAnswered, Answer, Claim, held
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest, Caller

EDXML = "application/edxml+xml"
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200)] | None,
    Header(
        alias="Idempotency-Key",
        description="Do máy gửi tự đặt, mỗi nội dung một khóa. Gửi lại cùng khóa, cùng nội dung trong 24 giờ thì nhận "
        "lại đúng câu trả lời đầu; cùng khóa, khác nội dung thì bị từ chối (409).",
    ),
]


def content_type(request: ApiRequest) -> str:
    """The media type of the body without its parameters."""
    return (request.headers.get("Content-Type") or "").partition(";")[0].strip().casefold()


def wrong_content_type(*accepted: str) -> ApiError:
    return ApiError(Fault.CONTENT_TYPE_WRONG, f"Dùng được: {', '.join(accepted)}.", headers={"Accept": accepted[0]})


def submit(  # noqa: PLR0913 - what there is to know of one submission
    caller: Caller,
    body: Body,
    *,
    length: int | None,
    claim: Claim,
    only: PackageKind | None,
    check: Callable[[bytes], bool] | None = None,
) -> Answer:
    """Hand a package to the exchange and make the answer of its receipt.

    :param check: asked with the SHA-256 of all bytes before anything is decided; by default it takes the claim
    """
    sending = Sending(
        sender=caller.system, remote=caller.remote, only=only, digest_matches=claim.take if check is None else check
    )
    release_connection()  # the package comes over the network
    with held(claim):
        receipt = accept_package(body, sending=sending, length=length)
        answer = Answer(200 if receipt.repeated else 201, presenting.receipt(receipt))
        claim.keep(answer)
    return answer


def answered(work: Callable[[], Answer], *, location: str) -> HttpResponseBase:
    """The response to a submission, done now or answered before."""
    try:
        answer = work()
    except AlreadyAnswered as already:
        answer = already.answer
    return response_of(answer, location=location)


def response_of(answer: Answer, *, location: str) -> HttpResponse:
    """:param location: where what was made can be read, ``{id}`` standing for its id; empty: nowhere"""
    response = HttpResponse(answer.content, status=answer.status, content_type="application/json")
    if location:
        response["Location"] = location.format(id=answer.id)
    response["Cache-Control"] = "no-store"
    if answer.replayed:
        response["Idempotency-Replayed"] = "true"
    return response
