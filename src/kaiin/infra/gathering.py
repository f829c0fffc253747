"""One transaction for many changes: what they say to the outside is written at its end, in sets."""

from collections.abc import Iterator
from contextlib import contextmanager

from kaiin.infra import audit, event_log
from kaiin.infra.locks import transaction


@contextmanager
def gathering_transaction() -> Iterator[None]:
    """As `locks.transaction`; events, mails and audit rows go in together when all else is
    done, in one or two statements for each kind."""
    with transaction(), audit.gathering(), event_log.gathering():
        yield
