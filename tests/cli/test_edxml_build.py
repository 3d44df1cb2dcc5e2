"""``lienthong edxml build``: from a YAML file to a package, or to an explanation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from edxml102.model import DocumentPackage, StatusPackage
from edxml102.reader import read_package
from edxml102.signatures import SignatureState, verify_package
from lienthong.cli.edxml_spec import place_of
from tests.cli.edxml_cases import Run
from tests.signatures.ca import cast

Spec = Callable[..., Path]
SPEC = {
    "kind": "document",
    "header": {
        "from": {"organ_id": "000.00.00.H24", "organ_name": "Ủy ban nhân dân thành phố"},
        "to": [{"organ_id": "000.00.05.H24", "organ_name": "Sở Nội vụ"}],
        "code": {"number": "007", "notation": "UBND-VP"},
        "promulgation_info": {"place": "Hải Phòng", "promulgation_date": "2026/01/20"},
        "document_type": {"type": "2", "type_detail": "18", "type_name": "Công văn"},
        "subject": "V/v thử <dựng> gói & kiểm tra",
        "signer_info": {"position": "Chủ tịch", "full_name": "Nguyễn Văn An"},
        "other_info": {"priority": "0"},
        "steering_type": "0",
        "document_id": "000.00.00.H24,2026/01/20,007/UBND-VP",
    },
    "trace": {
        "traces": [{"organ_id": "000.00.00.H24", "timestamp": "2026/01/20 08:30:00"}],
        "bussiness": {"document_type": "0", "paper": "0"},
    },
    "attachments": [{"path": "cong-van.pdf", "description": "Bản chính"}, {"path": "tep/bang.xlsx"}],
}
STATUS_SPEC = """\
kind: status
from: {organ_id: 000.00.05.H24, organ_name: Sở Nội vụ}
response_for:
  organ_id: 000.00.00.H24
  code: 7/UBND-VP
  promulgation_date: 2026/01/20
  document_id: "000.00.00.H24,2026/01/20,7/UBND-VP"
staff_info: {staff: Trần Thị Bình}
status_code: 01
timestamp: 2026/01/20 09:00:00
"""


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (tmp_path / "tep").mkdir()
    (tmp_path / "cong-van.pdf").write_bytes(b"%PDF-1.7 mau")
    (tmp_path / "tep/bang.xlsx").write_bytes(b"bang tinh mau")

    def _spec(text: str | None = None, **changes: object) -> Path:
        path = tmp_path / "goi.yaml"
        path.write_text(text or yaml.safe_dump({**SPEC, **changes}, allow_unicode=True), encoding="utf-8")
        return path

    return _spec


def read(path: Path) -> DocumentPackage | StatusPackage:
    with path.open("rb") as stream:
        result = read_package(stream)
    assert not result.refused
    assert result.package is not None
    return result.package


def test_build_and_extract_give_the_files_back(run: Run, spec: Spec, tmp_path: Path) -> None:
    code, out, _ = run("build", spec(), "goi.edxml")
    package = read(tmp_path / "goi.edxml")

    assert code == 0
    assert "goi.edxml" in out
    assert isinstance(package, DocumentPackage)
    assert package.header.code.number == "007"
    assert package.header.subject == "V/v thử <dựng> gói & kiểm tra"
    assert [one.content_type for one in package.attachments] == ["application/pdf", "application/zip"]
    assert [line.attachment_name for line in package.manifest] == ["cong-van.pdf", "bang.xlsx"]

    assert run("extract", "goi.edxml", "ra/day")[0] == 0
    assert (tmp_path / "ra/day/cong-van.pdf").read_bytes() == b"%PDF-1.7 mau"
    assert (tmp_path / "ra/day/bang.xlsx").read_bytes() == b"bang tinh mau"


def test_build_twice_gives_the_same_bytes(run: Run, spec: Spec, tmp_path: Path) -> None:
    run("build", spec(), "a.edxml")
    run("build", spec(), "b.edxml")

    assert (tmp_path / "a.edxml").read_bytes() == (tmp_path / "b.edxml").read_bytes()


def test_build_a_status_keeps_its_code_as_text(run: Run, spec: Spec, tmp_path: Path) -> None:
    assert run("build", spec(STATUS_SPEC), "bao.edxml")[0] == 0

    package = read(tmp_path / "bao.edxml")
    assert isinstance(package, StatusPackage)
    assert package.status_code == "01"
    assert package.staff_info is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [", "LT-E11"),
        ("- a\n- b\n", "LT-E13"),
        ("", "LT-E13"),
        ("kind: thu\n", "kind: phải là document"),
        ("kind: status\nfrm: {}\n", "frm: không có khóa này; ý bạn là “from”?"),
        ("kind: status\nstatus_code: '01'\nstatus_code: '02'\n", "status_code: khóa này có hai lần"),
        ("kind: status\nfrom: [1]\n", "goi.yaml:2: from: phải là nhóm"),
        ("kind: document\nheader: {to: {organ_id: A}}\n", "header.to: phải là danh sách"),
        ("kind: document\nheader: {subject: {a: b}}\n", "header.subject: phải là một giá trị"),
        ("kind: document\nattachments: [{description: a}]\n", "attachments[0].path: thiếu đường dẫn"),
        ("kind: document\nattachments:\n- path: khong-co.pdf\n", "goi.yaml:3: attachments[0].path: không tìm thấy tệp"),
        ("kind: document\nheader: &a {to: *a}\n", "header.to: phải là danh sách"),
        ("kind: document\nheader:\n  subject: x\n", "goi.yaml:3: header.from.organ_id: Thiếu mã định danh"),
        ("kind: status\nstatus_code: '01'\n", "response_for.document_id: Thiếu mã định danh"),
    ],
)
def test_a_faulty_spec_is_explained_and_nothing_is_written(
    run: Run, spec: Spec, tmp_path: Path, text: str, expected: str
) -> None:
    path = spec(text or "# rỗng\n")
    before = sorted(tmp_path.rglob("*"))

    code, _, err = run("build", path, "ra.edxml")

    assert code == 1
    assert expected in err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_spec_that_is_not_utf8_is_explained(run: Run, tmp_path: Path) -> None:
    (tmp_path / "goi.yaml").write_bytes("kind: status # Số".encode("utf-16"))

    code, _, err = run("build", "goi.yaml", "ra.edxml")

    assert (code, err[:6]) == (1, "LT-E11")


def test_aliases_cannot_make_a_small_spec_huge(run: Run, spec: Spec) -> None:
    text = "kind: document\nheader:\n  to:\n  - &a {organ_id: A}\n" + "  - *a\n" * 20_000

    code, _, err = run("build", spec(text), "ra.edxml")

    assert code == 1
    assert "header.to: tệp có quá 20000 giá trị" in err


def test_data_that_receivers_would_lose_is_found_before_the_file_is_named(run: Run, spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "goi.zip").write_bytes(b"khong phai zip")

    code, _, err = run("build", spec(attachments=[{"path": "goi.zip"}]), "ra.edxml")

    assert code == 1
    assert "attachment.not_zip" in err
    assert not (tmp_path / "ra.edxml").exists()


def test_build_overwrites_only_when_told(run: Run, spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "goi.edxml").write_text("cũ", encoding="utf-8")

    code, _, err = run("build", spec(), "goi.edxml")
    assert (code, err[:6]) == (2, "LT-E04")
    assert (tmp_path / "goi.edxml").read_text(encoding="utf-8") == "cũ"

    assert run("build", spec(), "goi.edxml", "--force")[0] == 0
    assert read(tmp_path / "goi.edxml")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [("khong-co.yaml", "a.edxml", "LT-E01"), ("tep", "a.edxml", "LT-E02"), ("goi.yaml", "khong/a.edxml", "LT-E01")],
)
def test_build_names_files_it_cannot_use(run: Run, spec: Spec, source: str, target: str, expected: str) -> None:
    spec()

    code, _, err = run("build", source, target)

    assert (code, err[:6]) == (2, expected)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("MessageHeader/To[2]/OrganizationInCharge", "header.to[1].organization_in_charge"),
        ("MessageHeader/Code/CodeNotation", "header.code.notation"),
        ("MessageHeader/PromulgationInfo/Place", "header.promulgation_info.place"),
        ("MessageHeader/ToPlaces/Place[3]", "header.to_places[2]"),
        ("MessageHeader/OtherInfo/Appendixes/Appendix[1]", "header.other_info.appendixes[0]"),
        ("TraceHeaderList/@version", "trace.version"),
        ("TraceHeaderList/TraceHeader[1]/Timestamp", "trace.traces[0].timestamp"),
        ("TraceHeaderList/Bussiness/BussinessDocReason", "trace.bussiness.reason"),
        (
            "TraceHeaderList/Bussiness/ReplacementInfoList/ReplacementInfo[1]/OrganIdList",
            "trace.bussiness.replacements[0].organ_ids",
        ),
        ("AttachmentEncoded/Attachment[2]/ContentTransferEncoded", "attachments[1].path"),
        ("edXMLManifest/Reference[1]/AttachmentName", "attachments[0].attachment_name"),
    ],
)
def test_findings_point_into_the_spec(path: str, place: str) -> None:
    assert place_of(path, status=False) == place


def test_a_package_can_be_signed_as_it_is_built(run: Run, spec: Spec, tmp_path: Path) -> None:
    body, out = cast().body, tmp_path / "goi.edxml"
    key = tmp_path / "khoa.pem"
    key.write_bytes(body.key_pem + body.pem)
    code, told, _ = run("build", spec(), out, "--sign", key)
    assert (code, "Đã tạo" in told) == (0, True)
    with out.open("rb") as stream:
        result = read_package(stream)
        assert isinstance(result.package, DocumentPackage)
        assert result.sha256.hex() in told
        assert verify_package(stream, result.package).state is SignatureState.INTACT


@pytest.mark.parametrize("without", ["key", "certificate"])
def test_a_key_file_that_cannot_sign_writes_nothing(run: Run, spec: Spec, tmp_path: Path, without: str) -> None:
    body, key = cast().body, tmp_path / "khoa.pem"
    key.write_bytes(body.pem if without == "key" else body.key_pem + cast().hoa.pem)
    code, _, err = run("build", spec(), tmp_path / "goi.edxml", "--sign", key)
    assert (code, "LT-E07" in err) == (2, True)
    assert not (tmp_path / "goi.edxml").exists()


def test_a_status_package_is_not_signed(run: Run, spec: Spec, tmp_path: Path) -> None:
    key = tmp_path / "khoa.pem"
    key.write_bytes(cast().body.key_pem + cast().body.pem)
    code, _, err = run("build", spec(STATUS_SPEC), tmp_path / "goi.edxml", "--sign", key)
    assert (code, "LT-E08" in err) == (1, True)
    assert not (tmp_path / "goi.edxml").exists()
