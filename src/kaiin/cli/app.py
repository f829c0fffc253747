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

# Each by its function's name, in the order of the help.
for command in (
    demo.demo, clock.clock, serve.serve, worker.worker, migrate.migrate, apply.apply,
    identify.identify, staff.staff, backup.backup, backup.restore, closing.closing, outbox.outbox,
    check.check, verify.verify, explain.explain, simulate.simulate,
):  # fmt: skip
    app.command()(command)
app.command(hidden=True)(sandbox.sandbox)


def main() -> None:
    """Run a command; an anticipated error becomes one line and exit code 1."""
    try:
        app()
    except KaiinError as error:
        from kaiin.cli.loading import load_django

        load_django()
        from kaiin.infra.texts import error_text

        sys.exit(f"kaiin: {error_text(error)} ({error.code})")
