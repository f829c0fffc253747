"""What a simulation expects of money, where that is not obvious."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from kaiin.lab.simulation.expectations import (
    Expectations,
    Money,
    _came_second,
    _undecided_after_break,
)
from kaiin.lab.simulation.people import People
from kaiin.lab.simulation.person import Person
from kaiin.lab.simulation.provider import Provider

SLIP_ORDERED = datetime(2028, 9, 30, 9, tzinfo=UTC)
SLIP_PAID = SLIP_ORDERED + timedelta(days=6, hours=16)
SLIP_REPORTED = SLIP_PAID + timedelta(hours=3)


def money(
    created_at: datetime, paid_at: datetime, reported_at: datetime, *, automatic: bool = False
) -> Money:
    return Money(
        order_id="order",
        person=Person("someone", "mail"),
        site_key="mail",
        automatic=automatic,
        mandate_id="",
        sent_at=created_at,
        created_at=created_at,
        paid_at=paid_at,
        reported_at=reported_at,
        enough=True,
        opens_until=paid_at + timedelta(days=300),
        closed_from=paid_at + timedelta(days=400),
    )


SLIP = money(SLIP_ORDERED, SLIP_PAID, SLIP_REPORTED)


def test_a_slip_reported_after_another_way_was_paid_came_second() -> None:
    at = SLIP_PAID + timedelta(minutes=10)
    other = money(at, at + timedelta(minutes=6), at + timedelta(minutes=6))
    assert _came_second(SLIP, [SLIP, other])
    assert not _came_second(other, [SLIP, other])


def test_neither_a_renewal_nor_what_was_paid_after_the_report_makes_it_second() -> None:
    at = SLIP_PAID + timedelta(minutes=10)
    renewal = money(at, at, at, automatic=True)
    late = SLIP_REPORTED + timedelta(minutes=1)
    assert not _came_second(SLIP, [SLIP, renewal, money(late, late, late)])


BREAK_ENDS = datetime(2029, 3, 31, 15, tzinfo=UTC)


def test_after_a_break_the_door_is_open_while_the_charge_is_undecided() -> None:
    """Seed 135: the first charge after three months never reached the provider."""
    hour = timedelta(hours=1)
    assert _undecided_after_break([BREAK_ENDS], [], BREAK_ENDS + 24 * hour)
    assert not _undecided_after_break([BREAK_ENDS], [], BREAK_ENDS - hour)
    assert not _undecided_after_break([BREAK_ENDS], [], BREAK_ENDS + timedelta(days=7))


def test_once_a_charge_after_the_break_was_refused_it_is_closed() -> None:
    day = timedelta(days=1)
    before, after = [BREAK_ENDS - day], [BREAK_ENDS + timedelta(minutes=1)]
    assert _undecided_after_break([BREAK_ENDS], before, BREAK_ENDS + day)
    assert not _undecided_after_break([BREAK_ENDS], after, BREAK_ENDS + day)


def test_a_charge_that_was_sent_before_leaving_may_be_carried_out_after_it() -> None:
    """Seed 150: it timed out, its member left, and twenty minutes later the provider made it."""
    left_at = SLIP_PAID + timedelta(minutes=3)
    made_at = SLIP_PAID + timedelta(minutes=23)
    for sent_at, found in ((SLIP_PAID, []), (made_at, ["people.charged_after_leaving"])):
        charged = replace(money(made_at, made_at, made_at, automatic=True), sent_at=sent_at)
        charged.person.left_at["mail"] = left_at
        expectations = Expectations(cast(People, None), cast(Provider, None))
        assert [each.check for each in expectations._charged_rightly(charged)] == found
