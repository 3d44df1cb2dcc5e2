"""Forms of incoming documents. What is allowed is decided by the services; here is only what people type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from edxml102.codes import DOCUMENT_TYPES, Priority
from lienthong.common import clock
from lienthong.records.acting import REASON_LIMIT
from lienthong.records.facts import DocumentFacts
from lienthong.records.models import Book
from lienthong.web.forms import DAY_LIMITS, WRONG_DAY

_DAYS = ["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d"]


def day_field(label: str, *, required: bool = False, **options: Any) -> forms.DateField:
    """A day as people write it."""
    widget = forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": "ngày/tháng/năm", "autocomplete": "off"})
    return forms.DateField(
        label=label,
        required=required,
        input_formats=_DAYS,
        widget=widget,
        error_messages={"invalid": WRONG_DAY},
        validators=DAY_LIMITS,
        **options,
    )


class RegisterForm(forms.Form):
    """The strip under the document: book and note; number and day are shown, not typed."""

    book = forms.TypedChoiceField(label="Sổ", coerce=int)
    note = forms.CharField(label="Ghi chú", required=False, max_length=REASON_LIMIT)

    def __init__(self, *args: Any, books: Sequence[Book], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["book"]
        choice.choices = [(book.pk, book.name) for book in books if book.is_active]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Lý do",
        max_length=REASON_LIMIT,
        help_text="Bên gửi sẽ đọc được.",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class ResultForm(forms.Form):
    """How it ended."""

    result = forms.CharField(
        label="Kết quả xử lý",
        required=False,
        max_length=REASON_LIMIT,
        help_text="Gửi kèm báo cáo hoàn thành cho bên gửi.",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class AssignForm(forms.Form):
    """A leader's note."""

    officers = forms.TypedMultipleChoiceField(
        label="Người xử lý", coerce=int, widget=forms.CheckboxSelectMultiple, help_text="Người đầu tiên chủ trì."
    )
    text = forms.CharField(
        label="Bút phê", required=False, max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_date = day_field("Hạn xử lý")

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officers"].choices = list(people)  # type: ignore[attr-defined]


class ForwardForm(forms.Form):
    """To which units below."""

    units = forms.TypedMultipleChoiceField(label="Đơn vị", coerce=int, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label="Nội dung chuyển", required=False, max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = list(units)  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """A document that came on paper."""

    from_name = forms.CharField(label="Cơ quan, người gửi", max_length=200)
    number = forms.CharField(label="Số", required=False, max_length=11)
    notation = forms.CharField(label="Ký hiệu", required=False, max_length=30)
    promulgation_date = day_field("Ngày ban hành")
    type_name = forms.ChoiceField(label="Loại văn bản", required=False)
    subject = forms.CharField(label="Trích yếu", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    priority = forms.TypedChoiceField(
        label="Độ khẩn", coerce=int, choices=[(one.rank, one.label) for one in Priority], initial=0
    )
    due_date = day_field("Hạn trả lời")
    page_amount = forms.CharField(label="Số trang", required=False, max_length=3)
    arrival_date = day_field("Ngày đến", required=True)
    book = forms.TypedChoiceField(label="Sổ", coerce=int)
    note = forms.CharField(label="Ghi chú", required=False, max_length=REASON_LIMIT)
    anyway = forms.BooleanField(label="Đã kiểm tra, vẫn vào sổ", required=False)

    def __init__(self, *args: Any, books: Sequence[Book], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys(DOCUMENT_TYPES.values())
        self.fields["type_name"].choices = [("", "Chọn loại"), *((name, name) for name in names)]  # type: ignore[attr-defined]
        choice = self.fields["book"]
        choice.choices = [(book.pk, book.name) for book in books if book.is_active]  # type: ignore[attr-defined]
        self.fields["arrival_date"].initial = clock.today()

    def facts(self) -> DocumentFacts:
        """What was typed, as the service wants it."""
        names = (
            "from_name", "number", "notation", "promulgation_date", "type_name", "subject", "priority", "due_date",
            "page_amount",
        )  # fmt: skip
        return DocumentFacts(**{name: self.cleaned_data[name] for name in names})


class FilterForm(forms.Form):
    """What narrows the list; it keeps itself in the address."""

    co_quan = forms.CharField(label="Mã cơ quan ban hành", required=False, max_length=35)
    loai = forms.CharField(label="Loại văn bản", required=False, max_length=100)
    tu = day_field("Đến từ ngày")
    den = day_field("Đến hết ngày")
    chua_doc = forms.BooleanField(label="Chỉ văn bản chưa đọc", required=False)
