"""`kaiin staff`: make an account for the back office."""

import getpass
import sys
from typing import Annotated

import typer

from kaiin.cli.loading import load_django, stop_unless_migrated


def staff(
    email: Annotated[str, typer.Argument(help="The mail address to log in with.")],
    nickname: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account for staff.

    Asks for its password, or reads it with --password-stdin; it is never an option, where
    other users of this machine could see it.
    """
    load_django()
    stop_unless_migrated()
    from kaiin.identity import operations
    from kaiin.infra.texts import text

    try:
        details = operations.validate_details({"email": email}, ["email"])
        _, member_id = operations.create_staff(
            email=str(details["email"]),
            nickname=nickname,
            password=_password(from_stdin=password_stdin),
            language=language,
            actor=f"cli:{getpass.getuser()}",
        )
    except operations.DetailsInvalid as error:
        sys.exit(f"kaiin: {text(error.errors['email'])}")
    except operations.PasswordRefused as error:
        sys.exit("kaiin: " + " ".join(text(problem) for problem in error.problems))
    print(text("cli.staff.created", member_id=member_id))


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        # A password may end in spaces; only the line's end is not its own.
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
