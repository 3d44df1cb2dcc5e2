"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from lienthong.web.statistics import views

urlpatterns = [
    path("", views.overview, name="statistics"),
    path("danh-sach/", views.listed, name="statistics-list"),
    path("bao-cao.xlsx", views.spreadsheet, name="statistics-xlsx"),
    path("bao-cao.pdf", views.pages, name="statistics-pdf"),
    path("cong-khai/", views.public, name="statistics-public"),
]
