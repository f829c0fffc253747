"""A subscription's rows read as the domain's change: one answer for previews, offers and the
operation itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoMembership
from kaiin.billing.membership import payable, scheduling
from kaiin.billing.models import Course, Period, Subscription
from kaiin.domain import changes
from kaiin.domain.changes import Change, ChangeKind, Current, Wanted
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.previews import Renewal, Renewing
from kaiin.domain.subscriptions import SubscriptionState


def target(subscription: Subscription, site_id: int, key: str, method: Method) -> Course:
    """The version of a course that a change leads to: the member's own, or else the one that is
    offered. Raises CourseNotOffered, WayNotOffered."""
    for known in (subscription.course, subscription.next_course):
        if known is not None and known.key == key and method in known.terms.ways:
            return known
    return catalog.offered(site_id, key, method)


def last_period(subscription: Subscription) -> Period:
    """The last period that was paid. Raises NoMembership where none was, or where it was given
    up: then there is nothing to change from."""
    last = Period.objects.filter(
        subscription=subscription, index=subscription.period_count, ended_early_at=None
    ).first()
    if last is None:
        raise NoMembership
    return last


def plan(
    subscription: Subscription, last: Period, course: Course, method: Method, at: datetime
) -> Change:
    """What changing to a course by a way to pay would be at `at`. Raises ChangeRefused."""
    return changes.plan(
        current(subscription, last, at),
        Wanted(course.key, method, course.terms.by(method)),
        at=at,
    )


def current(subscription: Subscription, last: Period, at: datetime) -> Current:
    """What the member has at `at`."""
    method = Method(subscription.method)
    coming = catalog.coming(subscription)
    return Current(
        course=subscription.course.key,
        method=method,
        terms=subscription.course.terms.by(method),
        coming_course=coming.key,
        coming=coming.terms.by(method),
        period=PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1),
        # What was given back of it already is not credited a second time.
        fee=Money(last.amount - last.credited, last.currency),
        has_mandate=subscription.mandate_id is not None and not subscription.mandate_end_reason,
        past_due=subscription.state == SubscriptionState.PAST_DUE,
        opens_at=payable.window_opens_at(subscription),
        fixed=scheduling.is_fixed(subscription, at),
        paused_until=subscription.paused_until,
        imported=last.import_key is not None,
    )


@dataclass(frozen=True)
class ChangePreview(Renewing):
    """What the confirmation page of a change shows, and the change then posts, to the yen.

    `lines` are (code, amount) and sum to `total`, which is paid now; `credited` is what of it the
    `credited_days` unused days are worth (their line is negative). `from_at`: when the new course
    or way begins; `period` is the first one of it, `renewal` the next charge by itself, None where
    there is none.
    `ends_contract`: the present card or contract is given back. `moves_anchor`: later periods end
    on another day of the month. `needs_page`: it leads to the provider's page. `undoes`: it takes
    back a change that was agreed to. Join date and number are always kept.
    """

    kind: ChangeKind
    course_key: str
    course_name: Mapping[str, str]
    method: Method
    lines: tuple[tuple[str, Money], ...]
    total: Money
    credited: Money
    credited_days: int
    from_at: datetime
    period: PeriodSpan
    renewal: Renewal | None
    keeps_number: bool
    ends_contract: bool
    moves_anchor: bool
    needs_page: bool
    undoes: bool
    slip_days: int | None


def preview_of(
    subscription: Subscription, *, last: Period, course: Course, method: Method, at: datetime
) -> ChangePreview:
    """A change as pages show it. Raises ChangeRefused."""
    change = plan(subscription, last, course, method, at)
    has = current(subscription, last, at)
    wanted = changes.Wanted(course.key, method, course.terms.by(method))
    return _view(change, course, method, at, undoes=changes.undoes(has, wanted))


def _view(
    change: Change, course: Course, method: Method, at: datetime, *, undoes: bool
) -> ChangePreview:
    return ChangePreview(
        kind=change.kind,
        course_key=course.key,
        course_name=course.name,
        method=method,
        lines=change.lines,
        total=change.total,
        credited=change.credited,
        credited_days=change.credited_days,
        from_at=change.from_at,
        period=change.period,
        renewal=change.renewal,
        keeps_number=True,
        ends_contract=change.ends_contract,
        moves_anchor=change.moves_anchor,
        needs_page=change.needs_page,
        undoes=undoes,
        slip_days=(
            payable.slip_days(course.terms, ends_at=change.from_at, at=at)
            if method is Method.KONBINI
            else None
        ),
    )
