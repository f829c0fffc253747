"""`kaiin staff`: accounts for the back office, and their rights."""

import getpass
import sys
from typing import Annotated

import typer

from kaiin.cli.loading import load_installation
from kaiin.domain.staff_rights import TO_LOOK, StaffRight


def staff(
    email: Annotated[str, typer.Argument(help="The mail address to log in with.")],
    nickname: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    rights: Annotated[
        str | None,
        typer.Option(help="What the account may do, joined by commas; none: nothing any more."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account for staff, or change the rights of one.

    Rights: members, money, queues and audit open tables to look at; grants, leaving, refunds and
    queues allow decisions over their rows. A new account has members,money and no decision. For
    an address that is staff's already --rights sets its rights anew.

    Asks for the password, or reads it with --password-stdin; it is never an option, where
    other users of this machine could see it.
    """
    load_installation()
    from kaiin.identity import operations
    from kaiin.identity.errors import DetailsInvalid, PasswordRefused
    from kaiin.identity.flows.staff import create_staff, set_rights
    from kaiin.infra.texts import text

    try:
        details = operations.validate_details({"email": email}, ["email"])
        address, actor = str(details["email"]), f"cli:{getpass.getuser()}"
        wanted = TO_LOOK if rights is None else _rights(rights)
        if rights is not None:
            member_id = set_rights(email=address, rights=wanted, actor=actor)
            if member_id is not None:
                print(text("cli.staff.rights_set", member_id=member_id))
                return
        _, member_id = create_staff(
            email=address,
            nickname=nickname,
            password=_password(from_stdin=password_stdin),
            language=language,
            rights=wanted,
            actor=actor,
        )
    except DetailsInvalid as error:
        sys.exit(f"kaiin: {text(error.errors['email'])}")
    except PasswordRefused as error:
        sys.exit("kaiin: " + " ".join(text(problem) for problem in error.problems))
    print(text("cli.staff.created", member_id=member_id))


def _rights(names: str) -> frozenset[StaffRight]:
    try:
        return frozenset(map(StaffRight, names.split(","))) if names != "none" else frozenset()
    except ValueError:
        known = ", ".join(StaffRight)
        sys.exit(f"kaiin: --rights {names}: write some of {known}, joined by commas, or none.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        # A password may end in spaces; only the line's end is not its own.
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
