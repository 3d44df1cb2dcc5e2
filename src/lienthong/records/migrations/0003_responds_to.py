"""An index of what incoming documents answer. Made beside the writers of a full table: ``CREATE INDEX CONCURRENTLY``."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("records", "0002_incoming")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="incomingdocument",
            index=GinIndex(fields=["responds_to"], name="records_incoming_responds"),
        ),
    ]
