"""The XML of a package: expat events to a small tree, with every cap and refusal of section 8.

Expat runs without namespaces because packages in circulation use prefixes outside their scope (protocol, section 7).
"""

from __future__ import annotations

import re
from xml.parsers import expat

from edxml102._content import Base64Error, ContentSink
from edxml102._diagnosis import HEAD, Spot, explain, not_utf8, shown, wrong_declared_encoding, wrong_encoding
from edxml102._node import Node
from edxml102.errors import Finding, Severity
from edxml102.limits import Limits

CONTENT_TAG = "ContentTransferEncoded"
ROOT = "edXML"

_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_STRAY = re.compile(rb"[^A-Za-z0-9+/= \t\r\n]")


class RefusedError(Exception):
    """Reading stops here; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.id)
        self.finding = finding


class EnvelopeParser:
    """Feeds expat; ``root`` is the tree so far, ``sink`` the open content of an attachment.

    ``parse`` raises ``RefusedError``; nothing may be parsed after it. Positions are bytes of the package: expat was
    ``fed`` some, while ``skipped`` others (``skipped_lines`` lines) went past it.
    """

    def __init__(self, limits: Limits, findings: list[Finding]) -> None:
        self.root: Node | None = None
        self.sink: ContentSink | None = None
        self.tags_seen = 0  # start and end tags of ContentTransferEncoded
        self.fed = 0
        self.skipped = 0
        self.skipped_lines = 0
        self._limits = limits
        self._findings = findings
        self._exempt = 0  # base64 that had to go through expat; no part of the header
        self._elements = 0
        self._contents = 0
        self._content_node: Node | None = None
        self._names: dict[str, str] = {}
        self._stack: list[Node] = []
        self._text: list[str] = []
        self._is_ascii = False
        self._recent = b""
        self._head = b""
        self._parser = self._new_parser()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start_root
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        # Newer expat puts off tags that came in pieces, and the cutter must see each one at once.
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)
        return parser

    # -- bytes in

    def parse(self, piece: bytes, *, final: bool = False) -> None:
        if not self.fed:
            self._look_at_start(piece)
        self.fed += len(piece)
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as error:
            raise RefusedError(explain(self._spot(error, piece))) from None
        except UnicodeDecodeError:
            raise RefusedError(not_utf8("có byte không phải UTF-8", self._position())) from None
        self._recent = piece[-4:]
        limits = self._limits
        if self.fed - self._parser.CurrentByteIndex > limits.token_bytes:
            raise self._limit("token", f"Một thẻ hoặc chú thích XML dài quá {limits.token_bytes:,} byte.")
        if self.fed - self._exempt > limits.header_bytes:
            raise self._limit("header", f"Phần XML ngoài tệp đính kèm dài quá {limits.header_bytes:,} byte.")

    @property
    def is_content_next(self) -> bool:
        """Whether the byte after the last one parsed is the first of an attachment's content."""
        return self.sink is not None and self.sink.begin == self.fed + self.skipped

    def release(self) -> None:
        """Drop the handlers: they and the parser refer to each other, and would wait for the garbage collector."""
        del self._parser

    def _look_at_start(self, piece: bytes) -> None:
        self._head = piece[:HEAD]
        if finding := wrong_encoding(piece):
            raise RefusedError(finding)

    # -- events

    def _start_root(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._local(tag)
        if name != ROOT:
            message = f"Phần tử gốc là “{shown(tag)}”; gói QCVN 102:2016 phải có phần tử gốc “{ROOT}”."
            raise self._refuse("xml.root", message)
        self._text.clear()
        self.root = node = Node(name, tag, attributes, self._line())
        self._stack.append(node)
        self._check(tag, attributes)
        self._parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        parent = stack[-1]
        if self._text:
            self._keep_mixed(parent)
        name = self._names.get(tag) or self._local(tag)
        node = Node(name, tag, attributes, self._parser.CurrentLineNumber + self.skipped_lines)
        parent.children.append(node)
        stack.append(node)
        self._elements += 1
        if attributes or len(stack) > self._limits.depth or self._elements >= self._limits.elements:
            self._check(tag, attributes)
        if name == CONTENT_TAG:
            self._open_content(node)
        elif self.sink is not None:
            self._not_base64(self.sink, "có thẻ con bên trong")

    def _end(self, tag: str) -> None:
        node = self._stack.pop()
        text = self._text
        if text:
            node.text = text[0] if len(text) == 1 else "".join(text)
            text.clear()
            if len(node.text) > self._limits.token_bytes:
                raise self._limit(
                    "token", f"Nội dung của một phần tử dài quá {self._limits.token_bytes:,} ký tự.", node
                )
        if node.mixed:
            node.text = "".join((*node.mixed, node.text))
        if node.name == CONTENT_TAG:
            self._close_content(node)

    def _keep_mixed(self, parent: Node) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not text.isspace():
            parent.mixed = parent.mixed or []
            parent.mixed.append(text)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if finding := wrong_declared_encoding(encoding, self._position()):
            raise RefusedError(finding)
        self._is_ascii = (encoding or "").lower() == "us-ascii"

    def _doctype(self, *_: object) -> None:
        message = "Gói có khai báo DOCTYPE; quy chuẩn không dùng và bên nhận có thể bị đọc trộm tệp. Hãy bỏ DOCTYPE."
        raise self._refuse("xml.doctype", message)

    # -- attachment content

    def _open_content(self, node: Node) -> None:
        self.tags_seen += 1
        if self.sink is not None:
            self._not_base64(self.sink, "có thẻ con bên trong")
            return
        self._contents += 1
        if self._contents > self._limits.attachments:
            raise self._limit("attachments", f"Gói có quá {self._limits.attachments} tệp đính kèm.")
        context = self._parser.GetInputContext() or b""
        tag = _TAG.match(context)
        begin = self._position() + (tag.end() if tag else 0)
        self.sink = ContentSink(begin)
        self._content_node = node
        self._parser.CharacterDataHandler = self._content_text

    def _content_text(self, text: str) -> None:
        sink = self.sink
        if sink is None:
            return
        data = text.encode()
        self._exempt += len(data)
        if not sink.broken:
            self._push(sink, data, None)

    def push_content(self, data: bytes | memoryview) -> int:
        """Hand base64 text that went past expat to the open content, and count it as skipped.

        Returns how much was taken: less than all when expat must see the rest, for its character references.
        """
        sink = self.sink
        if sink is not None:
            if not sink.broken:
                data = self._push(sink, data, self.fed + self.skipped)
            sink.plain += len(data)
        self.skipped += len(data)
        return len(data)

    def _push(self, sink: ContentSink, data: bytes | memoryview, position: int | None) -> bytes | memoryview:
        try:
            sink.push(data)
        except Base64Error:
            stray = _STRAY.search(data)
            if stray and stray[0] == b"&" and position is not None:
                return self._push(sink, data[: stray.start()], position)
            byte = position + stray.start() if stray and position is not None else None
            self._not_base64(sink, "có ký tự ngoài bảng mã base64", byte)
        limit = self._limits.attachment_bytes
        if limit is not None and sink.size > limit:
            raise self._limit("attachment", f"Một tệp đính kèm lớn quá {limit:,} byte.")
        return data

    def _close_content(self, node: Node) -> None:
        self.tags_seen += 1
        sink = self.sink
        if sink is None or node is not self._content_node:
            return
        try:
            sink.finish()
        except Base64Error:
            self._not_base64(sink, "bị cụt, số ký tự không chia hết cho 4")
        node.content = sink.content(self._position())
        self.sink = None
        self._parser.CharacterDataHandler = self._text.append

    def _not_base64(self, sink: ContentSink, why: str, byte: int | None = None) -> None:
        if sink.broken:
            return
        sink.broken = True
        where = f" (byte {byte:,})" if byte is not None else ""
        message = f"Nội dung base64 của tệp đính kèm thứ {self._contents} {why}{where}; tệp có thể đã hỏng khi truyền."
        path = f"AttachmentEncoded/Attachment[{self._contents}]/{CONTENT_TAG}"
        self._findings.append(Finding("base64.invalid", Severity.ERROR, path, message, self._line(), byte))

    # -- caps and refusals

    def _local(self, tag: str) -> str:
        self._cap_name(tag)
        name = tag.rpartition(":")[2]
        self._names[tag] = name
        return name

    def _cap_name(self, name: str) -> None:
        if len(name) > self._limits.name_length:
            cap = self._limits.name_length
            raise self._limit("name", f"Tên phần tử hoặc thuộc tính “{name[:32]}…” dài quá {cap} ký tự.")

    def _check(self, tag: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        if len(self._stack) > limits.depth:
            raise self._limit("depth", f"Các phần tử lồng nhau quá {limits.depth} tầng.")
        if self._elements >= limits.elements:
            raise self._limit("elements", f"Gói có quá {limits.elements:,} phần tử XML.")
        if len(attributes) > limits.attributes:
            raise self._limit("attributes", f"Phần tử “{tag}” có quá {limits.attributes} thuộc tính.")
        for name in attributes:
            self._cap_name(name)

    def _limit(self, what: str, message: str, node: Node | None = None) -> RefusedError:
        return self._refuse(f"limit.{what}", message, node.line if node else None)

    def _refuse(self, id_: str, message: str, line: int | None = None) -> RefusedError:
        path = "/".join(node.name for node in self._stack[3:])
        return RefusedError(Finding(id_, Severity.ERROR, path, message, line or self._line(), self._position()))

    def _line(self) -> int:
        return self._parser.CurrentLineNumber + self.skipped_lines

    def _position(self) -> int:
        return max(self._parser.CurrentByteIndex, 0) + self.skipped

    def _spot(self, error: expat.ExpatError, piece: bytes) -> Spot:
        index = max(self._parser.ErrorByteIndex, 0)
        # The offending character may have begun in the piece before.
        near = (self._recent + piece)[max(index - self.fed + len(piece) + len(self._recent), 0) :][:4]
        line = error.lineno + self.skipped_lines
        return Spot(error.code, line, index + self.skipped, near, self._head, self.root is not None, self._is_ascii)
