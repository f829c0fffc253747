"""What PostgreSQL's driver is made to do on each connection."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from kaiin.infra.models import Event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_instants_are_read_as_they_were_written(zone: str) -> None:
    written = datetime(2026, 11, 28, 23, 59, 59, 999999, tzinfo=UTC)
    Event.objects.create(topic="test.said", key="a", payload={}, occurred_at=written)
    if connection.vendor == "postgresql":
        # Django's own loader would be wrong by nine hours in a session of another zone.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
    assert Event.objects.get().occurred_at == written
    # By a cursor of the server's, too.
    assert [event.occurred_at for event in Event.objects.iterator()] == [written]


def test_the_driver_reads_instants_itself() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg import adapters
            from psycopg.pq import Format

            instants = adapters.types["timestamptz"].oid
            used = cursor.cursor.adapters.get_loader(instants, Format.TEXT)
            assert used is adapters.get_loader(instants, Format.TEXT)
