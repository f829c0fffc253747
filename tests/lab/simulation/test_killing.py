"""A step that ends in place does nothing more, as one whose process was killed."""

import pytest
from django.db import connection

from kaiin.infra import clock
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.models import ThrottleBucket
from kaiin.lab.simulation.killing import run_ended


def test_it_ends_at_the_point() -> None:
    done = []

    def work() -> str:
        for number in range(3):
            reach(CrashPoint.COMMITTED)
            done.append(number)
        return "done"

    assert run_ended(work, at=2).killed_at is CrashPoint.COMMITTED
    assert done == [0]
    assert run_ended(work, at=9).said == "done"


def test_what_goes_on_after_its_end_is_broken() -> None:
    def survivor() -> str:
        try:
            reach(CrashPoint.OUTSIDE_CALLED)
        except BaseException:  # noqa: BLE001 - that is the fault
            return "as if nothing had been"
        return ""

    assert "survived" in run_ended(survivor, at=1).broke


@pytest.mark.django_db(transaction=True, databases=["default"])
def test_what_writes_after_its_end_is_broken() -> None:
    def tidy() -> str:
        try:
            reach(CrashPoint.MAIL_SENT)
        finally:
            ThrottleBucket.objects.create(key="late", count=1, window_ends_at=clock.now())
        return ""

    # PostgreSQL does not count what was written.
    noticed = "went on writing" in run_ended(tidy, at=1).broke
    assert noticed == (connection.vendor == "sqlite")
