"""Django application configuration."""

from django.apps import AppConfig


class WebhookConfig(AppConfig):
    name = "lienthong.gateways.webhook"
    label = "webhook"
