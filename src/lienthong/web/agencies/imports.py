"""Taking a directory file in: looked at first, then written, all rows or none."""

from __future__ import annotations

import time
import uuid
from datetime import date
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.accounts.policies import AxisAct
from lienthong.common import clock
from lienthong.registry.directory_file import import_directory
from lienthong.registry.directory_file.importing import ImportReport
from lienthong.registry.errors import RegistryError
from lienthong.web.pages import PageRequest, axis, page

_LARGEST = 20 * 1024 * 1024
_KEPT_SECONDS = 3600
_SALT = "agencies-import"


class ImportForm(forms.Form):
    """A file, and the day from which its changes hold."""

    file = forms.FileField(label="Tệp danh bạ", help_text="Tệp .csv (UTF-8) hoặc .xlsx, tối đa 20 MB.")
    valid_from = forms.DateField(label="Có hiệu lực từ ngày", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
                                 widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip

    def clean_file(self):  # type: ignore[no-untyped-def]
        file = self.cleaned_data["file"]
        if file.size > _LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 20 MB. Tách thành nhiều tệp.")
        if Path(file.name).suffix.lower() not in (".csv", ".xlsx"):
            raise forms.ValidationError("Chỉ nhận tệp .csv hoặc .xlsx.")
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@page(axis(AxisAct.REGISTRY))
def take_in(request: PageRequest) -> HttpResponse:
    """First what would happen, then, when it is confirmed, the import of the very same file."""
    if request.method == "POST" and "xac-nhan" in request.POST:
        return _apply(request)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"valid_from": clock.today()})
    told: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        path, day = _keep(form.cleaned_data["file"]), form.cleaned_data["valid_from"]
        try:
            told["report"] = import_directory(path, valid_from=day, dry_run=True)
            told["token"] = signing.dumps([path.name, day.isoformat()], salt=_SALT)
            told["file_name"], told["day"] = form.cleaned_data["file"].name, day
        except RegistryError as error:
            form.add_error("file", f"{error.message} {error.next_step}")
    refused = form.is_bound and (bool(form.errors) or bool(getattr(told.get("report"), "errors", ())))
    return render(request, "agencies/import.html", told, status=422 if refused else 200)


def _apply(request: PageRequest) -> HttpResponse:
    try:
        name, day = signing.loads(request.POST["xac-nhan"], salt=_SALT, max_age=_KEPT_SECONDS)
        path = _folder() / name
        report = import_directory(path, valid_from=date.fromisoformat(day))
    except (signing.BadSignature, OSError):
        messages.error(request, "Bản xem trước đã quá một giờ. Chọn lại tệp để xem trước rồi nhập.")
        return redirect("agencies-import")
    except RegistryError as error:
        messages.error(request, f"{error.message} {error.next_step}")
        return redirect("agencies-import")
    path.unlink(missing_ok=True)
    if report.errors:
        messages.error(request, "Danh bạ đã thay đổi từ lúc xem trước nên tệp không còn nhập được. Xem trước lại.")
        return redirect("agencies-import")
    messages.success(request, f"Đã nhập danh bạ: {told_of(report)}.")
    return redirect("agencies")


def told_of(report: ImportReport) -> str:
    """What changes, in words."""
    parts = [(report.created, "cơ quan mới"), (report.renamed, "đổi tên"), (report.moved, "chuyển cấp"),
             (report.codes_added, "mã mới"), (report.codes_closed, "mã đóng"),
             (report.contacts, "liên hệ")]  # fmt: skip
    return ", ".join(f"{count} {what}" for count, what in parts if count) or "không có gì thay đổi"


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(file) -> Path:  # type: ignore[no-untyped-def]
    """The file under a name of ours until it is confirmed; older ones are forgotten."""
    folder = _folder()
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
            old.unlink(missing_ok=True)
    path = folder / f"{uuid.uuid4().hex}{Path(file.name).suffix.lower()}"
    with path.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return path
