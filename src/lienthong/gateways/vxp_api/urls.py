"""The calls by name. The SDK asks for ``//sendEdoc`` when its endpoint ends in a slash, so one more slash is let in."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from lienthong.gateways.vxp_api import agencies, documents, unknown
from lienthong.gateways.vxp_api.dispatch import DjangoView

CALLS: dict[str, DjangoView] = {
    "getAgenciesList": agencies.get_agencies_list,
    "getAgenciesListQD20": agencies.get_agencies_list_qd20,
    "getSynchronizeUnit": agencies.get_synchronize_unit,
    "registerAgency": agencies.register_agency,
    "deleteAgency": agencies.delete_agency,
    "sendEdoc": documents.send_edoc,
    "getReceivedEdocList": documents.get_received_edoc_list,
    "getEdoc": documents.get_edoc,
    "downloadEdoc": documents.download_edoc,
    "updateStatus": documents.update_status,
    "getSentEdocList": documents.get_sent_edoc_list,
    "countReceiveEdoc": documents.count_receive_edoc,
    "countReceiveStatus": documents.count_receive_status,
}

urlpatterns: list[URLPattern] = [
    *(re_path(rf"^/?{name}$", view, name=name) for name, view in CALLS.items()),
    re_path(r"", unknown.unknown_call),
]
