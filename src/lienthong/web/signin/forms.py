"""Forms of signing in, in our words. What is behind them is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        self.fields["login"].label = "Tên đăng nhập"
        self.fields["login"].widget.attrs = attributes
        self.fields["password"] = _password("Mật khẩu")


class AgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password("Mật khẩu của bạn", autofocus=True)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second factor when signing in."""

    code = forms.CharField(
        label="Mã xác thực",
        help_text="Sáu chữ số trên ứng dụng, hoặc một mã dự phòng.",
        widget=forms.TextInput(attrs=_CODE),
    )


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator."""

    code = forms.CharField(label="Mã trên ứng dụng", widget=forms.TextInput(attrs=_CODE))


class KeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A security key, or the finger or face this device knows."""

    name = forms.CharField(label="Đặt tên cho khóa", required=False, max_length=80)


def _password(label: str, **attributes: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password", **attributes})
    return forms.CharField(label=label, widget=widget, strip=False)
