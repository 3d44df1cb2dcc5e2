"""``lienthong edxml``: look into packages, take them apart, build and check them. Needs no database.

Exit codes: 0 fine, 1 the package is at fault, 2 a file cannot be used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer

from edxml102 import rules
from edxml102.errors import EdxmlError, Finding, Severity, has_errors
from edxml102.model import Attachment, DocumentPackage, Package
from edxml102.reader import ReadResult, read_package
from edxml102.writer import Content, Written, manifest_of, write_package
from edxml102.ziprule import entry_stem, wrap
from lienthong.cli import edxml_views as views
from lienthong.cli.edxml_files import Scratch, extract, name_of, scratch, unused_name
from lienthong.cli.edxml_signing import SigningKey, load_key, sign_draft
from lienthong.cli.edxml_spec import Problem, Spec, SpecError, load_spec
from lienthong.cli.vietnamese import COMMANDS, Command, Group
from lienthong.common import clock
from lienthong.common.text import grouped

app = typer.Typer(
    cls=Group,
    help="Xem, kiểm tra, tách và dựng gói tin edXML (QCVN 102:2016).",
    no_args_is_help=True,
    add_completion=False,
)

_AT_FAULT, _UNUSABLE = 1, 2

File = Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp gói tin .edxml.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Cho phép ghi đè tệp đã có.")]


@app.command(
    "inspect", cls=Command, rich_help_panel=COMMANDS, help="Xem một gói tin: phần đầu, tệp đính kèm và nhận xét."
)
def inspect_command(file: File, as_json: Json = False) -> None:
    with _usable(file) as stream:
        result = read_package(stream)
    findings = _all_findings(result, rules.Mode.ACCEPT)
    if as_json:
        _print_json(views.json_of(str(file), result, findings))
    else:
        views.console().print(views.tree_of(file.name, result, findings))
    raise typer.Exit(0 if result.package else _AT_FAULT)


@app.command(
    "validate",
    cls=Command,
    rich_help_panel=COMMANDS,
    help="Kiểm tra gói tin theo quy chuẩn; mã thoát 1 nếu có lỗi, 2 nếu không đọc được tệp.",
)
def validate_command(
    files: Annotated[list[Path], typer.Argument(metavar="TỆP...", help="Các tệp gói tin .edxml.")],
    mode: Annotated[
        rules.Mode, typer.Option(metavar="accept|emit", help="accept: như khi nhận; emit: như khi phát hành.")
    ] = rules.Mode.ACCEPT,
    as_json: Json = False,
) -> None:
    reports: list[tuple[Path, tuple[Finding, ...]]] = []
    code = 0
    for file in files:
        try:
            with _usable(file) as stream:
                findings = _all_findings(read_package(stream), mode)
        except typer.Exit as exit_:
            code = exit_.exit_code
            continue
        reports.append((file, findings))
        code = max(code, _AT_FAULT if has_errors(findings) else 0)
    _print_reports(reports, as_json=as_json)
    raise typer.Exit(code)


@app.command("extract", cls=Command, rich_help_panel=COMMANDS, help="Tách các tệp đính kèm của gói tin ra thư mục.")
def extract_command(
    file: File,
    folder: Annotated[Path, typer.Argument(metavar="THƯ_MỤC", help="Nơi đặt các tệp; được tạo nếu chưa có.")],
    raw: Annotated[
        bool, typer.Option("--raw", help="Giữ nguyên như trong gói, không giải nén theo quy tắc zip.")
    ] = False,
    force: Force = False,
) -> None:
    with _usable(file) as stream:
        package = read_package(stream).package
        attachments = package.attachments if isinstance(package, DocumentPackage) else ()
        if not attachments:
            _give_up("LT-E05", f"Gói “{file}” không có tệp đính kèm nào đọc được.", _AT_FAULT)
        with _file_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        extraction = _Extraction(stream, folder, raw=raw, force=force)
        done = [extraction.take(attachment, n) for n, attachment in enumerate(attachments, 1)]
    raise typer.Exit(0 if all(done) else _AT_FAULT)


@app.command(
    "build", cls=Command, rich_help_panel=COMMANDS, help="Dựng gói tin từ tệp mô tả YAML; không ghi gì nếu có lỗi."
)
def build_command(
    spec_file: Annotated[Path, typer.Argument(metavar="MÔ_TẢ.yaml", help="Tệp mô tả gói tin.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="KẾT_QUẢ.edxml", help="Tệp gói tin sẽ tạo.", show_default=False)],
    force: Force = False,
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KHÓA.pem", help="Ký gói bằng khóa và chứng thư trong tệp PEM.")
    ] = None,
) -> None:
    signing = _signing_key(sign)
    with _file_errors(spec_file):
        _refuse_folder(spec_file)
        try:
            spec = load_spec(spec_file)
        except SpecError as error:
            _give_up_on_spec(spec_file, error.problems)
    _refuse_existing(out, force=force)
    with _file_errors(out), scratch(out.parent) as draft:
        written: Written | ReadResult = _build(spec_file, spec, draft)
        if signing is None:
            draft.become(out)
        else:
            written = _become_signed(draft, out, signing)
    typer.echo(f"Đã tạo {out} · {grouped(written.size)} byte · SHA-256 {written.sha256.hex()}")


# -- reading


def _all_findings(result: ReadResult, mode: rules.Mode) -> tuple[Finding, ...]:
    if result.package is None:
        return result.findings
    return result.findings + rules.check(result.package, mode=mode, today=clock.today())


def _print_reports(reports: list[tuple[Path, tuple[Finding, ...]]], *, as_json: bool) -> None:
    if as_json:
        _print_json(
            [
                {"file": str(file), "ok": not has_errors(findings), "findings": views.findings_json(findings)}
                for file, findings in reports
            ]
        )
        return
    rows = [(file.name, finding) for file, findings in reports for finding in findings]
    if rows:
        views.console().print(views.findings_table(rows))
    for file, findings in reports:
        counts = {severity: sum(item.severity is severity for item in findings) for severity in Severity}
        told = ", ".join(f"{count} {views.SEVERITIES[severity][0]}" for severity, count in counts.items())
        typer.echo(f"{views.clean(str(file))}: {'KHÔNG ĐẠT' if has_errors(findings) else 'ĐẠT'} ({told})")


class _Extraction:
    """Puts the attachments of one package into one folder."""

    def __init__(self, stream: BinaryIO, folder: Path, *, raw: bool, force: bool) -> None:
        self._stream = stream
        self._folder = folder
        self._raw = raw
        self._force = force
        self._taken: set[str] = set()

    def take(self, attachment: Attachment, n: int) -> bool:
        """Write the ``n``-th attachment; ``False`` when it could not be, and why has been said."""
        with _file_errors(self._folder), scratch(self._folder) as draft:
            try:
                entry = extract(self._stream, attachment, draft.file, raw=self._raw)
            except EdxmlError as error:
                _say("LT-E06", f"Không tách được tệp đính kèm thứ {n}: {views.clean(str(error))}")
                return False
            name = name_of(attachment, entry, raw=self._raw, default=f"tep-dinh-kem-{n}")
            target = self._folder / unused_name(name, self._taken)
            if target.exists() and not self._force:
                _say("LT-E04", f"Tệp “{target}” đã có. Thêm --force để ghi đè.")
                return False
            draft.become(target)
        typer.echo(str(target))
        return True


# -- building


def _build(spec_file: Path, spec: Spec, draft: Scratch) -> Written:
    with ExitStack() as open_files:
        package, contents = _packed(spec_file, spec, open_files)
        try:
            written = write_package(package, draft.file, contents, today=clock.today())
        except EdxmlError as error:
            _give_up_on_spec(spec_file, [spec.problem(item) for item in error.findings if _is_error(item)])
    draft.file.seek(0)
    # What receivers would refuse (zip data that is none, for one) shows only in the bytes.
    if problems := [spec.problem(item) for item in read_package(draft.file).findings if _is_error(item)]:
        _give_up_on_spec(spec_file, problems)
    return written


def _signing_key(file: Path | None) -> SigningKey | None:
    if file is None:
        return None
    with _file_errors(file):
        _refuse_folder(file)
        try:
            return load_key(file)
        except EdxmlError as error:
            _give_up("LT-E07", str(error))


def _become_signed(draft: Scratch, out: Path, signing: SigningKey) -> ReadResult:
    with scratch(out.parent) as signed:
        try:
            sign_draft(draft.file, signed.file, signing)
        except EdxmlError as error:
            _give_up("LT-E08", str(error), _AT_FAULT)
        signed.file.seek(0)
        result = read_package(signed.file)
        signed.become(out)
        return result


def _packed(spec_file: Path, spec: Spec, open_files: ExitStack) -> tuple[Package, dict[str, Content]]:
    """Apply the zip rule to every attachment and list them in the manifest."""
    if not isinstance(spec.package, DocumentPackage):
        return spec.package, {}
    _refuse_missing(spec_file, spec)
    attachments: list[Attachment] = []
    contents: dict[str, Content] = {}
    for n, wanted in enumerate(spec.attachments, 1):
        content_id = wanted.described.content_id or str(n)
        name = wanted.described.attachment_name or wanted.path.name
        wrapped = wrap(wanted.path, name, stem=entry_stem(spec.package.header.document_id, content_id))
        if not isinstance(wrapped.content, Path):
            open_files.enter_context(wrapped.content)
        contents[content_id] = wrapped.content
        attachments.append(
            replace(wanted.described, content_id=content_id, attachment_name=name, content_type=wrapped.content_type)
        )
    trace = replace(spec.package.trace, version=spec.package.trace.version or "1.0")
    package = replace(spec.package, trace=trace, attachments=tuple(attachments), manifest=manifest_of(attachments))
    return package, contents


def _refuse_missing(spec_file: Path, spec: Spec) -> None:
    problems = [
        Problem("LT-E14", wanted.place, spec.line_of(wanted.place), f"không tìm thấy tệp “{wanted.path}”.")
        for wanted in spec.attachments
        if not wanted.path.is_file()
    ]
    if problems:
        _give_up_on_spec(spec_file, problems)


def _give_up_on_spec(spec_file: Path, problems: list[Problem]) -> NoReturn:
    for problem in problems:
        where = f"{spec_file}:{problem.line}" if problem.line else str(spec_file)
        place = f"{problem.place}: " if problem.place else ""
        _say(problem.code, views.clean(f"{where}: {place}{problem.message}"))
    typer.echo("Chưa ghi gì. Hãy sửa các chỗ trên rồi chạy lại.", err=True)
    raise typer.Exit(_AT_FAULT)


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


# -- files and messages


@contextmanager
def _usable(file: Path) -> Iterator[BinaryIO]:
    """Open a package; a file that cannot be read ends the command with a numbered message."""
    with _file_errors(file):
        _refuse_folder(file)
        with file.open("rb") as stream:
            yield stream


@contextmanager
def _file_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        _give_up("LT-E01", f"Không tìm thấy “{file}”. Hãy kiểm tra đường dẫn.")
    except OSError as error:
        _give_up("LT-E03", f"Không đọc hoặc ghi được “{error.filename or file}”: {error.strerror}.")


def _refuse_folder(file: Path) -> None:
    if file.is_dir():
        _give_up("LT-E02", f"“{file}” là thư mục, cần một tệp.")


def _refuse_existing(file: Path, *, force: bool) -> None:
    _refuse_folder(file)
    if file.exists() and not force:
        _give_up("LT-E04", f"Tệp “{file}” đã có. Thêm --force để ghi đè.")


def _give_up(code: str, message: str, exit_code: int = _UNUSABLE) -> NoReturn:
    _say(code, message)
    raise typer.Exit(exit_code)


def _say(code: str, message: str) -> None:
    typer.echo(f"{code}: {message}", err=True)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
