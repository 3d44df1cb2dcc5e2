"""The few deliveries that are kept from their recipients, found without looking at all: made beside running traffic."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY

    dependencies = [("guards", "0001_initial"), ("exchange", "0004_held_deliveries")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS exchange_delivery_held"
            " ON exchange_delivery (state, updated_at) WHERE state IN ('held', 'blocked')",
            "DROP INDEX CONCURRENTLY IF EXISTS exchange_delivery_held",
        )
    ]
