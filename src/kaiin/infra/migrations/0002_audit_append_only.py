"""The database itself refuses to change the audit rows, but for sealing one that is not sealed."""

from django.db import migrations

from kaiin.infra.constraints import append_only

_CONTENT = ("id", "at", "action", "subject", "actor", "details")
_SEALED = "OLD.seal_number IS NULL AND NEW.seal_number IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("infra", "0001_initial")]
    operations = [
        append_only(
            "infra_auditrow",
            unless=" AND ".join([_SEALED, *(f"NEW.{name} = OLD.{name}" for name in _CONTENT)]),
        )
    ]
