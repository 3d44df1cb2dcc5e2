"""Text of a package's envelope, with every foreign string escaped and looked at.

Lines end with LF: an XML parser turns CR LF into LF anyway, so only with LF are the bytes on disk, the text a parser
reports and the canonical form that a signature covers the same. Clients of the national axis read both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from edxml102.errors import Finding, Severity
from edxml102.model import NAMESPACE, Extra

PREFIX = "edXML:"
ROOT = (("xmlns", NAMESPACE),)
DECLARED = (("xmlns:edXML", NAMESPACE),)

_FRAME = frozenset(("edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody"))  # left out of the paths of findings
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"(?!(?i:xml))[^\W\d][\w.\-]*")
# A bare CR would come back as LF, and white space in attributes as blanks (XML 1.0, 2.11 and 3.3.3).
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = {**_TEXT, **str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})}
_PREFIXES = {  # of attributes; the reader keeps them as written, without their declarations
    "": None,
    "xml": None,
    "edXML": NAMESPACE,
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


class HasExtras(Protocol):
    @property
    def extras(self) -> tuple[Extra, ...]: ...


Table = tuple[tuple[str, str], ...]
"""Elements of a group that hold one text each: element name, attribute of the model."""


class Sheet:
    """Collects the text, and a finding for everything that XML cannot say."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._prefix = ""
        self._parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        self._pieces: list[bytes] = []
        self._open: list[str] = []

    @contextmanager
    def element(self, name: str, attributes: Table = ()) -> Iterator[None]:
        """Write a group of elements, one line each."""
        tag, indent = self._prefix + name, "  " * len(self._open)
        self._parts.append(f"{indent}<{tag}{self._attributes(name, attributes)}>\n")
        self._open.append(name)
        yield
        self._open.pop()
        self._parts.append(f"{indent}</{tag}>\n")

    @contextmanager
    def prefixed(self) -> Iterator[None]:
        """Write what follows with the prefix ``edXML``, which an element around it must have declared."""
        before, self._prefix = self._prefix, PREFIX
        yield
        self._prefix = before

    def leaf(self, name: str, text: str) -> None:
        """Write an element that holds one text, an empty one included."""
        tag = self._prefix + name
        self._parts.append(f"{'  ' * len(self._open)}<{tag}>{self._escaped(name, text)}</{tag}>\n")

    def leaves(self, group: object, table: Table) -> None:
        """Write the texts of ``group`` that are not empty."""
        for name, attribute in table:
            if text := getattr(group, attribute):
                self.leaf(name, text)

    def group(self, name: str, group: HasExtras, table: Table) -> None:
        """Write a group that holds texts only."""
        with self.element(name):
            self.leaves(group, table)
            self.extras(group)

    def extras(self, group: HasExtras) -> None:
        """Write back the elements the standard does not know."""
        for extra in group.extras:
            self._parts.append("  " * len(self._open))
            self._extra(extra)
            self._parts.append("\n")

    def hole(self, name: str, attributes: Table = ()) -> None:
        """Write an element whose content is poured in later, between two pieces of the text."""
        tag = self._prefix + name
        self._parts.append(f"{'  ' * len(self._open)}<{tag}{self._attributes(name, attributes)}>")
        self._cut()
        self._parts.append(f"</{tag}>\n")

    def finish(self) -> list[bytes]:
        """End the text; answer with its pieces, one more than there are holes."""
        self._cut()
        return self._pieces

    def _cut(self) -> None:
        # Lone surrogates have a finding already, and are never written.
        self._pieces.append("".join(self._parts).encode("utf-8", "surrogatepass"))
        self._parts.clear()

    def _extra(self, extra: Extra) -> None:
        # In one line: white space between the children would become part of the text.
        self._named(extra.name)
        for key, _ in extra.attributes:
            prefix, _, local = key.rpartition(":")
            self._named(local if prefix in _PREFIXES else key)
        tag = self._prefix + extra.name
        self._parts.append(f"<{tag}{self._attributes(extra.name, _declared(extra.attributes))}>")
        self._parts.append(self._escaped(extra.name, extra.text))
        for child in extra.children:
            self._extra(child)
        self._parts.append(f"</{tag}>")

    def _attributes(self, name: str, attributes: Table) -> str:
        text = ""
        for key, value in attributes:
            text += f' {key}="{self._checked(f"{name}/@{key}", value).translate(_ATTRIBUTE)}"'
        return text

    def _escaped(self, name: str, text: str) -> str:
        return self._checked(name, text).translate(_TEXT)

    def _checked(self, name: str, text: str) -> str:
        if illegal := _ILLEGAL.search(text):
            message = f"Có ký tự mà XML không cho phép (U+{ord(illegal[0]):04X}). Hãy xóa ký tự này."
            self._refuse("xml.character", name, message)
        return text

    def _named(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            self._refuse("xml.name", name, f"“{name[:60]}” không thể là tên phần tử XML. Hãy đổi tên.")

    def _refuse(self, finding: str, name: str, message: str) -> None:
        path = "/".join((*(part for part in self._open if part not in _FRAME), name))
        self.findings.append(Finding(finding, Severity.ERROR, path, message))


def _declared(attributes: Table) -> Table:
    """Put the declarations of the prefixes that ``attributes`` use before them."""
    prefixes = sorted({key.rpartition(":")[0] for key, _ in attributes})
    declared = ((f"xmlns:{prefix}", uri) for prefix in prefixes if (uri := _PREFIXES.get(prefix)))
    return (*declared, *attributes)
