"""Help: the user guide, searched and read."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lienthong.web.help import guide
from lienthong.web.pages import PageRequest, page


@require_safe
@page()
def guide_index(request: PageRequest) -> HttpResponse:
    """All tasks, one's own first; or those that ``q`` finds."""
    text = request.GET.get("q", "").strip()
    told = {"q": text, "hits": guide.search(text), "shelves": guide.shelves(request.actor.roles)}
    return render(request, "help/index.html", told)


@require_safe
@page()
def task(request: PageRequest, shelf: str, slug: str) -> HttpResponse:
    """One task."""
    found = guide.find(shelf, slug)
    if found is None:
        raise Http404
    return render(request, "help/task.html", {"task": found, "shelf": guide.shelf_title(shelf)})


@require_safe
@page()
def tour(request: PageRequest) -> HttpResponse:
    """What there is, for somebody who comes for the first time."""
    return render(request, "help/tour.html", {"shelves": guide.shelves(request.actor.roles)[:1]})


@require_safe
@page()
def image(request: PageRequest, name: str) -> HttpResponseBase:
    """A picture of the guide."""
    path = guide.IMAGES / f"{name}.png"
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response
