"""Addresses of the help."""

from __future__ import annotations

from django.urls import path

from lienthong.web.help import views

urlpatterns = [
    path("", views.guide_index, name="help"),
    path("bat-dau/", views.tour, name="tour"),
    path("hinh/<slug:name>.png", views.image, name="help-image"),
    path("<slug:shelf>/<slug:slug>/", views.task, name="help-task"),
]
