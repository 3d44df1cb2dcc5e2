"""Forms of one's own account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from lienthong.accounts import selectors
from lienthong.accounts.models import Position, User
from lienthong.web.forms import day_field


class PasswordForm(forms.Form):
    """A new password of one's own. The present one is asked for unless it was just given out by somebody else."""

    old = forms.CharField(
        label="Mật khẩu hiện tại", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="Mật khẩu mới",
        help_text="Từ 10 ký tự, không phải chuỗi số hay mật khẩu thường gặp. Một câu dễ nhớ là tốt nhất.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Nhập lại mật khẩu mới", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        if user.must_change_password:
            del self.fields["old"]

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self._user.check_password(old):
            raise forms.ValidationError("Mật khẩu hiện tại không đúng.")
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        if self._user.check_password(new):
            raise forms.ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.")
        validate_password(new, self._user)
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError("Hai lần nhập không giống nhau.")
        return again


class DelegationForm(forms.Form):
    """Which position, to whom, how long."""

    position = forms.ModelChoiceField(Position.objects.none(), label="Vai trò", empty_label=None)
    to_user = forms.ModelChoiceField(User.objects.none(), label="Ủy quyền cho", empty_label="Chọn đồng nghiệp")
    valid_from = day_field("Từ ngày")
    valid_to = day_field("Đến hết ngày")
    reason = forms.CharField(label="Lý do", required=False, max_length=500)

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": today, "valid_to": today + timedelta(days=7)}
        super().__init__(*args, **kwargs)
        mine = selectors.delegable_positions(user, today=today)
        places = set(mine.values_list("agency_id", flat=True))
        position: Any = self.fields["position"]
        to_user: Any = self.fields["to_user"]
        position.queryset, to_user.queryset = mine, selectors.colleagues_of(user.pk, agency_ids=places, today=today)
        position.label_from_instance = _position_label


def _position_label(position: Any) -> str:
    return f"{position.role_label}, {position.agency_name or selectors.AXIS_NAME}"
