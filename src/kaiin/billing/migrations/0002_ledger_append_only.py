"""The database itself refuses to change the ledger."""

from django.db import migrations

from kaiin.infra.constraints import append_only


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [append_only("billing_ledgerentry", "billing_ledgerposting")]
