"""Which memberships anything happened to lately, found without reading what is older.

Audit rows, their seals and entries of the books are written in the order of time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kaiin.verification.reading import Reader

# Two processes may write down their times a little out of order.
_MARGIN = timedelta(minutes=5)


def membership_ids(reader: Reader, since: datetime) -> Iterator[int]:
    """Each once, rising."""
    # Everything that decides about a membership leaves a row of one of the two kinds.
    return (
        row[0]
        for row in reader.stream(
            "SELECT m.id FROM billing_membership m WHERE m.member_id IN"
            " (SELECT CAST(substr(subject, 8) AS bigint) FROM infra_auditrow"
            "  WHERE id > %s AND subject LIKE 'member:%%')"
            " OR m.id IN (SELECT membership_id FROM billing_ledgerentry WHERE id > %s)"
            " ORDER BY m.id",
            (
                _before(reader, since, "infra_auditrow", "id", "at"),
                _before(reader, since, "billing_ledgerentry", "id", "recorded_at"),
            ),
        )
    )


def sealed_before(reader: Reader, since: datetime) -> int:
    """The number of the last seal that is older than `since`, or 0."""
    return _before(reader, since, "infra_auditrow", "seal_number", "sealed_at")


def _before(reader: Reader, since: datetime, table: str, key: str, column: str) -> int:
    # From the newest row back: those that it passes are read anyway.
    row = reader.one(
        f"SELECT {key} FROM {table} WHERE {key} IS NOT NULL"  # noqa: S608 (names from above)
        f" AND {column} < %s"
        f" ORDER BY {key} DESC LIMIT 1",
        (since - _MARGIN,),
    )
    return row[0] if row else 0
