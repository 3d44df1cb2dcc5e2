"""RFC 3161 time-stamps: what is asked of an authority and whether its answer holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, tsp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)


class StampError(Exception):
    """A time-stamp does not show what it should; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to the authority, and the nonce its answer must repeat."""

    raw: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """That the stamped bytes existed at ``at`` by the clock of ``authority``."""

    at: datetime
    authority: str


def new_request(message: bytes) -> Request:
    """A request for the SHA-256 of ``message``, with a nonce and the authority's certificate in the answer."""
    request = TimestampRequestBuilder(data=message, hash_algorithm=HashAlgorithm.SHA256).build()
    return Request(request.as_bytes(), request.nonce or 0)


def check_response(
    raw: bytes, message: bytes, *, authorities: Sequence[x509.Certificate], nonce: int | None = None
) -> Stamp:
    """Check an authority's answer against the stamped bytes and the certificates that are trusted.

    :raises StampError: it does not hold
    """
    response = _decoded(raw)
    builder = VerifierBuilder(roots=list(authorities))
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify_message(response, message)
    except (VerificationError, ValueError) as error:
        raise StampError(f"dấu thời gian không hợp lệ ({error})") from error
    return Stamp(response.tst_info.gen_time, _name(response))


def token_of(raw: bytes) -> bytes:
    """The time-stamp token (CMS) inside an authority's answer."""
    return _decoded(raw).time_stamp_token()


def response_of(token: bytes) -> bytes:
    """An answer (``granted``) around a token: ``SEQUENCE { SEQUENCE { INTEGER 0 }, token }``."""
    return _sequence(_sequence(b"\x02\x01\x00") + token)


def _sequence(content: bytes) -> bytes:
    count = len(content)
    if count < 0x80:
        return bytes([0x30, count]) + content
    size = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x30, 0x80 | len(size)]) + size + content


def _decoded(raw: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(_in_der(raw))
        if response.status not in (0, 1):
            raise StampError(f"cơ quan cấp dấu thời gian từ chối (mã {response.status})")
        _ = response.tst_info, response.signed_data
    except ValueError as error:
        raise StampError(f"câu trả lời không đọc được ({error})") from error
    return response


def _in_der(raw: bytes) -> bytes:
    """The answer in the strict form that our library reads: authorities, OpenSSL's among them, often leave the set of
    certificates, which nothing signs, unsorted."""
    try:
        response = tsp.TimeStampResp.load(raw, strict=True)
        signed = response["time_stamp_token"]["content"]
        signed["certificates"] = cms.CertificateSet(sorted(signed["certificates"], key=lambda one: bytes(one.dump())))
        return bytes(response.dump())
    except (TypeError, KeyError) as error:
        raise ValueError(str(error)) from error


def _name(response: TimeStampResponse) -> str:
    signers = response.signed_data.signer_infos
    certificates = [x509.load_der_x509_certificate(raw) for raw in response.signed_data.certificates]
    for signer in signers:
        for certificate in certificates:
            if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
                return certificate.subject.rfc4514_string()
    return ""
