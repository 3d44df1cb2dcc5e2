"""Django application configuration."""

from django.apps import AppConfig


class NationalConfig(AppConfig):
    name = "lienthong.gateways.national"
    label = "national"
