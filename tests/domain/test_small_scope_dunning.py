"""Every small policy, played to its end by a worker that is late now and then."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise, product

import pytest

from kaiin.domain.dunning import (
    DunningPolicy,
    dormant_until,
    grace_until,
    keeps_number,
    next_step,
)
from tests.domain.calendar_oracle import anniversary_ends, day_in_japan, midnight_in_japan

DUE = datetime(2027, 1, 30, 15, tzinfo=UTC)  # midnight in Japan, 31 January 2027
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

RETRIES = [days for count in range(4) for days in combinations((1, 2, 3, 7, 14), count)]
POLICIES = [
    DunningPolicy(retry_days=days, grace_days=grace, dormant_months=dormant)
    for days, grace, dormant in product(RETRIES, (0, 1, 3, 30), (0, 1, 3))
]
LATENESS = (timedelta(), timedelta(minutes=5), 2 * DAY, 20 * DAY)


def tries(policy: DunningPolicy, late: timedelta) -> list[datetime]:
    """When each try is made by a worker that always comes `late`; all of them fail."""
    made = [DUE + late]
    while (planned := next_step(
        policy, due_at=DUE, failures=len(made), failed_at=made[-1]
    )) is not None:  # fmt: skip
        assert planned > made[-1], "never at once, never backwards"
        made.append(planned + late)
        assert len(made) < 10
    return made


def test_every_policy_ends_after_its_tries() -> None:
    for policy, late in product(POLICIES, LATENESS):
        made = tries(policy, late)
        assert len(made) == 1 + len(policy.retry_days), (policy, late)
        for earlier, later in pairwise(made):
            assert later - earlier > timedelta()


def test_a_worker_in_time_keeps_the_plan() -> None:
    for policy in POLICIES:
        planned = [DUE] + [DUE + DAY * day for day in policy.retry_days]
        assert tries(policy, timedelta()) == planned
        # A few minutes late each time moves nothing: days count from the end of the period.
        late = timedelta(minutes=5)
        assert tries(policy, late) == [at + late for at in planned]


def test_a_worker_that_was_away_for_long_tries_once_a_day_at_most() -> None:
    for policy in POLICIES:
        made = [DUE + 60 * DAY]
        for failures in range(1, len(policy.retry_days) + 1):
            step = next_step(policy, due_at=DUE, failures=failures, failed_at=made[-1])
            assert step == made[-1] + DAY
            made.append(step)


def test_the_very_instant_of_a_plan_has_passed() -> None:
    policy = DunningPolicy(retry_days=(3,))
    plan = DUE + 3 * DAY
    assert next_step(policy, due_at=DUE, failures=1, failed_at=plan - TICK) == plan
    assert next_step(policy, due_at=DUE, failures=1, failed_at=plan) == plan + DAY


def test_grace_is_counted_in_whole_days_and_ends() -> None:
    for policy in POLICIES:
        assert grace_until(policy, DUE) - DUE == DAY * policy.grace_days


@pytest.mark.parametrize("months", [0, 1, 2, 3, 12])
def test_dormant_time_ends_at_a_midnight_in_japan(months: int) -> None:
    policy = DunningPolicy(dormant_months=months)
    for number in range(800):
        ended = DUE + DAY * number
        until = dormant_until(policy, ended)
        day = day_in_japan(ended)
        expected = anniversary_ends(day, months, 1)[0] if months else day
        assert until == midnight_in_japan(expected)


def test_the_number_is_kept_to_the_last_microsecond_of_the_rejoin_days() -> None:
    for days in range(40):
        end = DUE + DAY * days
        kept = [
            keeps_number(withdrawn_at=DUE, paid_at=at, rejoin_days=days)
            for at in (DUE - DAY, end - TICK, end, end + TICK)
        ]
        assert kept == [True, True, False, False] if days else kept[2:] == [False, False]
        assert keeps_number(withdrawn_at=None, paid_at=end + 400 * DAY, rejoin_days=days)
