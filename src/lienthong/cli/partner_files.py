"""Files that a partner's commands read and write; writing is all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edxml102.errors import EdxmlError
from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from lienthong.cli.edxml_files import extract, name_of, safe_name, scratch, unused_name
from lienthong.client import Client
from lienthong.registry.errors import RegistryError


def refuse_missing(paths: list[Path]) -> None:
    """:raises RegistryError: ``cli.file_missing``"""
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise RegistryError("cli.file_missing", f"Không tìm thấy tệp {', '.join(missing)}.", "Kiểm tra đường dẫn.")


def read_metadata(path: Path, attached: list[Path]) -> dict[str, Any]:
    """What the JSON says of a document; files it does not list are listed by their names.

    :raises RegistryError: ``cli.metadata``
    """
    problem = "không phải một đối tượng"
    try:
        metadata = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        metadata, problem = None, str(error)
    if not isinstance(metadata, dict):
        raise RegistryError(
            "cli.metadata", f"Không dùng được JSON trong {path}: {problem}.", "Xem mẫu trong docs/how-to/rest-api.md."
        )
    return {"attachments": [{"name": one.name} for one in attached], **metadata}


def fetch_package(axis: Client, delivery: str, folder: Path, *, force: bool) -> Path:
    """Download a package into ``folder``."""
    target = folder / f"{safe_name(delivery, default='goi')}.edxml"
    _refuse_existing(target, force=force)
    with scratch(folder) as draft:
        axis.fetch_package(delivery, draft.file)
        draft.become(target)
    return target


def extract_all(package: Path, folder: Path, *, force: bool) -> list[Path]:
    """Write the attachments of a package into a folder of their own, unpacked as the zip rule says."""
    written: list[Path] = []
    taken: set[str] = set()
    with package.open("rb") as stream:
        model = read_package(stream).package
        attachments = model.attachments if isinstance(model, DocumentPackage) else ()
        folder.mkdir(exist_ok=True)
        for number, attachment in enumerate(attachments, 1):
            with scratch(folder) as draft:
                try:
                    entry = extract(stream, attachment, draft.file, raw=False)
                except EdxmlError as error:
                    raise RegistryError(
                        "cli.attachment", f"Không tách được tệp đính kèm thứ {number}: {error}", "Dùng edxml extract."
                    ) from error
                name = name_of(attachment, entry, raw=False, default=f"tep-dinh-kem-{number}")
                target = folder / unused_name(name, taken)
                _refuse_existing(target, force=force)
                draft.become(target)
                written.append(target)
    return written


def file_error(error: OSError) -> RegistryError:
    return RegistryError(
        "cli.file", f"Không đọc hoặc ghi được {error.filename}: {error.strerror}.", "Kiểm tra quyền và chỗ trống."
    )


def _refuse_existing(target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        raise RegistryError("cli.file_exists", f"Tệp {target} đã có.", "Thêm --force để ghi đè.")
