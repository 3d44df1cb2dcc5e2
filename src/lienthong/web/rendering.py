"""Forms are rendered with our own templates."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Django's widgets; label, hint and error around them are ours."""

    field_template_name = "parts/field.html"

    def get_template(self, template_name: str):  # type: ignore[no-untyped-def]
        from django.template.loader import get_template  # noqa: PLC0415

        if template_name.startswith("parts/"):
            return get_template(template_name)
        return super().get_template(template_name)
