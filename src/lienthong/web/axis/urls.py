"""Addresses of the operator."""

from __future__ import annotations

from django.urls import path

from lienthong.web.axis import alerts, held, stuck, systems, trace, views

urlpatterns = [
    path("", views.overview, name="axis"),
    path("goi-can-xu-ly/", stuck.stuck, name="stuck"),
    path("goi-can-xu-ly/<uuid:delivery>/", stuck.act, name="stuck-act"),
    path("goi-bi-giu/", held.held, name="held"),
    path("goi-bi-giu/<uuid:package>/", held.decide, name="held-decide"),
    path("canh-bao/", alerts.alerts, name="alerts"),
    path("canh-bao/tat-nhac/<int:condition>/", alerts.mute, name="alert-mute"),
    path("canh-bao/nhac-lai/<int:condition>/", alerts.unmute, name="alert-unmute"),
    path("canh-bao/da-xem/<int:alert>/", alerts.acknowledge, name="alert-acknowledge"),
    path("he-thong/", systems.systems, name="systems"),
    path("he-thong/them/", systems.add, name="system-add"),
    path("he-thong/<str:system_id>/", systems.system, name="system"),
    path("he-thong/<str:system_id>/thu-ket-noi/", systems.test, name="system-test"),
    path("he-thong/<str:system_id>/khoa-moi/", systems.rotate, name="system-rotate"),
    path("he-thong/<str:system_id>/thu-hoi-khoa/", systems.revoke, name="system-revoke"),
    path("he-thong/<str:system_id>/khoa/", systems.lock, name="system-lock"),
    path("he-thong/<str:system_id>/bao-tri/", systems.maintain, name="system-maintain"),
    path("tra-cuu/", trace.search, name="trace"),
    path("tra-cuu/<uuid:document>/", trace.life, name="trace-life"),
]
