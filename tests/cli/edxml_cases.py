"""Packages on disk for the tests of the ``edxml`` commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edxml102.model import DocumentPackage, StatusPackage
from edxml102.writer import write_package
from tests.edxml102.examples import CONTENTS, TODAY

Run = Callable[..., tuple[int, str, str]]
"""Runs a command; answers with exit code, standard output and standard error."""


def package_file(
    path: Path, package: DocumentPackage | StatusPackage, contents: dict[str, bytes] | None = None
) -> Path:
    given = (contents or CONTENTS) if isinstance(package, DocumentPackage) else {}
    with path.open("wb") as out:
        write_package(package, out, given, check=False, today=TODAY)
    return path
