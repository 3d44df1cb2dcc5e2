"""Stored bytes on their way out, with the refusals of this interface."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from lienthong.common import downloads
from lienthong.common.downloads import Content, RangeError
from lienthong.gateways.rest_api.problems import ApiError, Fault


def download(request: HttpRequest, content: Content, *, name: str, content_type: str) -> HttpResponseBase:
    """The answer to one download, whole or in part.

    :raises ApiError: RANGE_WRONG
    """
    try:
        return downloads.download(request, content, name=name, content_type=content_type)
    except RangeError as error:
        raise ApiError(Fault.RANGE_WRONG, headers=error.headers) from None
