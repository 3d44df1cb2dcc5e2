"""The REST interface keeps rows of its own: answers to repeat, and uploads under way."""

from django.apps import AppConfig


class RestApiConfig(AppConfig):
    name = "lienthong.gateways.rest_api"
    label = "rest_api"
