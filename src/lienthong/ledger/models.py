"""Tables of the ledger. Written by ``events.append_events`` and the sequencer with raw SQL; triggers in the first
migration refuse to change or delete what is written, whoever asks.

An *event* waits in ``ledger_waiting`` until the sequencer gives it a *leaf*: its position in the log. *Tiles* are the
tree, *checkpoints* its signed heads, *stamps* the time-stamps of checkpoints.
"""

from __future__ import annotations

from django.db import models

from lienthong.ledger.events import Actor, Event, Subject


class LedgerEvent(models.Model):
    """One event, for ever as it was written. ``digest`` is its entry in the log."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True)
    kind = models.TextField()
    at = models.DateTimeField()
    system = models.TextField()
    agency = models.TextField()
    remote = models.TextField()
    user = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    document = models.TextField()
    sha256 = models.BinaryField()
    data = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        db_table = "ledger_event"
        indexes = (
            models.Index(fields=("document", "id"), condition=~models.Q(document=""), name="ledger_event_document"),
            models.Index(fields=("subject_type", "subject_id", "id"), name="ledger_event_subject"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    def value(self) -> Event:
        """The event that the row holds now."""
        return Event(
            kind=self.kind,
            at=self.at,
            actor=Actor(self.system, self.agency, self.remote, self.user),
            subject=Subject(self.subject_type, self.subject_id, self.document),
            sha256=bytes(self.sha256),
            data=self.data,
            uid=self.uid,
        )


class LedgerWaiting(models.Model):
    """Events that have no position yet: the sequencer's queue, empty most of the time."""

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "ledger_waiting"


class LedgerLeaf(models.Model):
    """The position of an event in the log, without gaps, from 0."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)  # no foreign key: a deleted event must leave its leaf behind
    digest = models.BinaryField()

    class Meta:
        db_table = "ledger_leaf"


class LedgerTile(models.Model):
    """256 hashes of the tree, or fewer at its right edge (C2SP tlog-tiles). Only the last tile of a level grows."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "ledger_tile"
        constraints = (models.UniqueConstraint(fields=("level", "number"), name="ledger_tile_place"),)


class LedgerCheckpoint(models.Model):
    """A signed head of the tree (C2SP tlog-checkpoint); ``note`` is the whole signed note."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_checkpoint"


class LedgerStamp(models.Model):
    """An RFC 3161 time-stamp of a checkpoint's note: the authority's whole response."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    response = models.BinaryField()
    gen_time = models.DateTimeField()
    authority = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_stamp"
        indexes = (models.Index(fields=("-size",), name="ledger_stamp_size"),)
