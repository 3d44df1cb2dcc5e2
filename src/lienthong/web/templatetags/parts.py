"""The pages' parts (docs/how-to/pages.md). Available in every template without loading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from edxml102.codes import Priority
from lienthong.common import clock
from lienthong.common.text import grouped
from lienthong.web import wording
from lienthong.web.assets import asset_url, icon_names

register = template.Library()

_TONES = {
    "neutral": "circle-dashed",
    "blue": "progress",
    "green": "circle-check",
    "orange": "alert-triangle",
    "red": "circle-x",
    "purple": "checks",
    "teal": "checks",
}


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file."""
    return asset_url(name)


@register.simple_tag
def asset_folder(name: str) -> str:
    """Address of a folder of built files, with a slash at its end."""
    return f"{settings.STATIC_URL}dist/{name}/"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite (``frontend/icons.txt``); read out only with a label."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"no icon {name!r}: add it to frontend/icons.txt and run make setup")
    told = flatatt({"role": "img", "aria-label": label} if label else {"aria-hidden": "true"})
    return format_html('<svg class="icon"{}><use href="{}#{}"></use></svg>', told, asset_url("icons.svg"), name)


@register.simple_tag
def badge(tone: str, label: str, icon_name: str = "") -> SafeString:
    """A state: word, icon and colour. Tones: neutral blue green orange red purple teal."""
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(icon_name or _TONES[tone]), label)


@register.simple_tag
def urgency(code: str | None) -> SafeString | str:
    """Mark of urgency by the code of table 4.2; nothing for ordinary documents, an unknown code as it came."""
    priority = Priority.known(code or "0")
    if priority is None:
        return format_html('<span class="urgency">{}</span>', code)
    if priority is Priority.ORDINARY:
        return ""
    marks, express = "▲" * min(priority.rank, 3), " express" if priority.rank >= 3 else ""
    return format_html(
        '<span class="urgency{}"><span aria-hidden="true">{}</span>{}</span>', express, marks, priority.label
    )


@register.simple_tag
def moment(at: datetime | None, verb: str = "") -> SafeString | str:
    """``đến 14:03, 2 phút trước``; the day too when it was not today. Goes on counting while the page is open."""
    if at is None:
        return ""
    now = clock.now()
    return format_html(
        '<time datetime="{}" title="{}">{}{}</time><span class="ago">'
        '<span class="comma">, </span><span data-ago="{}">{}</span></span>',
        at.isoformat(),
        wording.full(at),
        f"{verb} " if verb else "",
        wording.short(at, now),
        at.isoformat(),
        wording.ago(at, now),
    )


@register.simple_tag
def deadline(due: datetime | None, done_at: datetime | None = None) -> SafeString | str:
    """A clock where a legal limit runs: quiet, orange on the last day, red when late; afterwards how it ended."""
    if due is None:
        return ""
    told = wording.deadline(due, done_at, clock.now())
    return format_html(
        '<span class="clock {}" title="Hạn: {}">{}{}</span>', told.kind, wording.full(due), icon(told.icon), told.text
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """dd/mm/yyyy, in Vietnam."""
    if value is None:
        return ""
    return f"{clock.in_vietnam(value) if isinstance(value, datetime) else value:%d/%m/%Y}"


@register.filter
def minute(value: datetime | None) -> str:
    """dd/mm/yyyy hh:mm, in Vietnam."""
    return "" if value is None else f"{clock.in_vietnam(value):%d/%m/%Y %H:%M}"


@register.filter
def number(value: int | None) -> str:
    """12.480"""
    return "" if value is None else grouped(value)


@register.filter
def size(value: int | None) -> str:
    """Bytes in words: ``1,4 MB``."""
    return "" if value is None else wording.size(value)


@register.filter
def get(values: Mapping[str, Any], name: str) -> Any:
    """One value by its name, for names that templates cannot spell."""
    return values.get(name)


@register.filter
def initials(name: str) -> str:
    """Two letters for a face: the first of the family name and of the given name."""
    words = [word for word in name.split() if word[0].isalpha()] or name.split()  # "(mẫu)" is no part of it
    return "".join(word[0] for word in (words[0], words[-1]))[: len(words)].upper() if words else ""


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Label, control, hint and error of a form's field."""
    return bound.as_field_group()


@register.inclusion_tag("parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, each with a link to its field."""
    fields = [(form[name], told) for name, told in form.errors.items() if name != "__all__"]
    return {"general": form.non_field_errors(), "fields": fields, "any": bool(form.errors)}


@register.inclusion_tag("parts/tabs.html", takes_context=True)
def filter_tabs(context: RequestContext, tabs: Iterable[Any], label: str) -> dict[str, Any]:
    """Tabs with counts: objects with ``label``, ``url``, and if they like ``count``, ``tone``, ``current``."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("parts/sort.html", takes_context=True)
def sort_header(context: RequestContext, label: str, name: str, extra: str = "") -> dict[str, Any]:
    """A column's heading that sorts by ``?sap=name``, the other way round by ``?sap=-name``."""
    query = context["request"].GET.copy()
    now = query.get("sap", "")
    query["sap"] = f"-{name}" if now == name else name
    query.pop("trang", None)
    direction = {"": "", name: "ascending", f"-{name}": "descending"}.get(now, "")
    return {"label": label, "url": f"?{query.urlencode()}", "direction": direction, "extra": extra}


@register.inclusion_tag("parts/empty.html")
def empty(icon_name: str, title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """Nothing here, and what to do."""
    return {"icon_name": icon_name, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("parts/progress.html")
def progress(done: int, total: int, label: str, tone: str = "") -> dict[str, Any]:
    """How much is done of all."""
    return {"done": done, "total": total, "label": label, "tone": tone}


@register.inclusion_tag("parts/timeline.html")
def timeline(steps: Iterable[Any]) -> dict[str, Any]:
    """What happened: objects with ``title``, ``at``, ``state`` (done now late failed or nothing) and ``text``."""
    return {"steps": steps}


@register.inclusion_tag("parts/pages.html")
def pages(told: str, previous_url: str = "", next_url: str = "") -> dict[str, Any]:
    """Before and after, for lists that go by keys."""
    return {"told": told, "previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("parts/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """What stands there while something is on its way."""
    return {"lines": range(lines)}


@register.inclusion_tag("parts/drop.html")
def drop_zone(name: str, text: str, accept: str = "", hint: str = "") -> dict[str, Any]:
    """Files, dropped or chosen."""
    return {"name": name, "text": text, "accept": accept, "hint": hint}
