"""Django application of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lienthong.web"
    label = "web"

    def ready(self) -> None:
        """An error says what to do, in the words of the office."""
        from django.forms import Field  # noqa: PLC0415 - settings first

        Field.default_error_messages["required"] = "Hãy điền mục này."
