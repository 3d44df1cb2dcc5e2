"""Documents of either agency of the world for the matrix: rows as the services leave them, with a stored package whose
one attachment is an archive, so that every page about a document has something to show."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import Any

from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.exchange import intake
from lienthong.exchange.models import Document, Package
from lienthong.exchange.states import Ask
from lienthong.records.models import Book, Direction, Endorsement, IncomingDocument
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile
from lienthong.registry.models import Agency
from tests.statistics.world import open_office, send
from tests.web.world import World

Arguments = dict[str, Any]


def _people(world: World, *, ours: bool) -> tuple[Agency, dict[Role, User]]:
    return (world.ours, world.people) if ours else (world.theirs, world.others)


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("phu-luc.txt", "Phụ lục mẫu")
    return out.getvalue()


def _stored(sender: Agency) -> tuple[Document, Package]:
    """A document that ``sender`` sent, its bytes in the segment store."""
    document = send(open_office(sender, "H99.77", "Bên gửi (mẫu)"), at=clock.now()).document
    inside = _archive()
    content = base64.b64encode(inside)
    place = intake.segments().root / "shared" / "matrix.seg"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    package = Package.objects.get(pk=document.pk)
    package.segment, package.length, package.sha256 = (
        "shared/matrix.seg",
        len(content),
        hashlib.sha256(content).digest(),
    )
    package.attachments = [
        {"name": "tai-lieu.zip", "content_type": "application/zip", "begin": 0, "end": len(content),
         "size": len(inside), "sha256": hashlib.sha256(inside).hexdigest()}
    ]  # fmt: skip
    package.save()
    return document, package


def make_incoming(world: World, *, ours: bool, assigned: bool = True, **changes: Any) -> IncomingDocument:
    """A document that came to an agency; ``assigned``: to its officer."""
    agency, people = _people(world, ours=ours)
    document, package = _stored(world.theirs if ours else world.ours)
    made = IncomingDocument.objects.create(
        agency=agency, package=package, origin=document, from_name="Bên gửi (mẫu)", subject="Văn bản mẫu",
        number="15", notation="CV-MAU", code_folded="15cvmau", arrived_at=clock.now(), **changes,
    )  # fmt: skip
    if assigned:
        note = Endorsement.objects.create(incoming=made, lead=people[Role.OFFICER], made_by="", made_at=clock.now())
        note.officers.add(people[Role.OFFICER])
    return made


def make_outgoing(world: World, *, ours: bool, **changes: Any) -> OutgoingDocument:
    """A draft of an agency's officer; what is sent already when told so."""
    agency, people = _people(world, ours=ours)
    now = clock.now()
    given = {"state": "draft", "type_code": "2.18", "subject": "Văn bản mẫu", "issued_on": clock.today()} | changes
    return OutgoingDocument.objects.create(
        agency=agency, author=people[Role.OFFICER], created_at=now, updated_at=now, updated_by="Người mẫu", **given
    )


def incoming(*, ours: bool, **changes: Any) -> Any:
    return lambda world: {"pk": make_incoming(world, ours=ours, **changes).pk}


def incoming_file(*, ours: bool) -> Any:
    return lambda world: {"pk": make_incoming(world, ours=ours).pk, "place": 0}


def asked(*, ours: bool) -> Any:
    return incoming(ours=ours, asked=Ask.RECALL.value, asked_at=clock.now())


def draft(*, ours: bool) -> Any:
    return lambda world: {"document": make_outgoing(world, ours=ours).pk}


def draft_file(*, ours: bool) -> Any:
    def make(world: World) -> Arguments:
        document = make_outgoing(world, ours=ours)
        file = OutgoingFile.objects.create(
            document=document, place=1, name="cv.pdf", size=10, created_at=clock.now(), created_by="Người mẫu"
        )
        return {"document": document.pk, "file": file.pk}

    return make


def sent(*, ours: bool) -> Any:
    def make(world: World) -> Arguments:
        document, _ = _stored(_people(world, ours=ours)[0])
        found = make_outgoing(
            world, ours=ours, state="sent", number=7, year=2026, number_text="7", notation="SM-VP",
            exchange_id=document.pk, sent_at=clock.now(), receipt="a.b.c", document_id=document.document_id,
        )  # fmt: skip
        return {"document": found.pk}

    return make


def sent_file(*, ours: bool) -> Any:
    return lambda world: sent(ours=ours)(world) | {"place": 0}


def book(*, ours: bool) -> Any:
    def make(world: World) -> Arguments:
        agency, _ = _people(world, ours=ours)
        return {"pk": Book.objects.create(agency=agency, direction=Direction.INCOMING, name="Sổ mẫu").pk}

    return make
