"""Which gateway answers which path; all others are pages (``config/errors.py`` answers what matches nothing)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, re_path

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^log/", include("lienthong.gateways.log.urls")),
    re_path(r"^api/v1(?:/|$)", include("lienthong.gateways.rest_api.urls")),
    re_path(r"^vxp(?:/|$)", include("lienthong.gateways.vxp_api.urls")),
    re_path(r"^webhook/", include("lienthong.gateways.webhook.urls")),
    re_path(r"^", include("lienthong.gateways.probes.urls")),
    re_path(r"", include("lienthong.web.urls")),
]
handler400 = "lienthong.config.errors.bad_request"
handler403 = "lienthong.config.errors.permission_denied"
handler404 = "lienthong.config.errors.not_found"
handler500 = "lienthong.config.errors.server_error"
