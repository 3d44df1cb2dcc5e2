"""Django application configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "lienthong.ledger"
    label = "ledger"
