"""Django, loaded when a command first needs it."""

import os
import sys


def load_django() -> None:
    """Read the settings and load the contexts; a setting that can't be used ends the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaiin.config.settings")
    import django

    django.setup()


def load_installation(*, reading: bool = False) -> None:
    """Load Django; end the command when the database is not ready for this version, or, unless the
    command is only `reading`, can't be written to."""
    load_django()
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    if settings.KAIIN.reads_a_copy and not reading:
        sys.exit(
            "kaiin: DATABASE_URL: the file or its folder can't be written. Mend: make both this "
            "account's own (chown, chmod u+w). Of a backup: kaiin verify, or kaiin restore"
        )
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        sys.exit(f"kaiin: the database of DATABASE_URL does not answer: {error}".rstrip())
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        sys.exit("kaiin: the database is not ready for this version. Mend: kaiin migrate")
