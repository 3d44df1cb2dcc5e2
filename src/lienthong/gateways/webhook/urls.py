"""Paths under ``/webhook/``."""

from __future__ import annotations

from django.urls import path

from lienthong.gateways.webhook import views

urlpatterns = [path("packages/<str:system_id>/<str:delivery_id>", views.download)]
