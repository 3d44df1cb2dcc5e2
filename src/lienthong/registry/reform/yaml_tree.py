"""YAML as places and texts. Pure.

Values are taken as they are written: YAML's own types would read the code ``0200123456`` as a number, ``no`` as false.
What only serves to surprise (anchors, tags, repeated keys, endless nesting) is a fault.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import yaml

from lienthong.registry.reform.faults import FaultKind, Faults

_MOST_BYTES = 512 * 1024
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Tree:
    """A value and its place; exactly one of the three is filled, none when it is empty."""

    path: str
    text: str | None = None
    items: tuple[Tree, ...] | None = None
    entries: dict[str, Tree] | None = None

    @property
    def is_empty(self) -> bool:
        return self.text is None and self.items is None and self.entries is None

    def plain(self) -> object:
        """What it says, without places."""
        if self.entries is not None:
            return {key: entry.plain() for key, entry in self.entries.items()}
        return [item.plain() for item in self.items] if self.items is not None else self.text

    def digest(self) -> str:
        """SHA-256 of what it says: comments, order of keys and layout do not count."""
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def grow(source: bytes, faults: Faults) -> Tree:
    """The tree of one YAML document.

    :raises PlanRefused: the source as a whole cannot be used
    """
    text = _decoded(source, faults)
    try:
        _refuse_surprises(text, faults)
        faults.refuse()
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        _tell_malformed(error, faults)
        faults.refuse()
        raise
    return _tree(node, "", faults)


def _decoded(source: bytes, faults: Faults) -> str:
    if len(source) > _MOST_BYTES:
        faults.add("", FaultKind.FILE_TOO_LARGE, f"Tệp {len(source)} byte, nhiều nhất {_MOST_BYTES}.")
        faults.refuse()
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        faults.add("", FaultKind.ENCODING, f"Tệp không phải UTF-8: byte sai ở dòng {line}.")
        faults.refuse()
        raise


def _refuse_surprises(text: str, faults: Faults) -> None:
    """Looks at the events only, which come one by one, before anything is built from them."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        anchored = getattr(event, "anchor", None) is not None
        if anchored or getattr(event, "tag", None) is not None or depth > _DEEPEST or documents > 1:
            line = event.start_mark.line + 1 if event.start_mark else 0
            faults.add("", FaultKind.YAML_FEATURE, f"Dòng {line} dùng cách viết YAML không được phép.")
            return


def _tell_malformed(error: yaml.YAMLError, faults: Faults) -> None:
    mark = getattr(error, "problem_mark", None)
    place = f" ở dòng {mark.line + 1}, cột {mark.column + 1}" if mark else ""
    faults.add("", FaultKind.YAML_MALFORMED, f"Không đọc được YAML{place}.")


def _tree(node: yaml.Node | None, path: str, faults: Faults) -> Tree:
    if node is None:
        return Tree(path)
    faults.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return Tree(path, entries=_entries(node, path, faults))
    if isinstance(node, yaml.SequenceNode):
        return Tree(path, items=tuple(_tree(item, f"{path}[{i}]", faults) for i, item in enumerate(node.value)))
    return Tree(path, text=None if node.tag == "tag:yaml.org,2002:null" else str(node.value))


def _entries(node: yaml.MappingNode, path: str, faults: Faults) -> dict[str, Tree]:
    entries: dict[str, Tree] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            faults.add(path, FaultKind.KIND_WRONG, "Khóa phải là một từ.")
            continue
        place = f"{path}.{key.value}" if path else str(key.value)
        if key.value in entries:
            faults.add(place, FaultKind.KEY_REPEATED, f"Khóa {key.value!r} viết hai lần.")
            continue
        faults.lines[place] = key.start_mark.line + 1
        entries[str(key.value)] = _tree(value, place, faults)
    return entries
