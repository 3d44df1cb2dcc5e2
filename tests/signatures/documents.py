"""Signed PDF files and packages, made by pyHanko and the library when the tests run."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from edxml102.signatures import sign_package
from tests import packages
from tests.signatures.ca import BODY_CODE, BODY_NAME, PERSON_NAME, SIGNED, Holder, cast


def plain_pdf(text: str = "Cong van mau", *, padding: int = 0) -> bytes:
    """One page; ``padding`` bytes of it are a stream that is not shown."""
    writer = PdfFileWriter()
    content = generic.StreamObject(stream_data=f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    page = PageObject(contents=writer.add_object(content), media_box=(0, 0, 595, 842))
    writer.insert_page(page)
    if padding:
        writer.root["/Padding"] = writer.add_object(
            generic.StreamObject(stream_data=bytes(range(256)) * (padding // 256))
        )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stamped_pdf(text: str) -> bytes:
    """One page that says this in Vietnamese: a font whose codes are numbered, with the table that says what they
    mean, as every office program writes it."""
    letters = sorted(set(text))
    code = {letter: n + 1 for n, letter in enumerate(letters)}
    table = "".join(f"<{code[one]:02x}> <{one.encode('utf-16-be').hex()}>\n" for one in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <00> <ff>"
        f" endcodespacerange\n{len(letters)} beginbfchar\n{table}endbfchar\nendcmap end end"
    )
    writer = PdfFileWriter()
    name = generic.NameObject
    font = generic.DictionaryObject(
        {
            name("/Type"): name("/Font"),
            name("/Subtype"): name("/Type1"),
            name("/BaseFont"): name("/Helvetica"),
            name("/ToUnicode"): writer.add_object(generic.StreamObject(stream_data=cmap.encode())),
        }
    )
    shown = "".join(f"{code[letter]:02x}" for letter in text)
    content = generic.StreamObject(stream_data=f"BT /F1 12 Tf 72 720 Td <{shown}> Tj ET".encode())
    fonts = generic.DictionaryObject({name("/F1"): writer.add_object(font)})
    page = PageObject(
        contents=writer.add_object(content),
        media_box=(0, 0, 595, 842),
        resources=generic.DictionaryObject({name("/Font"): fonts}),
    )
    writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sign(
    pdf: bytes,
    holder: Holder,
    *,
    field: str = "Ky1",
    at: datetime = SIGNED,
    digest: str = "sha256",
    stamped_at: datetime | None = None,
    crls: tuple[bytes, ...] = (),
) -> bytes:
    """Sign once more. ``at`` is the time the signer claims, ``stamped_at`` that of a time stamp; ``crls`` are put into
    the file's security store afterwards."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm=digest, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    stamper = _stamper(stamped_at) if stamped_at else None
    signer = _Signer(metadata, signer=holder.signer, timestamper=stamper, new_field_spec=SigFieldSpec(field))
    signer.at = at
    out = io.BytesIO()
    signer.sign_pdf(writer, output=out)
    return with_lists(out.getvalue(), *crls) if crls else out.getvalue()


class _Signer(PdfSigner):
    """Signs at the time a test says instead of now."""

    at = SIGNED

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def _stamper(at: datetime) -> DummyTimeStamper:
    signer = cast().stamps.signer
    return DummyTimeStamper(signer.signing_cert, signer.signing_key, certs_to_embed=signer.cert_registry, fixed_dt=at)


def with_lists(pdf: bytes, *crls: bytes) -> bytes:
    """Put revocation lists into the file's security store, as an update of its own."""
    out = io.BytesIO(pdf)
    lists = [CertificateList.load(der) for der in crls]
    DocumentSecurityStore.add_dss(out, sig_contents=None, crls=lists)
    return out.getvalue()


def signed_by_both(pdf: bytes | None = None) -> bytes:
    """As NĐ 30/2020 wants it: bà Hoa first, then the body, both time-stamped."""
    signed = sign(pdf or plain_pdf(), cast().hoa, field="LanhDao", stamped_at=SIGNED)
    later = SIGNED + timedelta(minutes=20)
    return sign(signed, cast().body, field="CoQuan", at=later, stamped_at=later)


def append_page_content(pdf: bytes) -> bytes:
    """Change what the page shows in a later revision that nobody signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    content = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 600 Td (Them mot dong) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(content))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def add_empty_field(pdf: bytes) -> bytes:
    """A later revision that only prepares a place for another signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("Cho"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def flip(data: bytes, needle: bytes) -> bytes:
    """Change one bit of the byte after ``needle``."""
    at = data.index(needle) + len(needle)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def package(*files: bytes, receiver: str = "H99.30", **details: Any) -> bytes:
    """A package of the Sở with these files, signed by nobody; the names are those of the cast."""
    return packages.document_of(
        BODY_CODE, receiver, files=files, organ_name=BODY_NAME, full_name=PERSON_NAME, **details
    )


def sign_envelope(raw: bytes, holder: Holder | None = None, *, list_attachments: bool = False) -> bytes:
    """Sign a package, by the body unless told otherwise."""
    holder = holder or cast().body
    package_read = read_package(io.BytesIO(raw)).package
    assert isinstance(package_read, DocumentPackage)
    out = io.BytesIO()
    sign_package(
        io.BytesIO(raw),
        package_read,
        out,
        key=holder.key,
        certificates=[holder.certificate, *holder.above],
        list_attachments=list_attachments,
    )
    return out.getvalue()


def repeat_field(pdf: bytes, *, times: int) -> bytes:
    """Name the first signature in many more fields."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields = writer.root["/AcroForm"]["/Fields"]
    value = fields[0].raw_get("/V")
    for number in range(times):
        field = generic.DictionaryObject(
            {
                generic.pdf_name("/FT"): generic.pdf_name("/Sig"),
                generic.pdf_name("/T"): generic.pdf_string(f"Lap{number}"),
                generic.pdf_name("/V"): value,
            }
        )
        fields.append(writer.add_object(field))
    writer.update_container(fields)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
