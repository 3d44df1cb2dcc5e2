"""An index of what outgoing documents answer. Made beside the writers of a full table: ``CREATE INDEX CONCURRENTLY``."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("outgoing", "0001_outgoing")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="outgoingdocument",
            index=GinIndex(fields=["answers"], opclasses=["jsonb_path_ops"], name="outgoing_answers"),
        ),
    ]
