"""Django application of the people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lienthong.accounts"
    label = "accounts"
