"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

from lienthong.web.agencies import imports, reforms, views

urlpatterns = [
    path("", views.tree, name="agencies"),
    path("nhap/", imports.take_in, name="agencies-import"),
    path("sap-xep/", reforms.reforms, name="reforms"),
    path("sap-xep/thu/", reforms.preview, name="reform-preview"),
    path("sap-xep/thuc-hien/", reforms.apply, name="reform-apply"),
    path("sap-xep/<int:number>/hoan-tac/", reforms.undo, name="reform-undo"),
    path("<str:code>/", views.agency, name="agency"),
]
