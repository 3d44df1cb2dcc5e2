"""Addresses of the training ground; ``web/urls.py`` has them only in an instance made for training."""

from __future__ import annotations

from django.urls import path

from lienthong.web.training import views

urlpatterns = [
    path("", views.ground, name="training"),
    path("vao-vai/", views.enter, name="training-enter"),
    path("su-co/", views.incidents, name="training-incidents"),
    path("su-co/<slug:name>/", views.turn_incident, name="training-incident"),
    path("bai-tap/<slug:slug>/", views.exercise, name="training-exercise"),
    path("bai-tap/<slug:slug>/tien-do/", views.progress, name="training-progress"),
    path("bai-tap/<slug:slug>/bat-dau/", views.begin, name="training-begin"),
    path("bai-tap/<slug:slug>/tra-loi/", views.answer, name="training-answer"),
    path("lam-lai/", views.start_over, name="training-start-over"),
    path("lam-lai/tien-do/", views.starting_over, name="training-starting-over"),
]
