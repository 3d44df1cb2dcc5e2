"""Addresses of incoming documents."""

from __future__ import annotations

from django.urls import path

from lienthong.web import navigation
from lienthong.web.inbox import acts, counters, downloads, paper, saved, views

navigation.COUNTERS["inbox"] = counters.waiting

urlpatterns = [
    path("", views.index, name="inbox"),
    path("so-luong/", views.counts, name="inbox-counts"),
    path("ban-giay/", paper.enter, name="inbox-paper"),
    path("nhieu/", acts.register_many, name="inbox-register-many"),
    path("bo-loc/", saved.save, name="inbox-save-view"),
    path("bo-loc/<int:pk>/bo/", saved.forget, name="inbox-forget-view"),
    path("<uuid:pk>/", views.document, name="inbox-document"),
    path("<uuid:pk>/phieu-trinh/", views.slip, name="inbox-slip"),
    path("<uuid:pk>/vao-so/", acts.register, name="inbox-register"),
    path("<uuid:pk>/tu-choi/", acts.refuse, name="inbox-refuse"),
    path("<uuid:pk>/phan-cong/", acts.assign, name="inbox-assign"),
    path("<uuid:pk>/bo-phan-cong/", acts.undo_assign, name="inbox-undo-assign"),
    path("<uuid:pk>/dang-xu-ly/", acts.start, name="inbox-start"),
    path("<uuid:pk>/hoan-thanh/", acts.finish, name="inbox-finish"),
    path("<uuid:pk>/chuyen-tiep/", acts.pass_on, name="inbox-forward"),
    path("<uuid:pk>/dong-y/", acts.agree, name="inbox-agree"),
    path("<uuid:pk>/khong-dong-y/", acts.decline, name="inbox-decline"),
    path("<uuid:pk>/tra-loi/", acts.reply, name="inbox-reply"),
    path("<uuid:pk>/chua-doc/", acts.unread, name="inbox-unread"),
    path("<uuid:pk>/tep/<int:place>/", downloads.attachment, name="inbox-file"),
    path("<uuid:pk>/tep/<int:place>/ben-trong/", downloads.archive, name="inbox-archive"),
    path("<uuid:pk>/goi-tin/", downloads.package, name="inbox-package"),
]
