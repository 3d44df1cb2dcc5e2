"""A time-stamping authority for tests: OpenSSL's, behind a small HTTP server on this machine."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Cơ quan cấp dấu thời gian (mẫu)
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[stamper]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/stamper.pem
certs = {folder}/root.pem
signer_key = {folder}/stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Answers while ``is_up``; ``root`` is the certificate to trust it by."""

    folder: Path
    url: str = ""
    is_up: bool = True
    asked: int = 0

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        self.asked += 1
        (self.folder / "query.tsq").write_bytes(query)
        _openssl(self.folder, "ts", "-reply", "-queryfile", "query.tsq", "-out", "answer.tsr", "-config", "ts.cnf")
        return (self.folder / "answer.tsr").read_bytes()


def make_authority(folder: Path) -> Authority:
    """Keys and certificates of an authority, without a server."""
    folder.mkdir(parents=True)
    (folder / "ts.cnf").write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "ts.cnf", "-utf8")
    _openssl(folder, "req", "-x509", *new_key, "-keyout", "root.key", "-out", "root.pem", "-extensions", "root",
             "-days", "3650", "-subj", "/CN=Chứng thư gốc (mẫu)")  # fmt: skip
    _openssl(folder, "req", *new_key, "-keyout", "stamper.key", "-out", "stamper.csr")
    _openssl(folder, "x509", "-req", "-in", "stamper.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
             "-out", "stamper.pem", "-extfile", "ts.cnf", "-extensions", "stamper", "-days", "3650")  # fmt: skip
    return Authority(folder)


@contextmanager
def serving(authority: Authority) -> Iterator[Authority]:
    """The authority behind HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            content = authority.answer(query) if authority.is_up else b"bao tri"
            self.send_response(200 if authority.is_up else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
