"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency
from lienthong.registry.selectors import agency_by_code


class PositionForm(forms.Form):
    """A role, and for those who manage the whole axis where."""

    role = forms.ChoiceField(label="Vai trò")
    agency = forms.CharField(
        label="Mã định danh cơ quan", required=False, max_length=64, help_text="Để trống với vai trò của trục."
    )
    title = forms.CharField(label="Chức vụ", required=False, max_length=200, help_text="Như in trên văn bản.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        offered = [role for role in Role if actor.agency_id is None or not role.is_of_axis]
        role: Any = self.fields["role"]
        role.choices = [("", "Chọn vai trò"), *((role.value, role.label) for role in offered)]
        if actor.agency_id is not None:
            del self.fields["agency"]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_agency(self) -> Agency | None:
        code = self.cleaned_data["agency"].strip()
        if not code:
            return None
        try:
            return agency_by_code(code)
        except RegistryError as error:
            raise forms.ValidationError(error.message) from error

    def place(self) -> Agency | None:
        """The agency chosen, or the one where the actor manages people."""
        if self._actor.agency_id is None:
            found: Agency | None = self.cleaned_data["agency"]
            return found
        return Agency.objects.get(pk=self._actor.agency_id)


class DataForm(forms.Form):
    """Who somebody is."""

    full_name = forms.CharField(label="Họ và tên", max_length=200)
    email = forms.EmailField(label="Thư điện tử công vụ", required=False)
    phone = forms.CharField(label="Điện thoại", required=False, max_length=50)


class NewPersonForm(DataForm, PositionForm):
    """A new account with its first role."""

    username = forms.CharField(
        label="Tên đăng nhập", max_length=64, help_text="Chữ thường không dấu, số, dấu chấm; ví dụ hanh.vt"
    )
    field_order = ("full_name", "username", "role", "agency", "title", "email", "phone")
