"""Orders to destroy the bytes of accepted packages."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guards", "0002_held_index"), ("exchange", "0004_held_deliveries")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "package",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+",
                        serialize=False, to="exchange.package",
                    ),
                ),
                ("actor", models.TextField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "guards_erasure"},
        ),
    ]  # fmt: skip
