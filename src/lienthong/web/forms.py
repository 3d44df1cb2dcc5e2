"""What several forms share."""

from __future__ import annotations

from django import forms

from lienthong.accounts.errors import AccountError

DAY_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    """A day, typed or pasted as dd/mm/yyyy: the browser's own picker would speak its own language."""
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"inputmode": "numeric", "placeholder": "ngày/tháng/năm", "autocomplete": "off"}
    )
    wrong = {"invalid": "Ngày không đúng. Ghi ngày/tháng/năm, ví dụ 05/09/2026."}
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=widget, input_formats=DAY_FORMATS, error_messages=wrong
    )


def tell(form: forms.Form, error: AccountError) -> None:
    """Put a service's refusal where it belongs in the form."""
    place = error.field if error.field in form.fields else None
    form.add_error(place, f"{error.message} {error.next_step}")
