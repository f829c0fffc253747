"""`kaiin backup` and `kaiin restore`: the whole database in one file, and back. docs/backup.md"""

import getpass
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from kaiin.cli.loading import load_django, load_installation

# More member numbers than a club gives between two backups, and more rows than it writes.
GAP = 10_000
_KEY_GAP = 1_000_000


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
) -> None:
    """Write the whole database into one file, while everything runs.

    SQLite: its online backup, checked page by page. PostgreSQL: pg_dump, of the server's version
    or newer, on the PATH. The file contains personal data and is readable by its owner only.
    """
    load_installation()
    from django.db import connection

    if file.exists():
        sys.exit(f"kaiin: {file} exists already. Mend: choose another name")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if connection.vendor == "sqlite":
            _copy(Path(connection.settings_dict["NAME"]), part)
            _check(part)
        else:
            _run(connection, "pg_dump", "--format=custom", f"--file={part}")
        part.rename(file)
    except sqlite3.DatabaseError as error:
        sys.exit(f"kaiin: the database can't be read: {error}. Mend: kaiin restore a backup")
    except OSError as error:
        sys.exit(f"kaiin: {part} can't be written: {error.strerror}")
    finally:
        part.unlink(missing_ok=True)
    print(f"kaiin: {file} written, {file.stat().st_size:,} bytes")


def restore(
    file: Annotated[Path, typer.Argument(help="What kaiin backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a database that is not empty.")
    ] = False,
    gap: Annotated[
        int, typer.Option(help="How far numbers jump, so that none is given twice.", min=0)
    ] = GAP,
) -> None:
    """Bring the database back from a backup. Stop `kaiin serve` and `kaiin worker` first.

    What happened after the backup is not in it: numbers jump, all members log in anew, and the
    worker asks providers about each open payment and each due renewal before it charges.
    """
    load_django()
    from django.db import connection

    if not file.is_file():
        sys.exit(f"kaiin: there is no file {file}")
    if connection.introspection.table_names() and not replace:
        sys.exit("kaiin: the database is not empty. Mend: --replace gives it up")
    if connection.vendor == "sqlite":
        _check(file)
        connection.close()
        _copy(file, Path(connection.settings_dict["NAME"]))
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--exit-on-error")
        into = f"--dbname={connection.settings_dict['NAME']}"
        _run(connection, "pg_restore", *options, "--single-transaction", into, str(file))
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    settle(gap=gap, actor=f"cli:{getpass.getuser()}")
    print(f"kaiin: restored; numbers jumped by {gap:,}. Next: kaiin verify, then start the worker")


def settle(*, gap: int, actor: str) -> None:
    """What a restored database needs before anything runs on it; in one transaction."""
    from kaiin.billing.membership.numbers import after_restore
    from kaiin.identity import operations as identity
    from kaiin.infra import audit, clock, sequences
    from kaiin.infra.locks import transaction
    from kaiin.payments import operations as payments

    now = clock.now()
    with transaction():
        sequences.jump(_KEY_GAP)
        after_restore(gap=gap)
        identity.after_restore(now=now)
        payments.after_restore(now=now)
        audit.record(
            action="operations.restored", subject="database", actor=actor, details={"gap": gap}
        )


def _copy(source: Path, target: Path) -> None:
    """One SQLite database into another, as of one instant."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as write,
    ):
        read.backup(write)
        # Without a WAL beside it, the file can be read in a folder that can't be written to.
        write.execute("PRAGMA journal_mode = DELETE")


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as read:
            read.execute("SELECT 1 FROM django_migrations WHERE app = 'billing'").fetchone()
            (found,) = read.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        sys.exit(f"kaiin: {file} is damaged, or no backup of Kaiin on SQLite: {error}")
    if found != "ok":
        sys.exit(f"kaiin: {file} is damaged ({found}). Mend: take an older backup")


def _run(connection: Any, program: str, *options: str) -> None:
    settings = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD",
             "PGDATABASE": "NAME"}  # fmt: skip
    known = {variable: str(settings[name]) for variable, name in names.items() if settings[name]}
    connection.close()
    try:
        done = subprocess.run(
            [program, *options], env=os.environ | known, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        sys.exit(f"kaiin: {program} is not installed. Mend: apt-get install postgresql-client")
    if done.returncode:
        said = (done.stderr.strip() or "no reason given").splitlines()[-1]
        sys.exit(f"kaiin: {program} failed: {said}")
