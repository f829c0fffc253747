"""`kaiin demo`: a whole club on this machine."""

import hashlib
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from kaiin.cli.demo_environment import VAR, demo_variables, remember_port
from kaiin.cli.loading import load_django
from kaiin.cli.processes import Health, ProcessDied, Processes

_FORM = "form"


def demo(
    port: Annotated[int, typer.Option(help="The pages' port; the sandbox takes the next.")] = 8000,
    reset: Annotated[
        bool, typer.Option("--reset", help="Only drop the demo's data, so that it starts over.")
    ] = False,
) -> None:
    """Run a whole club on this machine.

    Pages, worker and sandbox provider on SQLite under var/demo, with members in every
    standing. Ctrl-C stops everything; the data stays.
    """
    if reset:
        shutil.rmtree(VAR, ignore_errors=True)
        print(f"kaiin: {VAR} is gone; the next demo starts over")
        return
    for taken in (port, port + 1):
        _check_free(taken, port)
    drop_unusable(VAR)
    VAR.mkdir(parents=True, exist_ok=True)
    remember_port(VAR, port)
    variables = demo_variables(VAR, port)
    os.environ.update(variables)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes = Processes(variables, VAR)
    try:
        prepare()
        note_form(VAR)
        start_processes(processes, port)
        processes.wait_healthy()
        _welcome(port)
        while True:
            processes.check()
            time.sleep(0.2)
    except KeyboardInterrupt:
        print("\nstopping …", flush=True)
    except ProcessDied as error:
        print(f"kaiin: the demo stops: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        processes.stop()


def prepare(*, crowd: bool = True) -> None:
    """Bring the demo's database to this version, with its tenant and its members; without the
    `crowd`, only with those whose logins are shown."""
    load_django()
    from django.core.management import call_command

    from kaiin.billing.courses.tenant import apply_tenant
    from kaiin.cli import demo_data
    from kaiin.sites.tenant_file.loading import load_tenant_file

    call_command("migrate", interactive=False, verbosity=0)
    apply_tenant(load_tenant_file(example("plusmember.yaml")), actor="system:demo")
    demo_data.fill_if_empty(crowd=crowd)


def example(name: str) -> Path:
    """An example's file: beside the installed package, or in the repository."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "examples", package.parent.parent / "examples"):
        if (folder / name).exists():
            return folder / name
    sys.exit(f"kaiin: the example {name} is not installed; run the demo from the repository")


def start_processes(processes: Processes, port: int) -> None:
    """Start sandbox, pages and worker of the demo at `port`."""
    processes.start(
        "sandbox", "sandbox", "--port", str(port + 1),
        health=Health(port + 1, "/", "pay.localhost"),
    )  # fmt: skip
    processes.start(
        "serve", "serve", "--port", str(port), health=Health(port, "/healthz", "id.localhost")
    )
    processes.start("worker", "worker")


def drop_unusable(var: Path) -> None:
    """Start over where preparing was interrupted, whose last act is to note the ready logins, or
    where the data has the tables of another version: nothing leads from those to ours."""
    if not var.exists():
        return
    note = var / _FORM
    if not (var / "logins.json").exists():
        shutil.rmtree(var)
    elif not note.exists() or note.read_text("utf-8") != _form():
        print(f"kaiin: the demo under {var} was made by another version, so it starts over")
        shutil.rmtree(var)


def note_form(var: Path) -> None:
    """Note the form of the data, for the next start."""
    (var / _FORM).write_text(_form(), "utf-8")


def _form() -> str:
    """Changes with what says how the demo's data is kept: migrations, the sandbox's tables, the
    list of logins."""
    package = Path(__file__).resolve().parent.parent
    kept_by = [*package.glob("*/migrations/*.py"), package / "lab" / "sandbox" / "store.py"]
    kept_by.append(package / "web" / "demo" / "logins.py")
    digest = hashlib.sha256()
    for file in sorted(kept_by):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _check_free(taken: int, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", taken))
        except OSError:
            sys.exit(
                f"kaiin: port {taken} is in use. Choose another, for example: "
                f"make demo PORT={port + 1000}"
            )


def _welcome(port: int) -> None:
    from kaiin.infra.texts import text
    from kaiin.sites import queries as sites
    from kaiin.web.demo import logins, stories

    places = [(site.key, sites.site_url(site.key, "/")) for site in sites.sites()]
    places += [("my page", sites.identity_url("/")), ("demo", f"http://demo.localhost:{port}/")]
    print("\nKaiin's demo runs:\n")
    for name, url in places:
        print(f"  {name:<12} {url}")
    known, first = logins.read(), stories.first()
    print(f"\nMembers to log in as ({len(first)} of {len(known)}; the demo page has all):\n")
    for login in first:
        story = text(login.story, language="en")
        print(f"  {login.member_id:<12} {login.password:<20} {login.site_key:<10} {story}")
    clock_command = f"{_own_command()} clock advance 1mo"
    print(f"\nTurn its clock: {clock_command} · Ctrl-C stops everything.", flush=True)


def _own_command() -> str:
    """`kaiin` as it can be typed here: it need not be on the path."""
    command = Path(sys.executable).with_name("kaiin")
    here = Path.cwd()
    return str(command.relative_to(here) if command.is_relative_to(here) else command)
