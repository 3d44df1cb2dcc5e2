"""One's own account. The names of second factors are allauth's."""

from __future__ import annotations

from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path

from lienthong.web.me import views

urlpatterns = [
    path("", views.me, name="me"),
    path("mat-khau/", views.password, name="my-password"),
    path("phien/dong/", views.end_session, name="my-session-end"),
    path("uy-quyen/", views.delegate, name="my-delegation-new"),
    path("uy-quyen/<int:pk>/thu-hoi/", views.revoke, name="my-delegation-revoke"),
    path("bao-mat/", views.me, name="mfa_index"),
    path("bao-mat/ung-dung/", totp.activate_totp, name="mfa_activate_totp"),
    path("bao-mat/ung-dung/tat/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("bao-mat/ma-du-phong/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("bao-mat/ma-du-phong/moi/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("bao-mat/ma-du-phong/tep/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("bao-mat/khoa/", views.me, name="mfa_list_webauthn"),
    path("bao-mat/khoa/them/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("bao-mat/khoa/<int:pk>/xoa/", keys.remove_webauthn, name="mfa_remove_webauthn"),
]
