"""A small but real PDF, made at run time: one page of text in a standard font, which every reader has.

Standard fonts hold no Vietnamese letters beyond Latin-1, so the page is written without accents.
"""

from __future__ import annotations

from collections.abc import Sequence

_HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"  # four bytes above 127 mark the file as binary (ISO 32000-1, 7.5.2)

_RESOURCES = b"<< /Font << /F1 5 0 R >> >>"


def one_page(lines: Sequence[str]) -> bytes:
    """A PDF of one A4 page with these lines; the same lines give the same bytes."""
    content = _page_text(lines)
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %b >>" % _RESOURCES,
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _page_text(lines: Sequence[str]) -> bytes:
    shown = [b"(%b) '" % _escaped(line) for line in lines]
    return b"\n".join([b"BT /F1 12 Tf 18 TL 72 780 Td", *shown, b"ET"])


def _escaped(line: str) -> bytes:
    text = line.encode("ascii", "replace")
    return text.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _file(objects: Sequence[bytes]) -> bytes:
    """Header, objects, a table of where each begins, and where that table begins (ISO 32000-1, 7.5)."""
    out, offsets = bytearray(_HEADER), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
