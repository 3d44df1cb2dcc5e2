"""One element of the tree that ``_envelope`` builds and ``_assemble`` reads."""

from __future__ import annotations

from collections.abc import Iterable

from edxml102._content import Content


class Node:
    """One element. ``name`` is local, ``tag`` as written; ``content`` is set on ContentTransferEncoded only."""

    __slots__ = ("attributes", "children", "content", "line", "mixed", "name", "tag", "text")

    def __init__(self, name: str, tag: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.children: list[Node] = []
        self.text = ""
        self.mixed: list[str] | None = None  # text before and between children
        self.content: Content | None = None

    def attribute(self, name: str) -> str:
        """The attribute of that local name, with any prefix (quirk 5)."""
        for key, value in self.attributes.items():
            if key.rpartition(":")[2] == name:
                return value
        return ""


def namespace_of(node: Node, ancestors: Iterable[Node]) -> str:
    """Resolve the prefix of ``node``; ``ancestors`` from the nearest to the root. ``""`` when nothing declares it."""
    prefix = node.tag.rpartition(":")[0]
    key = f"xmlns:{prefix}" if prefix else "xmlns"
    return next((one.attributes[key] for one in (node, *ancestors) if key in one.attributes), "")
