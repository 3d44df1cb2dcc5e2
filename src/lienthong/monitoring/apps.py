"""Django application of health and alerts."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "lienthong.monitoring"
    label = "monitoring"
