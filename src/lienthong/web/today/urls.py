"""Address of the day's work."""

from __future__ import annotations

from django.urls import path

from lienthong.web.today import views

urlpatterns = [path("", views.today, name="today")]
