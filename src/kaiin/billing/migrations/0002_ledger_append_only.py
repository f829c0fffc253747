"""The database itself refuses to change the ledger.

PostgreSQL refuses updates and deletes. SQLite refuses updates only: Django empties tables with
DELETE between tests there. A later migration that alters a ledger table must make its triggers
anew on SQLite, where altering means copying the table.
"""

from django.db import migrations

TABLES = ("billing_ledgerentry", "billing_ledgerposting")


def create(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION billing_append_only() RETURNS trigger AS $$"
            " BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$ LANGUAGE plpgsql"
        )
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION billing_append_only()"
            )
    else:
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def drop(_apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        on = f" ON {table}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION billing_append_only()")


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
