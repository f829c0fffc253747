"""`kaiin simulate`: a club's life under bad luck, checked after every day."""

import gc
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from kaiin.cli.loading import load_django

if TYPE_CHECKING:
    from kaiin.lab.simulation.plan import Plan
    from kaiin.lab.simulation.run import Outcome


# One process at a time opens the file, and only a machine without power would lose anything.
_UNSYNCED = (
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
    "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000;"
    "PRAGMA secure_delete=OFF;"
)


def simulate(  # noqa: PLR0917 - options, written by name
    seed: Annotated[int, typer.Option(help="The same seed brings the same run.")] = 1,
    members: Annotated[int, typer.Option(min=1, help="How many people.")] = 100,
    months: Annotated[int, typer.Option(min=1, help="How long.")] = 12,
    faults: Annotated[str, typer.Option(help="none, usual or hostile.")] = "usual",
    crash: Annotated[
        bool, typer.Option("--crash", help="Kill processes at any point, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the database of a run that found something.")
    ] = False,
) -> None:
    """Play a club's life and check that paid means in, every day.

    Members join, change, leave, come back; the provider declines, times out, loses notices;
    workers race and, with --crash, are killed. On a database of its own: SQLite, or a new one on
    the server of DATABASE_URL. Exit codes: 0 nothing found · 1 a violation, printed with the line
    that runs it again · 2 the command was written wrongly.
    """
    from kaiin.lab.simulation.databases import fresh
    from kaiin.lab.simulation.plan import Faults, Plan

    if faults not in set(Faults):
        raise typer.BadParameter("one of none, usual, hostile", param_hint="--faults")
    plan = Plan(seed, members, months, Faults(faults), crash)
    folder = Path(tempfile.mkdtemp(prefix="kaiin-simulation-"))
    found = False
    try:
        with fresh(folder, os.environ.get("DATABASE_URL"), f"kaiin_simulation_{seed}") as url:
            _prepare(folder, url)
            outcome = _play(plan, folder)
            found = outcome.violation is not None
            _print(outcome, as_json=as_json)
    finally:
        if keep and found:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if found:
        raise typer.Exit(1)


def _prepare(folder: Path, url: str) -> None:
    for name in ("SMTP_URL", "KAIIN_CLOCK_FILE", "KAIIN_BASE_URL"):
        os.environ.pop(name, None)
    os.environ.update(KAIIN_MODE="test", KAIIN_VAR=str(folder), DATABASE_URL=url)
    load_django()
    from django.conf import settings

    settings.EMAIL_BACKEND = "kaiin.lab.simulation.mails.Postbox"
    options = cast(dict[str, object], settings.DATABASES["default"].setdefault("OPTIONS", {}))
    if url.startswith("sqlite"):
        options |= {"init_command": _UNSYNCED, "cached_statements": 4000}
    else:
        options["options"] = "-c synchronous_commit=off"
    from django.core.management import call_command

    from kaiin.lab.simulation import lean, remembering

    lean.start()
    call_command("migrate", interactive=False, verbosity=0)
    remembering.start()


def _play(plan: "Plan", folder: Path) -> "Outcome":
    from kaiin.billing.courses.tenant import apply_tenant
    from kaiin.cli import worker
    from kaiin.cli.demo import example
    from kaiin.infra import clock
    from kaiin.lab.simulation.run import Run
    from kaiin.sites.tenant_file.loading import load_tenant_file

    clock.freeze(plan.start)
    apply_tenant(load_tenant_file(example("plusmember.yaml")), actor="system:simulation")
    run = Run(plan, folder, {job.name: job.run for job in worker.jobs()})
    # What is loaded by now stays to the end: not to be looked at again, nor copied by each fork.
    gc.collect()
    gc.freeze()
    # What comes is mostly let go of at once, without cycles.
    gc.set_threshold(100_000, 20, 100)
    return run.play()


def _print(outcome: "Outcome", *, as_json: bool) -> None:
    from kaiin.lab.simulation.run import lines_of

    if as_json:
        print(json.dumps(outcome.summary, ensure_ascii=False, indent=2, default=str))
    else:
        for name, value in outcome.summary.items():
            print(f"{name:<26} {value}")
    for line in lines_of(outcome):
        print(line, file=sys.stderr if as_json else sys.stdout)
