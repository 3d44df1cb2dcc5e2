"""Packages accepted before signatures were checked fall due, in the order of their arrival."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO signatures_package (package_id, result, due_at, attempts, rounds)"
            " SELECT id, '', received_at, 0, 0 FROM exchange_package WHERE kind = 'edoc'"
            " ON CONFLICT (package_id) DO NOTHING",
            migrations.RunSQL.noop,
        )
    ]
