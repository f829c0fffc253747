"""`kaiin migrate`: make database and static files ready for this version."""

import sys

from kaiin.cli.loading import load_django

MEND = "Mend: is the database up, and are the folders this account's own (chown) and writable?"


def migrate() -> None:
    """Ready database and static files.

    Run it once before each new version's first start.
    """
    load_django()
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        sys.exit(f"kaiin: KAIIN_VAR: {error.filename} can't be written. {MEND}")
    except OperationalError as error:
        sys.exit(f"kaiin: DATABASE_URL: {str(error).strip()}. {MEND}")
    print("kaiin: ready")
