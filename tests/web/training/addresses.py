"""The addresses of an instance made for training, as ``web/urls.py`` has them there."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from lienthong.config import urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("tap-huan/", include("lienthong.web.training.urls")),
    *urls.urlpatterns,
]
handler404 = urls.handler404
