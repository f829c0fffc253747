"""The database itself refuses to change what members agreed to."""

from django.db import migrations

from kaiin.infra.constraints import append_only


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [append_only("identity_consent")]
