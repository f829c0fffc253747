"""Changing the course or the way to pay in one step: what it costs, what it buys, from when.

No day is lost and none is paid twice. A card can pay any amount: a course that counts days from its
beginning begins today, and the days of the running period from today on are taken off the price.
All else follows the running period: courses that count whole months, whose first one would cover
days that are paid already; a carrier contract, which has one amount; a slip, which is paid once.
What costs nothing now is only agreed to, or registered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import (
    PeriodSpan,
    TermRule,
    first_period,
    japanese_date,
    midnight,
    next_period,
)
from kaiin.domain.previews import (
    Renewal,
    Renewing,
    Terms,
    charge_lines,
    paid_period,
    renewal,
    unused_credit,
    unused_days,
)


class ChangeKind(StrEnum):
    """NOW_WITH_CREDIT: paid by card now, begins with the payment; unused days are taken off.
    AT_END: nothing to pay now; the coming renewal is of the other course. REGISTER: a card is
    registered without a charge, and the coming renewal is charged to it. PREPAID: the next
    period is paid now on the provider's page, and begins where the paid one ends."""

    NOW_WITH_CREDIT = "now_with_credit"
    AT_END = "at_end"
    REGISTER = "register"
    PREPAID = "prepaid"


class ChangeRefused(KaiinError):
    """This change can't be made now."""

    code = "billing.change_refused"


class NothingToChange(ChangeRefused):
    """It is what the member has."""

    code = "billing.nothing_to_change"


class RenewalFixed(ChangeRefused):
    """The lock day has passed: the coming renewal is made as agreed. `free_from`: the first day of
    its period, on which changes are possible again."""

    code = "billing.renewal_fixed"


class ChangeNotYet(ChangeRefused):
    """The next period can be paid ahead from `opens_on` only."""

    code = "billing.change_not_yet"


class CardApart(ChangeRefused):
    """This change needs no new card: another one is registered by itself, before or after it."""

    code = "billing.card_apart"


class ChangeWhilePaused(ChangeRefused):
    """The membership is paused, or will be: it must be resumed before something is paid."""

    code = "billing.change_while_paused"


@dataclass(frozen=True, slots=True)
class Current:
    """What a member has. `terms` are of the running course by the present way, `coming` those of
    the coming renewal, which differ where a change was agreed to (`coming_course`).

    `period` is the last one paid and `fee` what its time cost. `has_mandate`: a card or contract
    is there that can be charged. `opens_at`: from when the next period can be paid ahead. `fixed`:
    past the lock day. `imported`: the period was paid for in another system.
    """

    course: str
    method: Method
    terms: Terms
    coming_course: str
    coming: Terms
    period: PeriodSpan
    fee: Money
    has_mandate: bool
    past_due: bool = False
    opens_at: datetime | None = None
    fixed: bool = False
    paused_until: datetime | None = None
    imported: bool = False

    @property
    def ends_at(self) -> datetime:
        """Where the next period begins."""
        return self.paused_until or self.period.ends_at


@dataclass(frozen=True, slots=True)
class Wanted:
    """A course by a way to pay."""

    course: str
    method: Method
    terms: Terms


@dataclass(frozen=True, slots=True)
class Change(Renewing):
    """What a change is. `lines` sum to `total`, what is paid now; `credited` is what of it the
    unused days, `credited_days`, are worth. `from_at`: when the new course or way begins; `period`
    is the first one of it. `ends_contract`: the present card or contract is given back.
    `moves_anchor`: later periods end on another day of the month than before. `needs_page`: the
    member goes to the provider's page; else a card that we have is charged, or nothing is.
    `undoes`: it takes back a change that was agreed to."""

    kind: ChangeKind
    lines: tuple[tuple[str, Money], ...]
    total: Money
    credited: Money
    credited_days: int
    from_at: datetime
    period: PeriodSpan
    renewal: Renewal | None
    ends_contract: bool
    moves_anchor: bool
    needs_page: bool
    undoes: bool


def plan(current: Current, wanted: Wanted, *, at: datetime) -> Change:
    """What changing to `wanted` at `at` would be. Raises ChangeRefused."""
    kind = _kind(current, wanted, at)
    if kind is ChangeKind.NOW_WITH_CREDIT:
        credited = given_up(current, at)
        period, from_at = first_period(wanted.terms.rule, at), at
        lines = charge_lines(wanted.terms.price, wanted.terms.handling, credited)
        total = wanted.terms.total - credited
    elif kind is ChangeKind.PREPAID:
        credited = _zero(current)
        period = prepaid_period(current, wanted.terms, at)
        from_at = max(period.starts_at, at)
        lines = charge_lines(wanted.terms.price, wanted.terms.handling)
        total = wanted.terms.total
    else:
        credited = total = _zero(current)
        period = next_period(wanted.terms.rule, _continued(current))
        from_at, lines = period.starts_at, ()
        if kind is ChangeKind.REGISTER and wanted.course == current.course:
            from_at = at
    nothing_now = kind in (ChangeKind.AT_END, ChangeKind.REGISTER)
    # The coming renewal is charged on the day agreed to with the running course.
    coming = renewal(
        wanted.terms,
        _continued(current) if nothing_now else period,
        running=current.terms if nothing_now else None,
    )
    keeps = _keeps_mandate(kind, current, wanted)
    return Change(
        kind=kind,
        lines=lines,
        total=total,
        credited=credited,
        credited_days=unused_days(current.period, _yesterday(at)) if credited else 0,
        from_at=from_at,
        period=period,
        renewal=coming,
        ends_contract=current.has_mandate and not keeps,
        moves_anchor=moves_anchor(wanted.terms, current.period, period),
        needs_page=kind is not ChangeKind.AT_END and not _by_present_card(kind, current),
        undoes=_undoes(current, wanted),
    )


def moves_anchor(terms: Terms, before: PeriodSpan, after: PeriodSpan) -> bool:
    """Whether later periods end on another day of the month; months are no matter of days."""
    by_day = terms.rule.kind is TermRule.ANNIVERSARY
    return by_day and after.anchor_day != before.anchor_day


def prepaid_period(current: Current, terms: Terms, at: datetime) -> PeriodSpan:
    """What the next period is when it is paid for at `at`."""
    return paid_period(
        terms.rule, paid_at=at, previous=_continued(current), under_way=current.coming.renews
    )


def given_up(current: Current, at: datetime) -> Money:
    """What the days of the running period are worth that a change takes the place of: from today
    on, since today is the first day of the new one, and no day is paid for twice."""
    return unused_credit(current.fee, current.period, _yesterday(at))


def _yesterday(at: datetime) -> datetime:
    return midnight(japanese_date(at)) - timedelta(microseconds=1)


def _undoes(current: Current, wanted: Wanted) -> bool:
    """Whether `wanted` is what runs now, while something else was agreed to."""
    same = (wanted.course, wanted.method) == (current.course, current.method)
    return same and current.coming_course != current.course


def _kind(current: Current, wanted: Wanted, at: datetime) -> ChangeKind:
    same_way = wanted.method is current.method
    same_course = wanted.course == current.course and current.coming_course == current.course
    if current.past_due:
        if same_course and same_way:
            # Paying what is due is no change.
            raise NothingToChange
        return ChangeKind.PREPAID
    if same_course:
        return _same_course(current, wanted, at)
    if current.fixed:
        raise RenewalFixed(free_from=japanese_date(current.ends_at))
    if wanted.course != current.course and _begins_now(current, wanted, at):
        return ChangeKind.NOW_WITH_CREDIT
    if same_way and current.has_mandate and wanted.terms.renews and _carries(current, wanted):
        return ChangeKind.AT_END
    if _undoes(current, wanted):
        return ChangeKind.AT_END
    return _later(current, wanted, at)


def _same_course(current: Current, wanted: Wanted, at: datetime) -> ChangeKind:
    registers = wanted.method is Method.CARD and wanted.terms.renews
    if wanted.method is current.method and not registers:
        raise NothingToChange
    if current.fixed and not registers:
        raise RenewalFixed(free_from=japanese_date(current.ends_at))
    return _later(current, wanted, at)


def _later(current: Current, wanted: Wanted, at: datetime) -> ChangeKind:
    """Something must be done at the provider's page for what follows the paid period."""
    if wanted.method is Method.CARD and wanted.terms.renews:
        return ChangeKind.REGISTER
    if current.paused_until is not None:
        raise ChangeWhilePaused
    opens_at = max(current.opens_at or current.period.starts_at, current.period.starts_at)
    if at < opens_at:
        raise ChangeNotYet(opens_on=japanese_date(opens_at))
    return ChangeKind.PREPAID


def _begins_now(current: Current, wanted: Wanted, at: datetime) -> bool:
    """A card pays any amount, so the unused days can be taken off, as long as money is due.
    Imported time has no price here: it is used to its end.

    Not where the course counts whole months: its first one would cover days of the present month
    that are paid already, and another way to pay would buy a month more for the same money. Such
    a change begins where the paid period ends.
    """
    return (
        wanted.terms.rule.kind is TermRule.ANNIVERSARY
        and wanted.method is Method.CARD
        and not current.imported
        and current.paused_until is None
        and at in current.period
        and (wanted.terms.total - given_up(current, at)).amount > 0
    )


def _carries(current: Current, wanted: Wanted) -> bool:
    """Whether the present mandate can be charged for `wanted`: a card any amount, a carrier
    contract only the one it was made for."""
    return current.method is Method.CARD or current.terms.total == wanted.terms.total


def _by_present_card(kind: ChangeKind, current: Current) -> bool:
    """Whether what is due now is charged to the card that we have."""
    now = kind is ChangeKind.NOW_WITH_CREDIT
    return now and current.method is Method.CARD and current.has_mandate


def _keeps_mandate(kind: ChangeKind, current: Current, wanted: Wanted) -> bool:
    if kind is ChangeKind.NOW_WITH_CREDIT:
        return current.method is Method.CARD and wanted.terms.renews
    return kind is ChangeKind.AT_END


def _continued(current: Current) -> PeriodSpan:
    """The paid period, or what a pause passes over, for the next one to follow."""
    return PeriodSpan(current.period.starts_at, current.ends_at, current.period.anchor_day)


def _zero(current: Current) -> Money:
    return Money(0, current.fee.currency)
