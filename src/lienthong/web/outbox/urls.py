"""Addresses of *Soạn và gửi* (``compose_urls``, under ``/soan/``) and *Văn bản đi* (``/van-ban-di/``)."""

from __future__ import annotations

from django.urls import path

from lienthong.web.outbox import compose, files, follow, listing, recipients

_DRAFT = "<uuid:document>/"
_FILE = "<uuid:document>/tep/<uuid:file>/"

compose_urls = [
    path("", compose.start, name="compose"),
    path("gui-kem-giay/", recipients.paper_list, name="paper-list"),
    path(_DRAFT, compose.draft, name="compose-draft"),
    path(f"{_DRAFT}luu/", compose.save, name="compose-save"),
    path(f"{_DRAFT}cap-so/", compose.number, name="compose-number"),
    path(f"{_DRAFT}gui/", compose.send, name="compose-send"),
    path(f"{_DRAFT}bo/", compose.discard, name="compose-discard"),
    path(f"{_DRAFT}huy/", compose.cancel, name="compose-cancel"),
    path(f"{_DRAFT}tep/", files.open_upload, name="compose-upload"),
    path(f"{_DRAFT}tep/danh-sach/", files.listing, name="compose-files"),
    path(_FILE, files.upload, name="compose-file"),
    path(f"{_FILE}xem/", files.show, name="compose-file-show"),
    path(f"{_FILE}bo/", files.remove, name="compose-file-remove"),
    path(f"{_FILE}len/", files.lift, name="compose-file-lift"),
    path(f"{_FILE}kiem-tra/", files.check, name="compose-file-check"),
    path(f"{_DRAFT}noi-nhan/", recipients.change, name="compose-recipients"),
    path(f"{_DRAFT}noi-nhan/dan/", recipients.paste, name="compose-paste"),
    path(f"{_DRAFT}noi-nhan/tim/", recipients.search, name="compose-search"),
    path(f"{_DRAFT}noi-nhan/cach-gui/", recipients.channel, name="compose-channel"),
    path(f"{_DRAFT}noi-nhan/nhom/", recipients.keep_group, name="compose-group"),
    path(f"{_DRAFT}noi-nhan/sao/", recipients.star, name="compose-star"),
]

urlpatterns = [
    path("", listing.outbox, name="outbox"),
    path("xuat/", listing.export, name="outbox-export"),
    path(_DRAFT, follow.document_page, name="outgoing"),
    path(f"{_DRAFT}bang/", follow.board, name="outgoing-board"),
    path(f"{_DRAFT}viec/", follow.act, name="outgoing-act"),
    path(f"{_DRAFT}cap-nhat/", follow.update, name="outgoing-update"),
    path(f"{_DRAFT}thay-the/", follow.replace, name="outgoing-replace"),
    path(f"{_DRAFT}bang-chung/", follow.evidence, name="outgoing-evidence"),
    path(f"{_DRAFT}bien-nhan/", follow.receipt, name="outgoing-receipt"),
    path(f"{_DRAFT}tep/<int:place>/", follow.file, name="outgoing-file"),
    path(f"{_DRAFT}xuat/", follow.sheet, name="outgoing-sheet"),
]
