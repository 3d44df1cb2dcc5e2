"""``lienthong signatures``: what a person reads and what a program gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lienthong.cli.signatures import app
from lienthong.common import clock
from lienthong.exchange.intake import segments
from lienthong.exchange.signatures.checking import check_due
from tests.exchange.conftest import Office
from tests.signatures.ca import BODY_NAME, PERSON_NAME, cast
from tests.signatures.conftest import data_dir, department, hoa_phuong
from tests.signatures.documents import flip, package, plain_pdf, sign, sign_envelope, signed_by_both

__all__ = ["data_dir", "department", "hoa_phuong"]


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trust folder; lists are of today, because the command checks as of now."""
    monkeypatch.chdir(tmp_path)
    authority = cast().authority
    return authority.write_trust(tmp_path / "tin-cay", crl=authority.crl(at=clock.now()))


def _write(name: str, data: bytes) -> Path:
    path = Path(name)
    path.write_bytes(data)
    return path


def test_a_signed_package_is_explained_part_by_part(folder: Path) -> None:
    file = _write("goi.edxml", sign_envelope(package(signed_by_both())))
    code, out, _ = run("check", file, "--roots", folder, "--at", "15/3/2024")
    assert code == 0
    assert "goi.edxml: HỢP LỆ" in out
    assert f"Ký bởi {PERSON_NAME} (cá nhân, {BODY_NAME})" in out
    assert f"Ký bởi {BODY_NAME} (cơ quan" in out
    assert "15/03/2024 08:30 (có dấu thời gian)" in out


@pytest.mark.parametrize(
    ("pdf", "code", "words"),
    [
        (signed_by_both, 0, "HỢP LỆ"),
        (lambda: flip(signed_by_both(), b"Cong van "), 1, "Nội dung đã bị thay đổi sau khi ký"),
        (lambda: sign(plain_pdf(), cast().cuc), 3, "CHƯA KẾT LUẬN ĐƯỢC"),
        (plain_pdf, 4, "KHÔNG CÓ CHỮ KÝ SỐ"),
    ],
)
def test_exit_codes_tell_the_class(folder: Path, pdf: object, code: int, words: str) -> None:
    file = _write("cv.pdf", pdf())  # type: ignore[operator]
    found, out, _ = run("check", file, "--roots", folder)
    assert (found, words in out) == (code, True)


def test_json_has_results_findings_and_what_was_used(folder: Path) -> None:
    file = _write("cv.pdf", flip(signed_by_both(), b"Cong van "))
    code, out, _ = run("check", file, "--roots", folder, "--json")
    told = json.loads(out)
    assert (code, told["result"], told["label"]) == (1, "invalid", "Không hợp lệ")
    (part,) = told["parts"]
    assert part["signatures"][0]["name"] == PERSON_NAME
    assert "pdf.digest_wrong" in {found["id"] for found in part["findings"]}
    assert part["used"]["certificate"]


def test_without_roots_the_next_step_is_told(folder: Path) -> None:
    empty = folder / "trong"
    empty.mkdir()
    code, out, _ = run("check", _write("cv.pdf", signed_by_both()), "--roots", empty)
    assert code == 3
    assert "--roots" in out


@pytest.mark.parametrize("name", ["khong-co.pdf", "van-ban.txt", "."])
def test_what_cannot_be_read_is_a_sentence(folder: Path, name: str) -> None:
    _write("van-ban.txt", b"khong phai goi tin")
    code, _, err = run("check", name, "--roots", folder)
    assert code == 2
    assert err.count("\n") == 2
    assert "Traceback" not in err


def test_a_name_with_control_characters_does_not_reach_the_terminal(folder: Path) -> None:
    _, out, _ = run("check", _write("goi.edxml", package(plain_pdf(), names=("a\x9b2Jb.pdf",))), "--roots", folder)
    assert "\x9b" not in out


@pytest.mark.django_db(transaction=True)
def test_stored_results_of_a_document_are_shown(department: Office, hoa_phuong: Office) -> None:
    receipt = department.send(package(plain_pdf()))
    assert "CHƯA KIỂM TRA" in run("show", receipt.doc_id)[1]
    check_due(segments())
    code, out, _ = run("show", receipt.doc_id)
    assert code == 0
    assert "KHÔNG CÓ CHỮ KÝ SỐ" in out
    assert "Văn bản chỉ có giá trị thông tin, tham khảo (Điều 4 Quyết định 28/2018/QĐ-TTg)." in out
    told = json.loads(run("show", receipt.doc_id, "--json")[1])
    assert told["packages"][0]["result"] == "unsigned"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("doc_id", ["khong-phai-ma", "00000000-0000-7000-8000-000000000000"])
def test_an_unknown_document_is_refused_with_a_next_step(department: Office, doc_id: str) -> None:
    code, _, err = run("show", doc_id)
    assert code == 1
    assert "signatures.document_unknown" in err
    assert "→" in err


@pytest.mark.django_db(transaction=True)
def test_a_demand_is_set_and_listed(department: Office) -> None:
    assert "không từ chối vì chữ ký" in run("policies")[1]
    basis = "Quyết định mẫu số 1"
    code, out, _ = run("demand", "valid", "--agency", department.code, "--valid-from", "1/7/2025", "--basis", basis)
    assert (code, out.strip()) == (0, "Phải có chữ ký số hợp lệ, đối với H99.05, từ 01/07/2025.")
    (policy,) = json.loads(run("policies", "--json")[1])["policies"]
    assert (policy["agency"], policy["demand"], policy["basis"]) == ("H99.05", "valid", basis)
    assert run("demand", "perhaps", "--basis", basis)[0] == 1


@pytest.mark.django_db(transaction=True)
def test_open_outcomes_can_be_made_due(department: Office, hoa_phuong: Office) -> None:
    department.send(package(sign(plain_pdf(), cast().hoa)))
    check_due(segments())
    assert run("recheck")[1] == "1 gói tin sẽ được kiểm tra lại.\n"


def test_an_old_envelope_without_proof_of_time_is_open_and_the_document_still_holds(folder: Path) -> None:
    file = _write("goi.edxml", sign_envelope(package(signed_by_both())))
    code, out, _ = run("check", file, "--roots", folder, "--json")
    told = json.loads(out)
    assert (code, told["document"], told["result"]) == (0, "valid", "valid_with_warnings")
    assert "certificate.expired_since" in {found["id"] for found in told["parts"][0]["findings"]}
