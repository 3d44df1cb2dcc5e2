"""Addresses of the registers."""

from __future__ import annotations

from django.urls import path

from lienthong.web.registers import views

urlpatterns = [
    path("", views.index, name="registers"),
    path("mo-so/", views.open_new, name="registers-open"),
    path("<int:pk>/", views.book, name="registers-book"),
    path("<int:pk>/xlsx/", views.spreadsheet, name="registers-xlsx"),
    path("<int:pk>/in/", views.print_out, name="registers-print"),
    path("<int:pk>/dong/", views.close, name="registers-close"),
]
