"""The first page, and the choice of where to act."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lienthong.web import errors, navigation
from lienthong.web.pages import SEAT, PageRequest, page


@csrf_exempt  # it changes nothing, and a program is to learn that its address is wrong, not its form
def home(request: HttpRequest) -> HttpResponseBase:
    """The address without a path: for browsers only, as a mistyped client of the national SDK calls it too."""
    if not errors.wants_page(request):
        raise Http404
    return first_place(request)


@page()
def first_place(request: PageRequest) -> HttpResponse:
    """To the first place this person has."""
    places = navigation.places_of(request.actor)
    return redirect(places[0].url if places else "me")


@require_POST
@page()
def choose_seat(request: PageRequest) -> HttpResponse:
    """Act in another agency, or for somebody else, from here on."""
    seat = next((seat for seat in request.seats if seat.key == request.POST.get("seat")), None)
    if seat is None:
        messages.error(request, "Vị trí này không còn hiệu lực. Hãy chọn vị trí khác.")
    else:
        request.session[SEAT] = seat.key
        messages.success(request, f"Bạn đang làm việc tại {seat.agency_name} ({seat.label}).")
    return redirect("home")
