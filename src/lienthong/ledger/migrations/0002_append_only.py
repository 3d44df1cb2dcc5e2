"""What is written stays: triggers refuse to change or delete evidence, whoever asks through SQL."""

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % on % is refused, evidence is only ever added to', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TABLES = ("ledger_event", "ledger_leaf", "ledger_checkpoint", "ledger_stamp")


def _triggers() -> str:
    return "".join(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION ledger_refuse();\n"
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();\n"
        for table in _TABLES
    )


def _drop() -> str:
    return "".join(
        f"DROP TRIGGER {table}_only_grows ON {table}; DROP TRIGGER {table}_not_emptied ON {table};" for table in _TABLES
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(_FUNCTION + _triggers(), _drop() + "DROP FUNCTION ledger_refuse();")]
