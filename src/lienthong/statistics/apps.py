"""Django application of the figures."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "lienthong.statistics"
    label = "statistics"
