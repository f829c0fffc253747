"""`kaiin migrate`: make database and static files ready for this version."""

from kaiin.cli.loading import load_django


def migrate() -> None:
    """Ready database and static files.

    Run it once before each new version's first start.
    """
    load_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print("kaiin: ready")
