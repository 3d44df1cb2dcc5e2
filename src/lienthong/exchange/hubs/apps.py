"""Django application configuration."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "lienthong.exchange.hubs"
    label = "hubs"
