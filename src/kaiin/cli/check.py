"""`kaiin check`: would this installation work, and is it safe?"""

import sys
from typing import Annotated

import typer

from kaiin.cli.loading import load_django, load_installation


def check(
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Refuse what is unsafe in production, too.")
    ] = False,
) -> None:
    """Check settings, code and database.

    Says of each fault how to mend it.
    """
    load_django()
    from django.core.management import CommandError, call_command

    try:
        call_command("check", deploy=deploy, fail_level="WARNING")
    except CommandError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    load_installation()
