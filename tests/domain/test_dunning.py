from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.dunning import (
    DunningPolicy,
    dormant_until,
    grace_until,
    keeps_number,
    next_step,
)
from kaiin.domain.periods import JST

DUE = datetime(2026, 12, 1, tzinfo=JST).astimezone(UTC)
POLICY = DunningPolicy(retry_days=(3, 7), grace_days=3, dormant_months=2)

policies = st.builds(
    DunningPolicy,
    retry_days=st.sets(st.integers(1, 60), max_size=6).map(lambda days: tuple(sorted(days))),
    grace_days=st.integers(0, 30),
    dormant_months=st.integers(0, 12),
)


def test_retries_count_from_the_end_of_the_period() -> None:
    first = next_step(POLICY, due_at=DUE, failures=1, failed_at=DUE)
    assert first == DUE + timedelta(days=3)
    assert next_step(POLICY, due_at=DUE, failures=2, failed_at=first) == DUE + timedelta(days=7)
    assert next_step(POLICY, due_at=DUE, failures=3, failed_at=DUE + timedelta(days=7)) is None


def test_a_late_worker_does_not_try_in_a_burst() -> None:
    late = DUE + timedelta(days=20)
    second = next_step(POLICY, due_at=DUE, failures=1, failed_at=late)
    assert second == late + timedelta(days=1)


@given(policies, st.integers(1, 10), st.integers(0, 10**7))
def test_the_next_try_is_later_than_the_failure_and_ends_some_day(
    policy: DunningPolicy, failures: int, late_by: int
) -> None:
    failed_at = DUE + timedelta(seconds=late_by)
    step = next_step(policy, due_at=DUE, failures=failures, failed_at=failed_at)
    if failures > len(policy.retry_days):
        assert step is None
    else:
        assert step is not None
        assert step > failed_at


def test_grace_and_dormant_time() -> None:
    assert grace_until(POLICY, DUE) == DUE + timedelta(days=3)
    assert dormant_until(POLICY, DUE) == datetime(2027, 2, 1, tzinfo=JST)
    assert grace_until(DunningPolicy(grace_days=0), DUE) == DUE


@pytest.mark.parametrize(("days", "kept"), [(29, True), (30, False), (31, False)])
def test_the_number_is_kept_within_the_rejoin_days(days: int, kept: bool) -> None:
    paid_at = DUE + timedelta(days=days)
    assert keeps_number(withdrawn_at=DUE, paid_at=paid_at, rejoin_days=30) is kept
    assert keeps_number(withdrawn_at=None, paid_at=paid_at, rejoin_days=0)


@pytest.mark.parametrize(
    "wrong",
    [{"retry_days": (0,)}, {"retry_days": (3, 3)}, {"retry_days": (7, 3)}, {"grace_days": -1}],
)
def test_policies_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        DunningPolicy(**wrong)  # type: ignore[arg-type]
