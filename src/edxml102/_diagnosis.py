"""What expat found wrong, in words a sender can act on."""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from edxml102.errors import Finding, Severity

HEAD = 1024  # bytes of the beginning that ``explain`` wants to see
_SHOWN = 80
_BOM = b"\xef\xbb\xbf"
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_UTF8_NAMES = frozenset({"utf-8", "us-ascii"})

_CODE = {name: expat.errors.codes[getattr(expat.errors, name)] for name in dir(expat.errors) if name.startswith("XML_")}
_JUNK, _BAD_TOKEN = _CODE["XML_ERROR_JUNK_AFTER_DOC_ELEMENT"], _CODE["XML_ERROR_INVALID_TOKEN"]
_CUT_SHORT = {
    _CODE["XML_ERROR_NO_ELEMENTS"],
    _CODE["XML_ERROR_UNCLOSED_TOKEN"],
    _CODE["XML_ERROR_PARTIAL_CHAR"],
    _CODE["XML_ERROR_UNCLOSED_CDATA_SECTION"],
}
_BEFORE_ROOT = {_BAD_TOKEN, *_CUT_SHORT, _CODE["XML_ERROR_SYNTAX"], _CODE["XML_ERROR_MISPLACED_XML_PI"]}
_REASONS = {
    _BAD_TOKEN: "có ký tự không hợp lệ tại vị trí này",
    _CODE["XML_ERROR_TAG_MISMATCH"]: "thẻ đóng không khớp với thẻ mở",
    _CODE["XML_ERROR_UNDEFINED_ENTITY"]: "dùng thực thể (&…;) không được định nghĩa",
    _CODE["XML_ERROR_DUPLICATE_ATTRIBUTE"]: "một thẻ có hai thuộc tính trùng tên",
    _CODE["XML_ERROR_BAD_CHAR_REF"]: "mã ký tự (&#…;) không hợp lệ",
    _CODE["XML_ERROR_MISPLACED_XML_PI"]: "khai báo <?xml …?> nằm giữa tệp",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where expat stopped. ``near`` begins at the offending character; ``head`` is the beginning of the package."""

    code: int
    line: int
    byte: int
    near: bytes
    head: bytes
    root_seen: bool
    is_ascii: bool  # the package declares US-ASCII


def shown(text: str) -> str:
    """Make a text from outside fit for a message: short, and nothing unprintable."""
    clean = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:_SHOWN])
    return clean + "…" if len(text) > _SHOWN else clean


def explain(spot: Spot) -> Finding:
    """Name the fault by what the sender must mend, not by expat's word for it."""
    if not spot.root_seen and spot.code in _BEFORE_ROOT and (finding := _before_root(spot.head)):
        return finding
    if spot.code in _CUT_SHORT:
        message = f"Tệp XML bị cụt: kết thúc ở byte {spot.byte:,} khi chưa đóng hết các thẻ. Hãy gửi lại trọn tệp."
        return _error("xml.truncated", message, spot.line, spot.byte)
    if spot.code == _JUNK:
        message = f"Có nội dung thừa sau thẻ đóng của phần tử gốc, từ byte {spot.byte:,}. Hãy bỏ phần thừa."
        return _error("xml.after_root", message, spot.line, spot.byte)
    if spot.code == _BAD_TOKEN and spot.is_ascii and not spot.near[:1].isascii():
        return not_utf8("tệp khai báo encoding “US-ASCII” nhưng có chữ ngoài ASCII", spot.byte, spot.line)
    if spot.code == _BAD_TOKEN and not _is_utf8(spot.near):
        return not_utf8("có byte không phải UTF-8", spot.byte, spot.line)
    reason = _REASONS.get(spot.code) or expat.errors.messages.get(spot.code, "lỗi cú pháp")
    message = f"Tệp không phải XML đúng cú pháp: {reason} (dòng {spot.line}, byte {spot.byte:,})."
    return _error("xml.malformed", message, spot.line, spot.byte)


def wrong_encoding(start: bytes) -> Finding | None:
    """Refuse UTF-16 by its first bytes: expat would take it."""
    return not_utf8("tệp có vẻ là UTF-16", 0) if start[:2] in _UTF16_STARTS else None


def wrong_declared_encoding(encoding: str | None, byte: int) -> Finding | None:
    if encoding is None or encoding.lower() in _UTF8_NAMES:
        return None
    return not_utf8(f"tệp khai báo encoding “{shown(encoding)}”", byte)


def not_utf8(why: str, byte: int, line: int | None = None) -> Finding:
    message = f"Gói phải là UTF-8: {why} (byte {byte:,}). Hãy xuất lại tệp bằng UTF-8."
    return _error("xml.encoding", message, line, byte)


def _before_root(head: bytes) -> Finding | None:
    start = len(_BOM) if head.startswith(_BOM) else 0
    if not head[start:].strip():
        return _error("xml.empty", "Gói rỗng, không có nội dung XML nào.", 1, 0)
    declaration = head.find(b"<?xml ")
    if declaration > start:
        junk = head[start:declaration]
    elif head[start:].lstrip()[:1] != b"<":
        junk = head[start:].partition(b"<")[0]
    else:
        return None
    text = shown(junk.decode("utf-8", "backslashreplace"))
    message = (
        f"Có {len(junk)} byte thừa (“{text}”) ở đầu tệp, từ byte {start}, trước khai báo XML. "
        "Khai báo <?xml …?> phải đứng ngay đầu tệp; hãy bỏ phần thừa."
    )
    return _error("xml.before_declaration", message, 1, start)


def _is_utf8(near: bytes) -> bool:
    try:
        near[:4].decode()
    except UnicodeDecodeError as error:
        return error.start > 0 or error.reason == "unexpected end of data"
    return True


def _error(id_: str, message: str, line: int | None, byte: int | None) -> Finding:
    return Finding(id_, Severity.ERROR, "", message, line, byte)
