"""What happens after a renewal that could not be charged: when to try again, when to stop."""

from dataclasses import dataclass
from datetime import datetime

from kaiin.domain.periods import days_after, months_after


@dataclass(frozen=True, slots=True)
class DunningPolicy:
    """A course's patience.

    `retry_days`: on which days after the end of the paid period the charge is tried again.
    `grace_days`: how long content stays open after that end. `dormant_months`: how long a
    lapsed membership can be renewed with its number before it is withdrawn.
    """

    retry_days: tuple[int, ...] = (3, 7)
    grace_days: int = 3
    dormant_months: int = 1

    def __post_init__(self) -> None:
        if any(day < 1 for day in self.retry_days):
            raise ValueError("a retry comes a day or more after the first try")
        if list(self.retry_days) != sorted(set(self.retry_days)):
            raise ValueError("retry days rise")
        if self.grace_days < 0 or self.dormant_months < 0:
            raise ValueError("grace and dormant time are not negative")


def next_step(
    policy: DunningPolicy, *, due_at: datetime, failures: int, failed_at: datetime
) -> datetime | None:
    """When to try again after the `failures`-th failure (1 or more), or None: give up.

    `due_at` is the end of the last paid period. A worker that was down does not make up for
    missed days in a burst: the next try is then a day away.
    """
    if failures < 1:
        raise ValueError("nothing has failed yet")
    if failures > len(policy.retry_days):
        return None
    planned = days_after(due_at, policy.retry_days[failures - 1])
    return planned if planned > failed_at else days_after(failed_at, 1)


def tries_from(
    policy: DunningPolicy, *, due_at: datetime, next_at: datetime
) -> tuple[datetime, ...]:
    """The tries that are still to come: the next one, and those that are planned after it."""
    planned = (days_after(due_at, days) for days in policy.retry_days)
    return (next_at, *(at for at in planned if at > next_at))


def grace_until(policy: DunningPolicy, ends_at: datetime) -> datetime:
    """The end of the grace that follows a paid period; `ends_at` itself when there is none."""
    return days_after(ends_at, policy.grace_days)


def dormant_until(policy: DunningPolicy, ended_at: datetime) -> datetime:
    """When a membership that lapsed at `ended_at` is withdrawn."""
    return months_after(ended_at, policy.dormant_months)


def keeps_number(*, withdrawn_at: datetime | None, paid_at: datetime, rejoin_days: int) -> bool:
    """Whether a member who pays again keeps join date and number.

    Always while the membership was not withdrawn; afterwards for `rejoin_days` days.
    """
    return withdrawn_at is None or paid_at < days_after(withdrawn_at, rejoin_days)
