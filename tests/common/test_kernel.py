"""The tiny kernel: folding, identifiers, settings, failpoints."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.common import env
from lienthong.common.folding import fold, fold_code
from lienthong.common.ids import new_id


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sở Y tế", "so y te"),
        ("Đường Trường Chinh", "duong truong chinh"),
        ("So\u031b\u0309", "so"),  # decomposed letters, as some systems send them
        ("  QUẬN  Hồng-Bàng ", "quan hong bang"),
        ("", ""),
    ],
)
def test_folding_forgets_diacritics_case_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["123/QĐ-UBND", "123/qd-ubnd", "123 QĐ UBND", "123.QĐ.UBND"])
def test_numbers_fold_to_one_word(text: str) -> None:
    assert fold_code(text) == "123qdubnd"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_identifiers_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


@pytest.mark.parametrize(("text", "value"), [("1", True), ("ON", True), ("false", False), ("no", False)])
def test_booleans(text: str, value: bool) -> None:
    assert env.boolean(text) is value


@pytest.mark.parametrize("text", ["9", "101", "mười", "1.5"])
def test_numbers_out_of_bounds_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_SAMPLE", text)
    with pytest.raises(env.SettingError, match="LT-S01"):
        env.read("LIENTHONG_SAMPLE", env.integer(minimum=10, maximum=100), 50)


def test_an_empty_setting_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_SAMPLE", " ")
    assert env.read("LIENTHONG_SAMPLE", env.words, ["*"]) == ["*"]


@pytest.mark.parametrize(("action", "code"), [("crash", -9), ("error", errno.ENOSPC)])
def test_an_armed_failpoint_fails_as_told(action: str, code: int) -> None:
    program = (
        "from lienthong.common.failpoints import hit\n"
        "try:\n    hit('segment.after_sync')\nexcept OSError as error:\n    raise SystemExit(error.errno)"
    )
    environment = {**os.environ, "LIENTHONG_FAILPOINTS": f"segment.after_sync={action}"}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == code
