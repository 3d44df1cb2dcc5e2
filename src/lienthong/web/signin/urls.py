"""Signing in and out. The names are allauth's, which finds its own pages by them."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as city
from django.urls import path

from lienthong.web.signin import views

urlpatterns = [
    path("", account.login, name="account_login"),
    path("ra/", account.logout, name="account_logout"),
    path("xac-nhan/", account.reauthenticate, name="account_reauthenticate"),
    path("ngung-su-dung/", account.account_inactive, name="account_inactive"),
    path("quen-mat-khau/", views.forgotten, name="account_reset_password"),
    path("xac-thuc/", mfa.authenticate, name="mfa_authenticate"),
    path("thanh-pho/<slug:provider_id>/", city.login, name="openid_connect_login"),
    path("thanh-pho/<slug:provider_id>/ve/", city.callback, name="openid_connect_callback"),
    path("thanh-pho-huy/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("thanh-pho-loi/", social.login_error, name="socialaccount_login_error"),
]
