"""Addresses of the people's pages."""

from __future__ import annotations

from django.urls import path

from lienthong.web.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("moi/", views.new, name="person-new"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/sua/", views.change, name="person-change"),
    path("<int:pk>/vai-tro/", views.grant, name="person-grant"),
    path("<int:pk>/vai-tro/<int:position>/thoi/", views.end, name="person-end"),
    path("<int:pk>/mat-khau/", views.reset, name="person-reset"),
    path("<int:pk>/ngung/", views.close, name="person-close"),
    path("<int:pk>/mo-lai/", views.reopen, name="person-reopen"),
]
