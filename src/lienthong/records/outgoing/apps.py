"""Django application of outgoing documents."""

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "lienthong.records.outgoing"
    label = "outgoing"
