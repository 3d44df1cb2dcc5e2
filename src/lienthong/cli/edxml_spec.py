"""The YAML a person writes to build a package: read into the model, every mistake named by its place in the file.

Keys are the attribute names of ``edxml102.model`` (``from`` for ``from_``). Attachments are named by ``path``, relative
to the YAML file. Scalars are texts as written: ``status_code: 01`` stays ``01``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import yaml

from edxml102.errors import Finding
from edxml102.model import (
    Attachment,
    DocumentPackage,
    MessageHeader,
    PackageKind,
    StatusPackage,
    TraceHeaderList,
)

_KINDS = {"document": PackageKind.DOCUMENT, "edoc": PackageKind.DOCUMENT, "status": PackageKind.STATUS}
_OF_PACKAGES_READ = frozenset({"extras", "view", "content_type"})  # nothing a person writes
_MAX_NODES = 20_000


class Problem(NamedTuple):
    """One mistake: stable code, place in the YAML, line from 1, Vietnamese sentence."""

    code: str
    place: str
    line: int
    message: str


class SpecError(Exception):
    """The YAML cannot become a package; ``problems`` holds every mistake found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class AttachmentSpec:
    """An attachment to be: the description as far as the person gave it, and the file."""

    described: Attachment
    path: Path
    place: str


@dataclass(frozen=True, slots=True)
class Spec:
    """What the YAML says. ``package`` has no attachments yet."""

    package: DocumentPackage | StatusPackage
    attachments: tuple[AttachmentSpec, ...]
    root: yaml.Node

    def problem(self, finding: Finding) -> Problem:
        """Say where in the YAML a finding about the package comes from."""
        place = place_of(finding.path, status=isinstance(self.package, StatusPackage))
        return Problem(finding.id, place, self.line_of(place), finding.message)

    def line_of(self, place: str) -> int:
        """Find the line of ``place``, or of the nearest group around it that is there."""
        node = self.root
        for key, index in re.findall(r"(\w+)|\[(\d+)\]", place):
            found = _child(node, key, index)
            if found is None:
                break
            node = found
        return int(node.start_mark.line) + 1


def load_spec(path: Path) -> Spec:
    """Read the YAML file; raises ``OSError`` when it cannot be read and ``SpecError`` when it cannot be used."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        message = f"tệp không phải UTF-8 (byte {error.start})."
        raise SpecError([Problem("LT-E11", "", 0, message)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise SpecError([_syntax_problem(error)]) from None
    return _Loader(path.parent).load(root)


def place_of(path: str, *, status: bool) -> str:
    """Turn the path of a finding (``MessageHeader/To[2]/OrganId``) into a place in the YAML."""
    places: list[str] = []
    for part in path.replace("OrganIdList/OrganId", "OrganIds").split("/"):
        name, _, index = part.partition("[")
        position = f"[{int(index[:-1]) - 1}]" if index else ""
        known = _SEGMENTS.get(name, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().lstrip("@"))
        if name == "MessageHeader":
            known = "" if status else "header"
        elif position and name in ("Place", "Appendix"):  # items of ToPlaces and Appendixes
            known = ""
        if known:
            places.append(known + position)
        elif position and places:
            places[-1] += position
    return ".".join(places)


_SEGMENTS = {
    "TraceHeaderList": "trace",
    "TraceHeader": "traces",
    "CodeNumber": "number",
    "CodeNotation": "notation",
    "ReceiverList": "",
    "Receiver": "receivers",
    "BussinessDocType": "document_type",
    "BussinessDocReason": "reason",
    "BussinessDocumentInfo": "document_info",
    "ReplacementInfoList": "",
    "ReplacementInfo": "replacements",
    "OrganIdList": "organ_ids",
    "edXMLManifest": "",
    "Reference": "attachments",
    "AttachmentEncoded": "",
    "Attachment": "attachments",
    "ContentTransferEncoded": "path",
}


class _Loader:
    """Walks the YAML with the model beside it and collects what does not fit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._problems: list[Problem] = []
        self._visited = 0

    def load(self, root: yaml.Node | None) -> Spec:
        if not isinstance(root, yaml.MappingNode):
            raise SpecError([Problem("LT-E13", "", 1, "tệp phải gồm các cặp “khóa: giá trị”, bắt đầu bằng kind.")])
        values = self._mapping(root, "")
        node = values.pop("kind", None)
        kind = _KINDS.get(node.value) if isinstance(node, yaml.ScalarNode) else None
        if kind is None:
            self._fail("LT-E15", "kind", node or root, "phải là document (văn bản) hoặc status (trạng thái).")
            raise SpecError(self._problems)
        spec = self._status(values, root) if kind is PackageKind.STATUS else self._document(values, root)
        if self._problems:
            raise SpecError(self._problems)
        return spec

    def _status(self, values: dict[str, yaml.Node], root: yaml.Node) -> Spec:
        return Spec(self._group(StatusPackage, values, "", root), (), root)

    def _document(self, values: dict[str, yaml.Node], root: yaml.Node) -> Spec:
        shape = {"header": MessageHeader, "trace": TraceHeaderList, "attachments": tuple[Attachment, ...]}
        self._refuse_unknown(values, shape.keys(), "", root)
        read = {
            key: self._value(values[key], hint, key)
            for key, hint in shape.items()
            if key in values and key != "attachments"
        }
        attachments = tuple(self._attachments(values.get("attachments")))
        return Spec(DocumentPackage(**read), attachments, root)

    def _attachments(self, node: yaml.Node | None) -> Iterator[AttachmentSpec]:
        for n, item in enumerate(self._items(node, "attachments") if node else ()):
            place = f"attachments[{n}]"
            values = self._mapping(item, place)
            path = values.pop("path", None)
            if not isinstance(path, yaml.ScalarNode) or not path.value:
                self._fail("LT-E14", f"{place}.path", path or item, "thiếu đường dẫn của tệp đính kèm.")
                continue
            yield AttachmentSpec(
                self._group(Attachment, values, place, item), self._folder / path.value, f"{place}.path"
            )

    def _value(self, node: yaml.Node, hint: Any, place: str) -> Any:
        if hint is str:
            return self._text(node, place)
        if is_dataclass(hint):
            return self._group(hint, self._mapping(node, place), place, node)
        inner = get_args(hint)[0]
        if get_origin(hint) is tuple:
            return tuple(self._value(item, inner, f"{place}[{n}]") for n, item in enumerate(self._items(node, place)))
        return self._value(node, inner, place)  # X | None

    def _group(self, shape: Any, values: dict[str, yaml.Node], place: str, node: yaml.Node) -> Any:
        hints = _hints(shape)
        self._refuse_unknown(values, hints.keys(), place, node)
        read = {
            hints[key][0]: self._value(child, hints[key][1], f"{place}.{key}".lstrip("."))
            for key, child in values.items()
            if key in hints
        }
        return shape(**read)

    def _text(self, node: yaml.Node, place: str) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._fail("LT-E13", place, node, "phải là một giá trị, không phải danh sách hay nhóm.")
        return ""

    def _items(self, node: yaml.Node, place: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            self._count(len(node.value), place, node)
            return list(node.value)
        if not (isinstance(node, yaml.ScalarNode) and not node.value):
            self._fail("LT-E13", place, node, "phải là danh sách, mỗi mục một dòng bắt đầu bằng “- ”.")
        return []

    def _mapping(self, node: yaml.Node, place: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            if not (isinstance(node, yaml.ScalarNode) and not node.value):
                self._fail("LT-E13", place, node, "phải là nhóm các cặp “khóa: giá trị”.")
            return {}
        self._count(len(node.value), place, node)
        values: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in values:
                self._fail("LT-E13", f"{place}.{name}".lstrip("."), key, "khóa này có hai lần.")
            values[name] = value
        return values

    def _refuse_unknown(self, values: dict[str, yaml.Node], known: Any, place: str, node: yaml.Node) -> None:
        for key in sorted(values.keys() - set(known)):
            near = difflib.get_close_matches(key, known, 1)
            advice = f"ý bạn là “{near[0]}”?" if near else f"các khóa dùng được: {', '.join(sorted(known))}."
            self._fail("LT-E12", f"{place}.{key}".lstrip("."), values[key], f"không có khóa này; {advice}")

    def _count(self, number: int, place: str, node: yaml.Node) -> None:
        # Aliases make a small file large: nodes are counted as often as they are used.
        self._visited += number
        if self._visited > _MAX_NODES:
            self._fail("LT-E13", place, node, f"tệp có quá {_MAX_NODES} giá trị.")
            raise SpecError(self._problems)

    def _fail(self, code: str, place: str, node: yaml.Node, message: str) -> None:
        self._problems.append(Problem(code, place, node.start_mark.line + 1, message))


@cache
def _hints(shape: Any) -> dict[str, tuple[str, Any]]:
    """Keys a person may write for a group: attribute and type of each."""
    hints = get_type_hints(shape)
    return {
        item.name.rstrip("_"): (item.name, hints[item.name])
        for item in fields(shape)
        if item.name not in _OF_PACKAGES_READ
    }


def _child(node: yaml.Node, key: str, index: str) -> yaml.Node | None:
    if key and isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
        found: yaml.Node = node.value[int(index)]
        return found
    return None


def _syntax_problem(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    detail = getattr(error, "problem", None) or "các nhóm lồng nhau quá sâu"
    return Problem("LT-E11", "", mark.line + 1 if mark else 0, f"YAML sai cú pháp ({detail}).")
