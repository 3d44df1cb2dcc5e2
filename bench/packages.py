"""Packages for load, made by the library's own writer once and then only patched: each has its own number, document
identifier and attachment, so no two have the same bytes, fingerprint or attachment hash."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Sequence

import pybase64

from edxml102.model import (
    Attachment,
    Bussiness,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import manifest_of, write_package

_NUMBER = b"9000000000"  # stands wherever the number of a package goes
_MARK = b"MAUMAUMAUMAU"  # twelve characters of base64 that become the number in the attachment
_PDF = b"%PDF-1.4\n% goi tin mau\n\0"  # a multiple of 3, so that the mark stays whole in base64
_BLOCK = 768 * 1024


class Template:
    """Packages of about ``size`` bytes from one agency to others."""

    def __init__(self, size: int, sender: str, receivers: Sequence[str]) -> None:
        empty = len(_document(sender, receivers, b""))
        content = hashlib.shake_256(b"mau").digest(max(0, size - empty) // 4 * 3)
        self._bytes = _document(sender, receivers, content)
        self._numbers = [found.start() for found in re.finditer(_NUMBER, self._bytes)]
        self._mark = self._bytes.index(_MARK)

    def make(self, number: int) -> bytearray:
        """The package of this number."""
        package = bytearray(self._bytes)
        digits = b"%010d" % number
        for at in self._numbers:
            package[at : at + len(digits)] = digits
        package[self._mark : self._mark + 10] = digits
        return package


class Giant:
    """One package of at least ``size`` bytes that is never in memory as a whole."""

    def __init__(self, size: int, sender: str, receivers: Sequence[str], number: int) -> None:
        head, tail = _document(sender, receivers, b"", number=number).split(_MARK)
        block = pybase64.b64encode(hashlib.shake_256(b"khoi").digest(_BLOCK))
        self._pieces = (head + b"%012d" % number, block, tail)
        self._repeats = -(-(size - len(head) - len(tail)) // len(block))
        self.size = sum(map(len, self.pieces()))

    def pieces(self) -> Iterator[bytes]:
        head, block, tail = self._pieces
        yield head
        for _ in range(self._repeats):
            yield block
        yield tail

    def sha256(self) -> bytes:
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.digest()


def document_id(sender: str, number: int) -> str:
    """The identifier that the package of this number carries."""
    return f"{sender},2024/03/15,{number:010d}/CV-MAU"


def status_report(reporter: str, issuer: str, number: int, code: str = "03") -> bytes:
    """What an agency says of the document of this number."""
    package = StatusPackage(
        from_=Organ(organ_id=reporter, organ_name=f"Cơ quan mẫu {reporter}"),
        response_for=ResponseFor(
            organ_id=issuer,
            code=f"{number:010d}/CV-MAU",
            promulgation_date="2024/03/15",
            document_id=document_id(issuer, number),
        ),
        status_code=code,
        timestamp="2024/03/15 09:00:00",
    )
    return _written(package, {})


def _document(sender: str, receivers: Sequence[str], content: bytes, *, number: int = int(_NUMBER)) -> bytes:
    header = MessageHeader(
        from_=Organ(organ_id=sender, organ_name=f"Cơ quan mẫu {sender}"),
        to=tuple(Organ(organ_id=code, organ_name=f"Cơ quan mẫu {code}") for code in receivers),
        code=Code(number=f"{number:010d}", notation="CV-MAU"),
        promulgation_info=PromulgationInfo(place="Thành phố mẫu", promulgation_date="2024/03/15"),
        document_type=DocumentType(type="2", type_name="Công văn"),
        subject="Về việc đo tải liên thông (mẫu)",
        signer_info=SignerInfo(full_name="Nguyễn Văn Mẫu"),
        other_info=OtherInfo(priority="0"),
        steering_type="0",
        document_id=document_id(sender, number),
    )
    attachment = Attachment(content_id="1", attachment_name="van-ban-mau.pdf", content_type="application/pdf")
    package = DocumentPackage(
        header=header,
        trace=TraceHeaderList(
            traces=(TraceHeader(organ_id=sender, timestamp="2024/03/15 08:00:00"),),
            bussiness=Bussiness(document_type="0", paper="0"),
        ),
        manifest=manifest_of([attachment]),
        attachments=(attachment,),
    )
    return _written(package, {"1": _PDF + pybase64.b64decode(_MARK) + content})


def _written(package: DocumentPackage | StatusPackage, contents: dict[str, bytes]) -> bytes:
    """Without the writer's indentation: the smallest packages in circulation have none."""
    out = io.BytesIO()
    write_package(package, out, contents, check=False)
    return re.sub(rb">\s+<", b"><", out.getvalue())
