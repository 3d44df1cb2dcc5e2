"""The authority's servers for OCSP and CRL on this machine, which do as they are told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from lienthong.common import clock
from tests.signatures.ca import Authority, Holder


@dataclass
class Responder:
    """``mode``: ``up``, ``away`` (503), ``silent`` (takes the question and says nothing) or ``nonsense``."""

    authority: Authority
    signed_by: Authority
    mode: str = "up"
    revoked_at: datetime | None = None
    asked: list[str] = field(default_factory=list)
    holder: Holder | None = None
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def ocsp(self, query: bytes) -> bytes:
        ocsp.load_der_ocsp_request(query)
        if self.holder is None:
            raise RuntimeError("nobody is known here")
        now, issuer = clock.now(), self.signed_by.issuing
        status = ocsp.OCSPCertStatus.REVOKED if self.revoked_at else ocsp.OCSPCertStatus.GOOD
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.holder.certificate,
            issuer=self.authority.issuing.certificate,
            algorithm=hashes.SHA1(),
            cert_status=status,
            this_update=now - timedelta(minutes=1),
            next_update=now + timedelta(hours=1),
            revocation_time=self.revoked_at,
            revocation_reason=x509.ReasonFlags.key_compromise if self.revoked_at else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def crl(self) -> bytes:
        revoked = [(self.holder, self.revoked_at)] if self.holder and self.revoked_at else []
        return self.signed_by.crl(*revoked, at=clock.now())


@contextmanager
def serving(responder: Responder) -> Iterator[Responder]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer("ocsp", lambda: responder.ocsp(query), "application/ocsp-response")

        def do_GET(self) -> None:
            self._answer("crl", responder.crl, "application/pkix-crl")

        def _answer(self, what: str, content: object, kind: str) -> None:
            responder.asked.append(what)
            if responder.mode == "silent":
                responder.released.wait(30)
                return
            body = content() if responder.mode == "up" else b"khong phai cau tra loi"  # type: ignore[operator]
            self.send_response(503 if responder.mode == "away" else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    responder.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield responder
    finally:
        responder.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
