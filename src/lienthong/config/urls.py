"""Which gateway answers which path.

What matches nothing is answered by the national interface: a client whose endpoint is mistyped would take any page
that is not JSON for an empty inbox.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, re_path

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^log/", include("lienthong.gateways.log.urls")),
    re_path(r"^api/v1(?:/|$)", include("lienthong.gateways.rest_api.urls")),
    re_path(r"^vxp(?:/|$)", include("lienthong.gateways.vxp_api.urls")),
    re_path(r"^webhook/", include("lienthong.gateways.webhook.urls")),
    re_path(r"^", include("lienthong.gateways.probes.urls")),
]
handler400 = "lienthong.gateways.vxp_api.unknown.unreadable_request"
handler404 = "lienthong.gateways.vxp_api.unknown.unknown_call"
handler500 = "lienthong.gateways.vxp_api.unknown.internal_error"
