"""`kaiin outbox`: what was not told yet, what could not be applied, and trying it again."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kaiin.cli.loading import load_django, stop_unless_migrated

if TYPE_CHECKING:
    from kaiin.infra.outbox import Untold
    from kaiin.payments.queries import StuckEvent

_ALL = "all"


def outbox(
    retry: Annotated[
        list[str] | None,
        typer.Option(help="outbox:ID, inbox:ID as listed, or all that was given up. Repeatable."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most to list of each.")] = 50,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """List what waits or was given up, and have it tried again.

    Events and mails not told yet, and providers’ notices that could not be applied. What was given
    up waits for you: find out why, mend it, then --retry.
    """
    load_django()
    stop_unless_migrated()
    from kaiin.infra import outbox as messages
    from kaiin.infra.texts import text
    from kaiin.payments import queries as payments

    retried = _retry(retry, limit) if retry else None
    letters = messages.untold(limit=limit)
    events = payments.stuck_events(limit)
    if json_:
        answer: dict[str, Any] = {
            "outbox": [asdict(letter) for letter in letters],
            "inbox": [asdict(event) for event in events],
        }
        if retried is not None:
            answer["retried"] = retried
        print(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
        return
    if retried is not None:
        print(text("outbox.retried", count=retried))
    for line in [*map(_letter, letters), *map(_event, events)]:
        print(line)
    if not letters and not events:
        print(text("outbox.nothing"))


def _retry(wanted: list[str], limit: int) -> int:
    """Try again what was named; how much of it there was."""
    from kaiin.infra import outbox as messages
    from kaiin.payments import operations as payments, queries

    ids: dict[str, list[int]] = {"outbox": [], "inbox": []}
    for each in wanted:
        if each == _ALL:
            ids["outbox"] += [
                letter.id for letter in messages.untold(limit=limit) if letter.dead_at
            ]
            stuck = queries.stuck_events(limit)
            ids["inbox"] += [event.id for event in stuck if event.state == "failed"]
            continue
        box, colon, number = each.rpartition(":")
        if (box or "outbox") not in ids or not number.isdecimal() or (colon and not box):
            sys.exit(f"kaiin: --retry takes outbox:ID, inbox:ID or all, not {each!r}")
        ids[box or "outbox"].append(int(number))
    return messages.revive(ids["outbox"]) + payments.retry_events(ids["inbox"])


def _letter(letter: "Untold") -> str:
    from kaiin.infra.texts import text

    return text(
        "outbox.dead" if letter.dead_at else "outbox.waiting",
        id=letter.id,
        what=f"{letter.topic} {letter.key}",
        at=letter.dead_at or letter.due_at or letter.created_at,
        attempts=letter.attempts,
        error=letter.last_error or "-",
    )


def _event(event: "StuckEvent") -> str:
    from kaiin.infra.texts import text

    return text(
        "outbox.event_failed" if event.state == "failed" else "outbox.event_waiting",
        id=event.id,
        what=f"{event.provider} {event.kind} {event.order_id}",
        at=event.due_at or event.received_at,
        attempts=event.attempts,
        error=event.last_error or "-",
    )
