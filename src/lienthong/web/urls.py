"""Every page by its address. Paths are Vietnamese without diacritics; names are English and have no namespace."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lienthong.web import home
from lienthong.web.outbox import urls as outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("vi-tri/", home.choose_seat, name="choose-seat"),
    path("dang-nhap/", include("lienthong.web.signin.urls")),
    path("nguoi-dung/", include("lienthong.web.people.urls")),
    path("tai-khoan/", include("lienthong.web.me.urls")),
    path("soan/", include(outbox.compose_urls)),
    path("van-ban-di/", include("lienthong.web.outbox.urls")),
    path("viec-hom-nay/", include("lienthong.web.today.urls")),
    path("van-ban-den/", include("lienthong.web.inbox.urls")),
    path("so-van-ban/", include("lienthong.web.registers.urls")),
    path("tim-kiem/", include("lienthong.web.search.urls")),
    path("thong-ke/", include("lienthong.web.statistics.urls")),
    path("truc/", include("lienthong.web.axis.urls")),
    path("co-quan/", include("lienthong.web.agencies.urls")),
    path("tro-giup/giao-dien/", include("lienthong.web.gallery.urls")),
    path("tro-giup/", include("lienthong.web.help.urls")),
]

if settings.TRAINING:  # nowhere else may anybody sign in as anybody
    urlpatterns.append(path("tap-huan/", include("lienthong.web.training.urls")))
