"""An index of the few deliveries that failed for good. Made beside the writers of a full table: ``CREATE INDEX CONCURRENTLY``."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("exchange", "0004_held_deliveries")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                fields=["package"],
                condition=models.Q(state__in=["given_up", "blocked"]),
                name="exchange_delivery_stuck",
            ),
        ),
    ]
