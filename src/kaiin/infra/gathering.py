"""One transaction for many changes: what they say to the outside is written at its end, in sets."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kaiin.infra import audit, outbox
from kaiin.infra.locks import transaction


@contextmanager
def gathering_transaction() -> Iterator[None]:
    """As `locks.transaction`; messages, mails and audit rows go in together when all else is done.

    The audit chain's head, which all writers share, is locked last and briefly: what the
    database would check at the commit is checked before.
    """
    with transaction(), audit.gathering(before=_check_constraints), outbox.gathering():
        yield


def _check_constraints() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
