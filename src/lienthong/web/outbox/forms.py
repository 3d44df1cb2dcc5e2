"""Forms of drafts and updates. A draft keeps what was typed, so nothing here is required; what is missing is told by
``records.outgoing.readiness``."""

from __future__ import annotations

from typing import Any

from django import forms

from edxml102.codes import DOCUMENT_TYPES, DocumentGroup, Priority
from lienthong.records.models import Book, Direction
from lienthong.records.outgoing.metadata import COMPETENCES, FIELD_NAMES, Metadata
from lienthong.records.outgoing.notation import type_code
from lienthong.web.forms import day_field


def type_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Types in their two groups, administrative first: nearly everything is."""
    groups = (DocumentGroup.ADMINISTRATIVE, DocumentGroup.NORMATIVE)
    return [
        (group.label, [(type_code(key), name) for key, name in DOCUMENT_TYPES.items() if key[0] is group])
        for group in groups
    ]


class MetadataForm(forms.Form):
    """The fields of a document."""

    use_required_attribute = False
    type_code = forms.ChoiceField(label="Loại văn bản")
    unit = forms.CharField(
        label="Đơn vị soạn thảo", strip=False, widget=forms.TextInput(attrs={"placeholder": "ký hiệu, ví dụ VX"})
    )
    issued_on = day_field("Ngày ban hành")
    subject = forms.CharField(label="Trích yếu", widget=forms.Textarea(attrs={"rows": 2}), strip=False)
    signer_name = forms.CharField(label="Người ký", strip=False, widget=forms.TextInput(attrs={"list": "signers"}))
    signer_position = forms.CharField(label="Chức vụ", strip=False)
    signer_competence = forms.ChoiceField(
        label="Thẩm quyền ký", choices=[(one, one or "Người đứng đầu ký") for one in COMPETENCES]
    )
    priority = forms.TypedChoiceField(
        label="Độ khẩn", coerce=int, choices=[(one.rank, one.label) for one in Priority], empty_value="0"
    )
    due_on = day_field("Hạn trả lời")
    place = forms.CharField(label="Địa danh", strip=False)
    subject_class = forms.CharField(label="Lĩnh vực", strip=False)
    to_places = forms.CharField(
        label="Nơi nhận ghi trên văn bản", help_text="Mỗi dòng một nơi.", strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    staff_department = forms.CharField(label="Đơn vị phụ trách", strip=False)
    staff_name = forms.CharField(label="Người phụ trách", strip=False)
    staff_mobile = forms.CharField(label="Điện thoại", strip=False)
    staff_email = forms.CharField(label="Thư điện tử", strip=False)
    sphere = forms.CharField(label="Phạm vi lưu hành", strip=False)
    page_amount = forms.IntegerField(label="Số trang", min_value=1, max_value=999)
    copies = forms.IntegerField(label="Số bản", min_value=1, max_value=999)

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_code"].choices = type_choices()  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.required = not self.is_bound  # for the label only: what is missing is told beside the form
        if fixed:
            for name in ("type_code", "unit", "issued_on"):
                self.fields[name].disabled = True

    def typed(self) -> dict[str, Any]:
        """What can be kept of what was typed."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if name in FIELD_NAMES and name in self.data}


class DraftForm(MetadataForm):
    """A draft: also the register it will stand in."""

    book = forms.ChoiceField(label="Sổ")

    def __init__(self, *args: Any, agency_id: int, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, fixed=fixed, **kwargs)
        books = Book.objects.filter(agency=agency_id, direction=Direction.OUTGOING, is_active=True).order_by("pk")
        choices = [(str(book.pk), book.name) for book in books] or [("", "Sổ văn bản đi")]
        self.fields["book"].choices = choices  # type: ignore[attr-defined]
        self.fields["book"].disabled = fixed

    def book_id(self) -> int | None:
        """The register that was chosen."""
        chosen = self.cleaned_data.get("book") if self.is_valid() else None
        return int(chosen) if chosen else None


def initial_of(metadata: Metadata, *, book_id: int | None = None) -> dict[str, Any]:
    """What the form shows."""
    return {**{name: getattr(metadata, name) for name in FIELD_NAMES}, "book": str(book_id or "")}
