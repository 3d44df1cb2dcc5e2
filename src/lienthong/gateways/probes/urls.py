"""``/healthz``, ``/readyz`` and ``/metrics``."""

from django.urls import re_path

from lienthong.gateways.probes import views

urlpatterns = [
    re_path(r"^healthz$", views.healthz),
    re_path(r"^readyz$", views.readyz),
    re_path(r"^metrics$", views.metrics),
]
