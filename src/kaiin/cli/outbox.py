"""`kaiin outbox`: what was not delivered or applied yet, lane by lane, and trying it again."""

import getpass
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kaiin.cli.loading import load_installation
from kaiin.infra.consumers import Lane

if TYPE_CHECKING:
    from kaiin.infra.deliveries import Undelivered
    from kaiin.infra.parking import Parked
    from kaiin.payments.queries import StuckEvent

_ALL = "all"


def outbox(
    retry: Annotated[
        list[str] | None,
        typer.Option(
            help="outbox:ID, inbox:ID or parked:ID as listed, or all that was given up or parked."
            " Repeatable."
        ),
    ] = None,
    abandon: Annotated[
        list[str] | None,
        typer.Option(help="outbox:ID or inbox:ID that was given up: settle it for good."),
    ] = None,
    lane: Annotated[
        Lane | None, typer.Option(help="List, or retry all, of this lane only: money, mail, ….")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most to list of each.")] = 50,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """List what waits or was given up, and have it tried again.

    Events and mails not delivered yet, and providers’ notices that could not be applied. What was
    given up waits for you: find out why, mend it, then --retry. What shall never be delivered or
    applied, because it was done another way, is settled with --abandon.

    Rows that a job could not process (a renewal, an end, a reminder, a payment to ask about) are
    parked: they are tried again by themselves, up to an hour later each time, and leave the list
    once that succeeds. Mend the cause; --retry only saves the wait.
    """
    load_installation()
    from kaiin.infra import deliveries, parking
    from kaiin.infra.texts import text
    from kaiin.payments import queries as payments

    done = {}
    if retry:
        done["retried"] = _retry(retry, lane, limit)
    if abandon:
        done["abandoned"] = _abandon(abandon)
    waiting = deliveries.undelivered(limit=limit, lane=lane)
    events = payments.stuck_events(limit) if lane in (None, Lane.MONEY) else ()
    rows = parking.parked(limit=limit) if lane is None else ()
    if json_:
        answer: dict[str, Any] = {
            "outbox": [asdict(each) for each in waiting],
            "inbox": [asdict(event) for event in events],
            "parked": [asdict(row) for row in rows],
        }
        print(json.dumps(answer | done, ensure_ascii=False, indent=2, default=str))
        return
    for what, count in done.items():
        print(text(f"outbox.{what}", count=count))
    for line in [*map(_delivery, waiting), *map(_event, events), *map(_parked, rows)]:
        print(line)
    if not waiting and not events and not rows:
        print(text("outbox.nothing"))


def _retry(wanted: list[str], lane: Lane | None, limit: int) -> int:
    """Try again what was named; how much of it there was. Notices are of the lane `money`."""
    from kaiin.infra import clock, deliveries, parking
    from kaiin.payments import inbox, queries

    now = clock.now()
    ids, events, rows = _ids([each for each in wanted if each != _ALL])
    if _ALL in wanted:
        ids += deliveries.dead_letters(lane)
        if lane in (None, Lane.MONEY):
            stuck = queries.stuck_events(limit)
            events += [event.id for event in stuck if event.state == "failed"]
    every_row = _ALL in wanted and lane is None
    again = parking.retry_all(now=now) if every_row else parking.retry(rows, now=now)
    return deliveries.revive(ids) + inbox.retry(events) + again


def _abandon(wanted: list[str]) -> int:
    """Settle what was named and given up; how much of it there was."""
    from kaiin.infra import audit, deliveries
    from kaiin.infra.locks import transaction
    from kaiin.payments import inbox

    ids, events, rows = _ids(wanted)
    if rows:
        sys.exit("kaiin: a parked row is tried until it succeeds: mend its cause")
    with transaction():
        count = deliveries.abandon(ids) + inbox.abandon(events)
        audit.record(
            action="staff.abandoned",
            subject="outbox",
            actor=f"cli:{getpass.getuser()}",
            details={"outbox": ids, "inbox": events, "count": count},
        )
    return count


def _ids(wanted: list[str]) -> tuple[list[int], list[int], list[int]]:
    """What was named, of the outbox, the inbox and the parked rows; a number alone is of the
    outbox."""
    deliveries: list[int] = []
    events: list[int] = []
    rows: list[int] = []
    boxes = {"outbox:": deliveries, "": deliveries, "inbox:": events, "parked:": rows}
    for each in wanted:
        box, colon, number = each.rpartition(":")
        if box + colon not in boxes or not (number.isascii() and number.isdigit()):
            known = "outbox:ID, inbox:ID or parked:ID"
            sys.exit(f"kaiin: {each!r} is no id: write {known}, as listed")
        boxes[box + colon].append(int(number))
    return deliveries, events, rows


def _delivery(delivery: "Undelivered") -> str:
    from kaiin.infra.texts import text

    return text(
        "outbox.dead" if delivery.dead_at else "outbox.waiting",
        lane=delivery.lane,
        id=delivery.id,
        what=f"{delivery.topic} {delivery.key} → {delivery.consumer}",
        at=delivery.dead_at or delivery.due_at or delivery.occurred_at,
        attempts=delivery.attempts,
        error=delivery.last_error or "-",
    )


def _event(event: "StuckEvent") -> str:
    from kaiin.infra.texts import text

    return text(
        f"outbox.event_{event.state}",
        id=event.id,
        what=f"{event.provider} {event.kind} {event.order_id}",
        at=event.due_at or event.received_at,
        attempts=event.attempts,
        error=event.last_error or "-",
    )


def _parked(row: "Parked") -> str:
    from kaiin.infra.texts import text

    return text(
        "outbox.parked",
        id=row.id,
        what=f"{row.kind} {row.key}",
        first=row.first_at,
        at=row.due_at,
        attempts=row.attempts,
        error=row.error,
    )
