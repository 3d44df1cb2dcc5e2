"""Django application configuration."""

from django.apps import AppConfig


class GuardsConfig(AppConfig):
    name = "lienthong.exchange.guards"
    label = "guards"
