"""What a run does more cheaply comes to the same as what Django does."""

from datetime import datetime, timedelta

import pytest
from django.utils.dateparse import parse_datetime

from kaiin.lab.simulation import lean

_AT = datetime(2027, 1, 31, 15, 0, 0, 1)  # noqa: DTZ001 (as it is stored)


@pytest.mark.parametrize("at", [_AT, _AT.replace(microsecond=0), _AT - timedelta(days=400)])
def test_instants_are_read_as_django_reads_them(at: datetime) -> None:
    assert lean.instant(str(at).encode()) == parse_datetime(str(at)) == at
