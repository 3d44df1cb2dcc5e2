"""The keys of one mapping of a plan, each read as what it must be. Pure.

Every reader answers something usable even after a fault, so that reading goes on and all faults are told together; who
reads looks at the number of faults to know whether the answers count.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TypeVar

from lienthong.registry import codes
from lienthong.registry.directory_file.columns import CellError, read_date, read_level
from lienthong.registry.errors import RegistryError
from lienthong.registry.reform.faults import FaultKind, Faults
from lienthong.registry.reform.plan import Ref
from lienthong.registry.reform.yaml_tree import Tree
from lienthong.registry.text import clean, is_clean

Choice = TypeVar("Choice", bound=Enum)
_FLAGS = {"true": True, "yes": True, "có": True, "false": False, "no": False, "không": False}


class Fields:
    """A mapping. ``seen`` collects every code that is written in it, good or not."""

    def __init__(self, tree: Tree, faults: Faults) -> None:
        self.path = tree.path
        self.seen: set[str] = set()
        self._faults = faults
        self._rest = dict(tree.entries or {})
        if tree.entries is None:
            faults.add(tree.path, FaultKind.KIND_WRONG, "Chỗ này phải là các dòng “khóa: giá trị”.")

    def finish(self) -> None:
        """What nobody asked for is unknown."""
        for key, tree in self._rest.items():
            self._faults.add(tree.path, FaultKind.KEY_UNKNOWN, f"Không có khóa {key!r} ở đây.")

    def has(self, key: str) -> bool:
        return key in self._rest

    def take(self, key: str, *, required: bool = True) -> Tree | None:
        """The tree under a key; a required one that is missing or empty is a fault."""
        tree = self._rest.pop(key, None)
        if tree is None and required:
            self._faults.add(self.path, FaultKind.KEY_MISSING, f"Thiếu khóa {key!r}.")
        if tree is not None and tree.is_empty:
            self._faults.add(tree.path, FaultKind.VALUE_EMPTY, f"Khóa {key!r} không có giá trị.")
            return None
        return tree

    def text(self, key: str, longest: int, *, required: bool = True) -> str | None:
        """One line of printable text."""
        tree = self.take(key, required=required)
        if tree is None or not self._is_text(tree):
            return None
        text = clean(tree.text or "")
        if not text or len(text) > longest or not is_clean(text):
            self._malformed(tree, f"Phải có từ 1 đến {longest} ký tự, không có ký tự điều khiển.")
        return text

    def code(self, key: str, *, required: bool = True) -> Ref | None:
        """One code of an agency."""
        tree = self.take(key, required=required)
        return None if tree is None else self._code(tree)

    def codes(self, key: str, single: str, *, required: bool = True) -> tuple[Ref, ...]:
        """A list of codes under ``key``, or one under ``single``."""
        both = [name for name in (key, single) if self.has(name)]
        if len(both) > 1:
            self.refuse_both(key, single)
        tree = self.take(both[0] if both else key, required=required)
        self._rest = {name: rest for name, rest in self._rest.items() if name not in both}
        if tree is None:
            return ()
        found = [self._code(item) for item in tree.items or (tree,)]
        self._refuse_twice(tree, found)
        return tuple(ref for ref in found if ref is not None)

    def word(self, key: str) -> Ref | None:
        """The id of a system."""
        tree = self.take(key)
        if tree is None or not self._is_text(tree):
            return None
        return Ref((tree.text or "").strip(), tree.path)

    def choice(self, key: str, kind: type[Choice], *, required: bool = False) -> Choice | None:
        """One of an enum's values."""
        tree = self.take(key, required=required)
        if tree is None:
            return None
        known = {str(member.value).lower(): member for member in kind}
        found = known.get((tree.text or "").strip().lower())
        if found is None:
            self._faults.add(tree.path, FaultKind.CHOICE_UNKNOWN, f"Chọn một trong: {', '.join(known)}.")
        return found

    def level(self, key: str, *, required: bool = True) -> str | None:
        """A tier by any of its names."""
        tree = self.take(key, required=required)
        if tree is None:
            return None
        try:
            return read_level(tree.text or "").value
        except CellError as error:
            self._faults.add(tree.path, FaultKind.CHOICE_UNKNOWN, error.message[:1].upper() + error.message[1:])
            return None

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A day."""
        tree = self.take(key, required=required)
        if tree is None:
            return None
        try:
            return read_date(tree.text or "")
        except ValueError:
            self._faults.add(tree.path, FaultKind.DATE_MALFORMED, f"{tree.text!r} không phải một ngày.")
            return None

    def flag(self, key: str) -> bool:
        """Yes or no; no when it is not written."""
        tree = self.take(key, required=False)
        if tree is None:
            return False
        found = _FLAGS.get((tree.text or "").strip().lower())
        if found is None:
            self._faults.add(tree.path, FaultKind.CHOICE_UNKNOWN, "Viết true hoặc false.")
        return bool(found)

    def number(self, key: str) -> int | None:
        """A positive number, where it is written."""
        tree = self.take(key, required=False)
        if tree is None:
            return None
        if not (tree.text or "").isascii() or not (tree.text or "").isdigit() or len(tree.text or "") > 15:
            self._malformed(tree, f"{tree.text!r} không phải một số.")
            return None
        return int(tree.text or "")

    def nested(self, key: str, *, required: bool = True) -> Fields | None:
        """A mapping within this one."""
        tree = self.take(key, required=required)
        if tree is None:
            return None
        inner = Fields(tree, self._faults)
        inner.seen = self.seen
        return inner

    def nothing(self, key: str) -> bool:
        """Whether the key is written with no value, on purpose."""
        if key in self._rest and self._rest[key].is_empty:
            del self._rest[key]
            return True
        return False

    def refuse_both(self, one: str, other: str) -> None:
        """Two keys that exclude each other are both written."""
        self._faults.add(self.path, FaultKind.CONTRADICTS, f"Chỉ viết một trong hai khóa: {one} hoặc {other}.")

    def _code(self, tree: Tree) -> Ref | None:
        if not self._is_text(tree):
            return None
        self.seen.add(codes.normalise(tree.text or ""))
        try:
            return Ref(codes.checked(tree.text or ""), tree.path)
        except RegistryError as error:
            self._faults.add(tree.path, FaultKind.CODE_MALFORMED, error.message)
            return None

    def _refuse_twice(self, tree: Tree, found: list[Ref | None]) -> None:
        written = [ref.text for ref in found if ref is not None]
        twice = sorted({code for code in written if written.count(code) > 1})
        if twice:
            self._malformed(tree, f"Mã viết hai lần: {', '.join(twice)}.")

    def _is_text(self, tree: Tree) -> bool:
        if tree.text is None:
            self._faults.add(tree.path, FaultKind.KIND_WRONG, "Chỗ này phải là một giá trị, không phải danh sách.")
        return tree.text is not None

    def _malformed(self, tree: Tree, message: str) -> None:
        self._faults.add(tree.path, FaultKind.VALUE_MALFORMED, message)
