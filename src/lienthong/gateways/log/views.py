"""Checkpoint, tiles, entries and keys. Tiles never change once served, so caches may keep them for ever."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpResponse

from lienthong.ledger import keys as ledger_keys
from lienthong.ledger import selectors
from lienthong.ledger.merkle import HASH_SIZE
from lienthong.ledger.tiles import WIDTH, TilePath, entry_bundle, parse_path

_FOR_EVER = "public, max-age=31536000, immutable"
_SECONDS = "public, max-age=2"
_TEXT, _BYTES = "text/plain; charset=utf-8", "application/octet-stream"

View = Callable[..., HttpResponse]


def _read_only(view: View) -> View:
    """GET and HEAD only; the connection goes back to the pool before a slow client reads the answer."""

    @wraps(view)
    def serve(request: WSGIRequest, **parameters: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return _answer("Nhật ký chỉ để đọc: dùng GET.\n".encode(), _TEXT, "no-store", status=405)
        response = view(request, **parameters)
        if not connection.in_atomic_block:
            connection.close()
        return response

    return serve


@_read_only
def checkpoint(request: WSGIRequest) -> HttpResponse:
    head = selectors.latest_head()
    return _answer(head.note.encode(), _TEXT, _SECONDS) if head else _missing("Nhật ký chưa có điểm kiểm nào.")


@_read_only
def keys(request: WSGIRequest) -> HttpResponse:
    """Every public key, newest first, in the form that ``lienthong verify --key`` and Go's ``note`` package read."""
    return _answer("".join(f"{key}\n" for key in ledger_keys.public_keys()).encode(), _TEXT, _SECONDS)


@_read_only
def tile(request: WSGIRequest, path: str) -> HttpResponse:
    asked = parse_path(path)
    if asked is None:
        return _missing("Đường dẫn không phải ô của nhật ký.")
    content = _entries(asked) if asked.level is None else _hashes(asked.level, asked)
    return _answer(content, _BYTES, _FOR_EVER) if content else _missing("Nhật ký chưa có ô này.")


@_read_only
def unknown(request: WSGIRequest) -> HttpResponse:
    return _missing("Nhật ký chỉ có checkpoint, keys và tile/.")


def _hashes(level: int, asked: TilePath) -> bytes:
    hashes = selectors.read_tile(level, asked.number)[: asked.width * HASH_SIZE]
    return hashes if len(hashes) == asked.width * HASH_SIZE else b""


def _entries(asked: TilePath) -> bytes:
    entries = selectors.read_entries(asked.number * WIDTH, asked.width)
    return entry_bundle(entries) if len(entries) == asked.width else b""


def _missing(text: str) -> HttpResponse:
    return _answer(f"{text}\n".encode(), _TEXT, "no-store", status=404)


def _answer(content: bytes, content_type: str, cache: str, *, status: int = 200) -> HttpResponse:
    headers = {"Content-Type": content_type, "Content-Length": str(len(content)), "Cache-Control": cache}
    return HttpResponse(content, status=status, headers=headers)
