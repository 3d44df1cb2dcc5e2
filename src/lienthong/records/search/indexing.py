"""Keeps the words of documents in step with the documents, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from lienthong.common import clock
from lienthong.records.models import Direction, IncomingDocument, TextState
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.notation import type_name
from lienthong.records.search.words import agency_mark, code_words, words_of

_PUT = """
INSERT INTO records_search (id, agency_id, direction, code_folded, words, text_state, due_at, attempts)
VALUES (%(id)s, %(agency)s, %(direction)s, %(code)s, array_to_tsvector(%(words)s), %(state)s, %(due)s, 0)
    ON CONFLICT (id) DO UPDATE SET code_folded = EXCLUDED.code_folded, words = EXCLUDED.words, attempts = 0,
       text_state = EXCLUDED.text_state, due_at = EXCLUDED.due_at
"""
_ADD = """
UPDATE records_search
   SET words = words || array_to_tsvector(%(words)s), text_state = %(state)s, due_at = NULL WHERE id = %(id)s
"""


def index_document(  # noqa: PLR0913 - one column each
    *,
    id: UUID,  # noqa: A002 - the document's own
    agency_id: int,
    direction: Direction,
    number: str,
    notation: str,
    code_folded: str,
    texts: Iterable[str],
    has_files: bool,
) -> None:
    """Put the words of a document in place of those it had; its files are read later by a worker.

    :param texts: what lists show of it: abstract, names, notes
    """
    words = words_of(texts) | code_words(number, notation) | {agency_mark(agency_id)}
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT,
            {
                "id": id,
                "agency": agency_id,
                "direction": direction.value,
                "code": code_folded,
                "words": sorted(words),
                "state": (TextState.WAITING if has_files else TextState.NONE).value,
                "due": clock.now() if has_files else None,
            },
        )


def index_incoming(incoming: IncomingDocument) -> None:
    """The same for an incoming document."""
    index_document(
        id=incoming.pk,
        agency_id=incoming.agency_id,
        direction=Direction.INCOMING,
        number=incoming.number,
        notation=incoming.notation,
        code_folded=incoming.code_folded,
        texts=[
            incoming.subject,
            incoming.from_name,
            incoming.type_name,
            incoming.signer_name,
            incoming.document_id,
            incoming.note,
        ],
        has_files=incoming.is_readable,
    )


def index_outgoing(document: OutgoingDocument) -> None:
    """The same for an outgoing one, once it has a number; its files are read when the axis has them."""
    receivers = document.recipients.order_by("pk").values_list("name", flat=True)[:_MOST_RECEIVERS]
    index_document(
        id=document.pk,
        agency_id=document.agency_id,
        direction=Direction.OUTGOING,
        number=document.number_text,
        notation=document.notation,
        code_folded=document.folded_code,
        texts=[
            document.subject,
            type_name(document.type_code),
            document.signer_name,
            document.staff_department,
            document.document_id,
            *receivers,
        ],
        has_files=document.exchange_id is not None,
    )


_MOST_RECEIVERS = 500


def add_words(id: UUID, words: Iterable[str], state: TextState) -> None:  # noqa: A002 - the document's own
    """Add what was read in a document's files."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"id": id, "words": sorted(words), "state": state.value})
