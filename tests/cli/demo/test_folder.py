"""The demonstration's own folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.folder import Access, DemoFolder


def test_it_lies_beside_the_data_of_a_real_instance_and_never_on_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", "postgresql://real/lienthong")
    monkeypatch.setenv("LIENTHONG_MASTER_KEY_FILE", "/etc/real.key")

    folder = DemoFolder.of_environment()
    folder.enter()

    assert folder.path == tmp_path / "demo"
    assert os.environ["LIENTHONG_DATA_DIR"] == str(tmp_path / "demo")
    assert "LIENTHONG_DATABASE_URL" not in os.environ
    assert "LIENTHONG_MASTER_KEY_FILE" not in os.environ


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    with DemoFolder(tmp_path).held(), pytest.raises(DemoError) as caught, DemoFolder(tmp_path).held():
        pass
    assert caught.value.code == "demo.already_running"
    with DemoFolder(tmp_path).held():
        pass


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError) as caught, DemoFolder(tmp_path / "file" / "demo").held():
        pass
    assert caught.value.code == "demo.folder_unwritable"


def test_secrets_are_kept_for_the_owner_alone(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    access = {"HUB.H99": Access("H99", "Phần mềm mẫu", "s3cret")}
    folder.write_access(access)
    folder.write_access(access, "http://127.0.0.1:1/vxp")

    assert folder.read_access() == access
    assert folder.systems_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["systems.json"]
    assert "s3cret" not in repr(access)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"systems": []}', '{"systems": {"HUB.H99": {"secret": "x"}}}'])
def test_a_damaged_file_of_secrets_counts_as_none(tmp_path: Path, content: str) -> None:
    folder = DemoFolder(tmp_path)
    folder.systems_file.write_text(content)
    assert folder.read_access() == {}


def test_starting_from_zero_leaves_nothing_but_the_lock(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    with folder.held():
        (folder.path / "segments" / "a").mkdir(parents=True)
        folder.write_access({})
        folder.clear()
        assert {path.name for path in folder.path.iterdir()} <= {"demo.lock"}
