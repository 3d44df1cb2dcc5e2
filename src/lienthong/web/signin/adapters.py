"""How allauth is bent to our ways: nobody signs up, its words are Vietnamese, its secrets are encrypted."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from lienthong.accounts.models import User
from lienthong.common.addresses import address_behind
from lienthong.registry import vault

_BOUND = "second-factor"


def client_address(request: HttpRequest) -> str:
    """The address that lock-outs and sessions are kept by."""
    return address_behind(request.META)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Tài khoản này đã ngừng sử dụng. Liên hệ quản trị của cơ quan.",
        "enter_current_password": "Hãy nhập đúng mật khẩu hiện tại.",
        "incorrect_code": "Mã không đúng hoặc đã hết hạn. Hãy nhập mã đang hiện trên ứng dụng.",
        "incorrect_password": "Mật khẩu không đúng.",
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng. Xem phím Caps Lock và bộ gõ tiếng Việt.",
        "too_many_login_attempts": "Bạn đã thử quá nhiều lần. Hãy đợi vài phút rồi thử lại.",
        "rate_limited": "Bạn đã thử quá nhiều lần. Hãy đợi vài phút rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: allauth's messages are English, and its pages here tell for themselves what happened."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Always by password: what protects the second factor is not the second factor."""
        if not user.is_authenticated or not user.has_usable_password():
            return []
        return [{"id": "reauthenticate", "description": "Mật khẩu", "url": reverse("account_reauthenticate")}]


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors. Their secrets are kept encrypted with the master key, like those of systems."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "Không tắt được lớp xác thực này.",
    }

    def encrypt(self, text: str) -> str:
        made = vault.encrypt(text, bound_to=_BOUND, may_create_key=not vault_in_use())
        return f"{made.key_id}:{base64.b64encode(made.ciphertext).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, _, ciphertext = encrypted_text.partition(":")
        return vault.decrypt(vault.Encrypted(key_id, base64.b64decode(ciphertext)), bound_to=_BOUND)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        return "Khóa bảo mật"


def vault_in_use() -> bool:
    """Whether something is encrypted already, so that a missing master key is a loss and no first start."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - models

    from lienthong.registry.models import Credential  # noqa: PLC0415

    return Credential.objects.exists() or Authenticator.objects.exists()


class CityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The city's single sign-on opens accounts that exist here under the same user name; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        name = str(sociallogin.account.extra_data.get("preferred_username", ""))
        user = User.objects.filter(username__iexact=name, is_active=True).first() if name else None
        if user is None:
            told = {
                "title": "Chưa có tài khoản ở đây",
                "text": "Thành phố đã xác nhận bạn, nhưng bạn chưa được cấp tài khoản trên trục liên thông.",
                "advice": "Nhờ quản trị của cơ quan tạo tài khoản với đúng tên đăng nhập của thành phố.",
            }
            raise ImmediateHttpResponse(render(request, "errors/error.html", told, status=403))
        sociallogin.connect(request, user)
