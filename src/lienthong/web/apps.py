"""Django application of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lienthong.web"
    label = "web"
