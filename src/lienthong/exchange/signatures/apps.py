"""Django application configuration."""

from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "lienthong.exchange.signatures"
    label = "signatures"
