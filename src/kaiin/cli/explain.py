"""`kaiin explain`: may this member enter, since when, until when, and why?"""

import sys
from typing import Annotated

import typer

from kaiin.cli.clock import instant as read_instant
from kaiin.cli.demo_environment import enter_demo
from kaiin.cli.loading import load_installation


def explain(
    member: Annotated[
        str, typer.Argument(help="Member ID, mail address, payment number or payment id.")
    ],
    *,
    site: Annotated[str, typer.Option(help="Key of one site; without it, all of theirs.")] = "",
    at: Annotated[
        str, typer.Option(help="2027-01-31 or 2027-01-31T09:00, in Japan; without it, now.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Annotated[str, typer.Option("--lang", help="ja or en; else the tenant's.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="A member of the demo.")] = False,
) -> None:
    """Explain whether a member may enter, and why.

    Since when, until when, and by which records: periods, payments with their numbers, entries
    of the books, grants, notices and audit rows. With --at: the windows of access as they are
    recorded now, read at that instant. Exit code 1 when no one, or more than one, is found.
    """
    instant = read_instant(at) if at else None
    if at and instant is None:
        raise typer.BadParameter("--at: write for example 2027-01-31T09:00")
    if demo:
        enter_demo()
    load_installation()
    from django.utils.translation import override

    from kaiin.cli import access_report
    from kaiin.infra import clock
    from kaiin.infra.texts import text
    from kaiin.sites import queries as sites

    with override(language or sites.tenant().default_language):
        found = access_report.members_of(member)
        if len(found) != 1:
            code = "cli.explain.unknown" if not found else "cli.explain.several"
            ids = ", ".join(view.member_id for view in found)
            sys.exit(f"kaiin: {text(code, typed=member, members=ids)}")
        places = [sites.site(site)] if site else list(sites.sites())
        answer = access_report.answer_about(
            found[0], places, instant or clock.now(), only_joined=not site
        )
        if instant is None:
            access_report.add_findings(answer, found[0].pk)
        if json_:
            print(access_report.as_json(answer))
        else:
            print("\n".join(access_report.lines(answer)))
