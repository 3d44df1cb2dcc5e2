"""Forms of the operator."""

from __future__ import annotations

from datetime import timedelta

from django import forms

from lienthong.common import clock
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, SystemKind
from lienthong.registry.selectors import agency_by_code

_KINDS = [(kind.value, kind.label) for kind in (SystemKind.PULL, SystemKind.DESK)]
OVERLAPS = {"0": "Ngay lập tức", "24": "Sau 1 ngày", "168": "Sau 7 ngày", "720": "Sau 30 ngày"}


class NewSystemForm(forms.Form):
    """A system that connects."""

    name = forms.CharField(label="Tên hệ thống", max_length=200)
    agencies = forms.CharField(
        label="Mã cơ quan được phục vụ", help_text="Mỗi mã một dòng.", widget=forms.Textarea(attrs={"rows": 3})
    )
    below = forms.BooleanField(label="Phục vụ cả các cơ quan trực thuộc", required=False)
    kind = forms.ChoiceField(label="Cách nhận gói tin", choices=_KINDS)
    system_id = forms.CharField(label="Mã hệ thống", max_length=64, required=False, help_text="Bỏ trống để tự đặt.")

    def clean_agencies(self) -> list[Agency]:
        found = []
        for code in self.cleaned_data["agencies"].split():
            try:
                found.append(agency_by_code(code))
            except RegistryError as error:
                raise forms.ValidationError(error.message) from None
        return found


class RotateForm(forms.Form):
    """Another secret, and for how long the present one goes on."""

    overlap = forms.ChoiceField(label="Khóa cũ hết hiệu lực", choices=list(OVERLAPS.items()), initial="168")
    label = forms.CharField(label="Nhãn", max_length=100, required=False)


class ReasonForm(forms.Form):
    """Why something is locked."""

    reason = forms.CharField(label="Lý do", max_length=500)


class MaintenanceForm(forms.Form):
    """Until when a system is away, and why."""

    hours = forms.IntegerField(label="Số giờ, kể từ bây giờ", min_value=1, max_value=24 * 30, initial=2)
    reason = forms.CharField(label="Lý do", max_length=500)

    @property
    def until(self):  # type: ignore[no-untyped-def]
        return clock.now() + timedelta(hours=self.cleaned_data["hours"])
