"""Reading a YAML document with every mistake found and named by its place in the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

E = TypeVar("E", bound=Enum)


class Node:
    """A value and its place. What is not of the form asked for is noted in ``problems``, and a harmless value answered:
    the reader goes on to the next mistake, and nobody uses the result."""

    def __init__(self, value: Any, path: str, problems: list[str]) -> None:
        self.value = value
        self.path = path
        self.problems = problems

    def wrong(self, message: str) -> None:
        self.problems.append(f"{self.path or '(đầu tệp)'}: {message}")

    def fields(self, required: str, optional: str = "") -> dict[str, Node]:
        """The named fields of a mapping; unknown ones and missing ones are mistakes."""
        value = self.value if isinstance(self.value, Mapping) else {}
        if value is not self.value:
            self.wrong("phải là một nhóm khóa: giá trị.")
        known = {*required.split(), *optional.split()}
        for name in value:
            if name not in known:
                self.wrong(f"không có khóa {name!r} (được dùng: {', '.join(sorted(known))}).")
        missing = [name for name in required.split() if name not in value]
        if missing and value is self.value:
            self.wrong(f"thiếu {', '.join(missing)}.")
        return {name: self._child(name, value.get(name)) for name in known}

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Key and value of each entry of a mapping whose keys are free."""
        if not isinstance(self.value, Mapping):
            self.wrong("phải là một nhóm khóa: giá trị.")
            return
        for name, value in self.value.items():
            child = self._child(name, value)
            if isinstance(name, str):
                yield name, child
            else:
                child.wrong(f"khóa {name!r} phải là chữ; đặt trong dấu nháy.")

    def items(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            self.wrong("phải là một danh sách.")
            return
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]", self.problems)

    def _child(self, name: Any, value: Any) -> Node:
        return Node(value, f"{self.path}.{name}" if self.path else str(name), self.problems)

    @property
    def given(self) -> bool:
        return self.value is not None

    def text(self, default: str = "") -> str:
        if self.value is None:
            return default
        if not isinstance(self.value, str):
            self.wrong(f"{self.value!r} phải là chữ; đặt trong dấu nháy.")
            return default
        return self.value

    def flag(self, *, default: bool = False) -> bool:
        if self.value is not None and not isinstance(self.value, bool):
            self.wrong(f"{self.value!r} phải là true hoặc false.")
        return self.value if isinstance(self.value, bool) else default

    def whole_number(self) -> int:
        if type(self.value) is int and 0 <= self.value <= 365:
            return self.value
        if self.given:
            self.wrong(f"{self.value!r} phải là một số nguyên từ 0 đến 365.")
        return 0

    def day(self) -> date | None:
        if self.value is not None and type(self.value) is not date:
            self.wrong(f"{self.value!r} không phải một ngày (viết như 2026-11-01).")
            return None
        return self.value

    def member(self, kind: type[E]) -> E | None:
        """The enum member of this value; ``None`` (and noted) for any other."""
        try:
            return kind(self.value)
        except ValueError:
            names = ", ".join(str(member.value) for member in kind)
            self.wrong(f"{self.value!r} không có; được dùng: {names}.")
            return None

    def members(self, kind: type[E]) -> frozenset[E]:
        found = [item.member(kind) for item in self.items()]
        return frozenset(member for member in found if member is not None)

    def texts_among(self, known: Mapping[str, Any], what: str) -> frozenset[str]:
        """A list of names, each of them a key of ``known``."""
        found = set()
        for item in self.items():
            if item.value in known:
                found.add(str(item.value))
            else:
                item.wrong(f"{item.value!r} không có trong {what}.")
        return frozenset(found)
