"""What several forms share."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from lienthong.accounts.errors import AccountError

DAY_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]
WRONG_DAY = "Ngày không đúng. Ghi ngày/tháng/năm, ví dụ 05/09/2026."
_OUT_OF_TIME = "Năm không đúng. Ghi ngày/tháng/năm, ví dụ 05/09/2026."
DAY_LIMITS = [MinValueValidator(date(1900, 1, 1), _OUT_OF_TIME), MaxValueValidator(date(2200, 12, 31), _OUT_OF_TIME)]
_MOST_DIGITS = 18  # of what fits into a bigint


def number_of(text: str) -> int:
    """A number out of an address, a header or a form field; 0 when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    """A day, typed or pasted as dd/mm/yyyy: the browser's own picker would speak its own language."""
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"inputmode": "numeric", "placeholder": "ngày/tháng/năm", "autocomplete": "off"}
    )
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=widget,
        input_formats=DAY_FORMATS,
        error_messages={"invalid": WRONG_DAY},
        validators=DAY_LIMITS,
    )


def tell(form: forms.Form, error: AccountError) -> None:
    """Put a service's refusal where it belongs in the form."""
    place = error.field if error.field in form.fields else None
    form.add_error(place, f"{error.message} {error.next_step}")
