"""All checks, one after the other, over one instant of the database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from kaiin.verification import (
    access,
    accounts,
    applied,
    books,
    consents,
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

# Called now and then with what is being checked and how many rows were read so far.
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
    """Part by part: what can't be read of one does not hide what another finds."""
    for name, part in _parts(reader, now, since, patience, progress):
        progress(name, reader.rows)
        try:
            yield from part
        except Exception as error:  # noqa: BLE001 - a damaged database fails in any way
            yield _unreadable(reader, name, error)
            if not reader.on_sqlite:
                # PostgreSQL answers nothing more in this transaction.
                return


def _parts(
    reader: Reader,
    now: datetime,
    since: datetime | None,
    patience: timedelta,
    progress: Progress,
) -> Iterator[tuple[str, Iterator[Violation]]]:
    yield "queues", queues.check(reader, now=now, patience=patience)
    yield "audit", trail.check_unsealed(reader, now - patience)
    if since is None:
        yield "memberships", _memberships(reader, None, now, progress)
        yield "audit", trail.check_chain(reader)
        yield "audit", trail.check_completeness(reader)
        yield "accounts", accounts.check(reader)
        yield "tenant", applied.check(reader)
        yield "documents", consents.check_documents(reader)
        yield "consents", consents.check_consents(reader)
        for part in whole.parts(reader):
            yield "whole", part
        return
    ids = touched.membership_ids(reader, since)
    while chunk := list(islice(ids, _AT_ONCE)):
        yield "memberships", _memberships(reader, chunk, now, progress)
    yield "audit", trail.check_chain(reader, after=touched.sealed_before(reader, since))


def _memberships(
    reader: Reader, membership_ids: Sequence[int] | None, now: datetime, progress: Progress
) -> Iterator[Violation]:
    news = News(reader)
    for count, dossier in enumerate(dossiers(reader, membership_ids)):
        if count % _REPORT_EVERY == 0:
            progress("memberships", reader.rows)
        try:
            yield from books.check(dossier)
            yield from money.check(dossier, news, now)
            yield from refunds.check(dossier, news)
            yield from standing.check(dossier, news)
            yield from access.check(dossier)
        except Exception as error:
            if reader.failed:
                raise
            # A value that no code writes: the memberships after it are read all the same.
            yield Violation(
                "database.unreadable",
                (f"membership:{dossier.membership.id}",),
                f"a value of its rows is not what it should be: {_shown(error)}",
            )


def _unreadable(reader: Reader, part: str, error: Exception) -> Violation:
    tables, where = reader.failed or (("database",), "")
    reader.failed = None
    return Violation(
        "database.unreadable",
        tables,
        f"{_shown(error)} {where}".rstrip() + f"; what else {part} checks was not checked",
    )


def _shown(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _silent(_check: str, _rows: int) -> None:
    pass
