"""The resources of a tiled log, and the keys that it is checked with."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from lienthong.gateways.log import views

urlpatterns: list[URLPattern] = [
    re_path(r"^checkpoint$", views.checkpoint, name="log-checkpoint"),
    re_path(r"^keys$", views.keys, name="log-keys"),
    re_path(r"^tile/(?P<path>.+)$", views.tile, name="log-tile"),
    re_path(r"", views.unknown),
]
