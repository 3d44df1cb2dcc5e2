"""Indexes on tables of the exchange for what operators ask: made beside running traffic."""

from django.db import migrations

_INDEXES = {
    "exchange_delivery_given_up": "exchange_delivery (system_id, rank DESC, id) WHERE state = 'given_up'",
    "exchange_document_named": "exchange_document USING hash (document_id)",
    "exchange_document_number": "exchange_document (number, id DESC)",
    "exchange_package_hash": "exchange_package USING hash (sha256)",
}


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY

    dependencies = [("monitoring", "0001_initial"), ("exchange", "0003_asks")]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {definition}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        )
        for name, definition in _INDEXES.items()
    ]
