"""`kaiin`, the command line: one module a command.

Modules load Django and other large parts only when their command runs, so that `kaiin --help`
and `kaiin identify` answer at once.
"""

import sys

import typer

from kaiin.cli import (
    apply,
    backup,
    check,
    clock,
    closing,
    demo,
    explain,
    identify,
    migrate,
    outbox,
    sandbox,
    serve,
    simulate,
    staff,
    verify,
    worker,
)
from kaiin.domain.errors import KaiinError

_HELP = """Kaiin: paid means in. Membership for fan clubs and other paid communities.

Try it: kaiin demo. Settings come from the environment (KAIIN_MODE, KAIIN_BASE_URL,
DATABASE_URL, …); a wrong one is refused with its name and what to write instead."""

_EPILOG = """Exit codes: 0 done · 1 not done, the message says why and how to mend it ·
2 the command was written wrongly."""

app = typer.Typer(
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(demo.demo)
app.command("clock")(clock.clock)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.command("apply")(apply.apply)
app.command("identify")(identify.identify)
app.command("staff")(staff.staff)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("closing")(closing.closing)
app.command("outbox")(outbox.outbox)
app.command("check")(check.check)
app.command("verify")(verify.verify)
app.command("explain")(explain.explain)
app.command("simulate")(simulate.simulate)
app.command("sandbox", hidden=True)(sandbox.sandbox)


def main() -> None:
    """Run a command; an anticipated error becomes one line and exit code 1."""
    try:
        app()
    except KaiinError as error:
        from kaiin.cli.loading import load_django

        load_django()
        from kaiin.infra.texts import error_text

        sys.exit(f"kaiin: {error_text(error)} ({error.code})")
