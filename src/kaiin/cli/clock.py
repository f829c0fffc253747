"""`kaiin clock`: show and turn the demo's clock."""

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from kaiin.cli.demo_environment import enter_demo
from kaiin.domain.periods import JST, months_after

_STEP = re.compile(r"(\d{1,4})(h|d|w|mo)")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
_FARTHEST = timedelta(days=3660)


def clock(
    action: Annotated[str, typer.Argument(help="show, advance or set")] = "show",
    to: Annotated[
        str, typer.Argument(help="advance: 12h, 1d, 2w, 3mo · set: 2027-01-31 or 2027-01-31T09:00")
    ] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Return when the clock is there.")] = False,
) -> None:
    """Show or turn the demo's clock.

    The demo's worker walks it on day by day, doing what falls due on each.
    """
    enter_demo()
    from kaiin.infra import clock as the_clock

    now = the_clock.now()
    if action == "show":
        _show(now, the_clock.target())
        return
    target = _target(action, to, now)
    if not now < target <= now + _FARTHEST:
        sys.exit("kaiin: the demo's clock goes forward only, by ten years at most at a time")
    the_clock.ask_for(target)
    if wait:
        _wait()
    _show(the_clock.now(), the_clock.target())


def instant(typed: str) -> datetime | None:
    """2027-01-31 or 2027-01-31T09:00, in Japan where no zone is named; None for any other text."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=JST)).astimezone(UTC)


def _target(action: str, to: str, now: datetime) -> datetime:
    """Where the clock shall go. Months are calendar months in Japan."""
    step = _STEP.fullmatch(to)
    if action == "advance" and step:
        count, unit = int(step[1]), step[2]
        if unit == "mo":
            return months_after(now, count)
        return now + timedelta(hours=count * _HOURS[unit])
    if action == "set" and (at := instant(to)) is not None:
        return at
    example = "write for example: kaiin clock advance 1mo · kaiin clock set 2027-01-31"
    raise typer.BadParameter(example)


def _wait() -> None:
    from kaiin.infra import clock as the_clock

    before, seen_at = the_clock.now(), time.monotonic()
    while the_clock.target() is not None:
        time.sleep(0.1)
        now = the_clock.now()
        if now - before > timedelta(hours=1):
            before, seen_at = now, time.monotonic()
        elif time.monotonic() - seen_at > 30:
            sys.exit("kaiin: the clock does not move. Is the demo running? Start it: make demo")


def _show(now: datetime, target: datetime | None) -> None:
    walking = f", walking to {target.astimezone(JST):%Y-%m-%d %H:%M}" if target else ""
    print(f"{now.astimezone(JST):%Y-%m-%d %H:%M:%S} JST{walking}")
