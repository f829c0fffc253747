"""All checks, one after the other, over one instant of the database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from kaiin.verification import (
    access,
    books,
    money,
    queues,
    refunds,
    standing,
    touched,
    trail,
    whole,
)
from kaiin.verification.dossier import dossiers
from kaiin.verification.news import News
from kaiin.verification.reading import Connection, Reader, one_instant
from kaiin.verification.violation import Violation

# How far the worker may be behind before something counts as stuck.
PATIENCE = timedelta(hours=2)
_AT_ONCE = 500
_REPORT_EVERY = 1000

# Told now and then: what is being checked, and how many rows were read so far.
Progress = Callable[[str, int], None]


def checks(
    connection: Connection,
    *,
    now: datetime,
    since: datetime | None = None,
    patience: timedelta = PATIENCE,
) -> Iterator[Violation]:
    """Every violation, as it is found.

    With `since`, only memberships that anything happened to after it, the audit rows written
    after it, and what is stuck: cheap enough for every day of a simulation.
    """
    reader = Reader(connection)
    with one_instant(connection):
        yield from _checks(reader, now, since, patience, _silent)


def check_all(
    connection: Connection,
    *,
    now: datetime,
    report: Callable[[Violation], None],
    progress: Progress | None = None,
    patience: timedelta = PATIENCE,
) -> int:
    """Every check over every row; `report` hears of each violation. Returns the rows read."""
    reader = Reader(connection)
    with one_instant(connection):
        for violation in _checks(reader, now, None, patience, progress or _silent):
            report(violation)
    return reader.rows


def _checks(
    reader: Reader,
    now: datetime,
    since: datetime | None,
    patience: timedelta,
    progress: Progress,
) -> Iterator[Violation]:
    progress("queues", reader.rows)
    yield from queues.check(reader, now=now, patience=patience)
    if since is None:
        yield from _memberships(reader, None, now, progress)
        progress("audit", reader.rows)
        yield from trail.check_chain(reader)
        yield from trail.check_completeness(reader)
        progress("whole", reader.rows)
        yield from whole.check(reader)
        return
    ids = touched.membership_ids(reader, since)
    while chunk := list(islice(ids, _AT_ONCE)):
        yield from _memberships(reader, chunk, now, progress)
    yield from trail.check_chain(reader, after=touched.audit_before(reader, since))


def _memberships(
    reader: Reader, membership_ids: Sequence[int] | None, now: datetime, progress: Progress
) -> Iterator[Violation]:
    news = News(reader)
    for count, dossier in enumerate(dossiers(reader, membership_ids)):
        if count % _REPORT_EVERY == 0:
            progress("memberships", reader.rows)
        yield from books.check(dossier)
        yield from money.check(dossier, news, now)
        yield from refunds.check(dossier, news)
        yield from standing.check(dossier, news)
        yield from access.check(dossier)


def _silent(_check: str, _rows: int) -> None:
    pass
