"""What a member may change to in one step, and what it would cost and buy: shown before, posted
after by the same rule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoMembership, NoPause
from kaiin.billing.membership import change_plans, scheduling
from kaiin.billing.membership.change_plans import ChangePreview, preview_of
from kaiin.billing.models import Course, Period, Subscription
from kaiin.domain import changes, previews
from kaiin.domain.changes import ChangeRefused
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.previews import Preview, PriceUnit, Renewal, Renewing, ShortStart
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class PausePreview(Renewing):
    """A pause of `periods` periods: nothing is charged and nothing is open from `starts_at` to
    `ends_at`; then comes the renewal."""

    periods: int
    starts_at: datetime
    ends_at: datetime
    renewal: Renewal


@dataclass(frozen=True)
class ResumePreview(Preview):
    """Coming back. Before the pause has begun it is only taken back and `total` is zero; within
    it a first period is paid for now. `short_start`: its first month has begun. `moves_anchor`:
    later periods end on another day."""

    unit: PriceUnit
    short_start: ShortStart | None
    moves_anchor: bool


def preview_change(
    *, member_pk: int, site_key: str, course_key: str, method: Method, at: datetime
) -> ChangePreview:
    """What changing at `at` would be.

    Raises SiteUnknown, NoMembership (nothing paid runs: it is joined instead), CourseNotOffered,
    WayNotOffered and of ChangeRefused: NothingToChange, RenewalFixed, ChangeNotYet,
    ChangeWhilePaused.
    """
    site_id = sites.site(site_key).id
    subscription = running(member_pk, site_id)
    course = change_plans.target(subscription, site_id, course_key, method)
    return preview_of(
        subscription,
        last=change_plans.last_period(subscription),
        course=course,
        method=method,
        at=at,
    )


def changes_offered(member_pk: int, site_key: str, *, at: datetime) -> tuple[ChangePreview, ...]:
    """What the member may change to at `at`, in the order of the tenant file; nothing for a member
    who has nothing. Raises SiteUnknown."""
    site_id = sites.site(site_key).id
    try:
        subscription = running(member_pk, site_id)
        found = answers(subscription, site_id, at=at)
    except NoMembership:
        return ()
    return tuple(
        preview
        for course, method, preview in found
        if isinstance(preview, ChangePreview)
        and not is_agreed(subscription, course_key=course.key, method=method)
    )


def answers(
    subscription: Subscription, site_id: int, *, at: datetime
) -> list[tuple[Course, Method, ChangePreview | ChangeRefused]]:
    """What changing at `at` to each course by each of its ways to pay would be, or why it can't be
    done. Raises NoMembership."""
    last = change_plans.last_period(subscription)
    found: list[tuple[Course, Method, ChangePreview | ChangeRefused]] = []
    for course, method in _choices(subscription, site_id):
        try:
            preview = preview_of(subscription, last=last, course=course, method=method, at=at)
        except ChangeRefused as error:
            found.append((course, method, error))
        else:
            found.append((course, method, preview))
    return found


def is_agreed(subscription: Subscription, *, course_key: str, method: Method) -> bool:
    """Whether the next period is of this course by this way already, by an earlier change."""
    coming = subscription.next_course
    return coming is not None and (coming.key, subscription.method) == (course_key, method)


def pauses_offered(member_pk: int, site_key: str, *, at: datetime) -> tuple[PausePreview, ...]:
    """Every pause that the member may take at `at`, the shortest first. Raises SiteUnknown."""
    try:
        subscription = running(member_pk, sites.site(site_key).id)
        last = change_plans.last_period(subscription)
    except NoMembership:
        return ()
    most = scheduling.pause_periods(subscription, at)
    return tuple(_pause(subscription, last, periods, at) for periods in range(1, most + 1))


def _pause(subscription: Subscription, last: Period, periods: int, at: datetime) -> PausePreview:
    subscription.paused_until = None
    paused_until = scheduling.pause_until(subscription, last, periods, at)
    subscription.paused_until = paused_until
    renewal = scheduling.renewal(subscription)
    if renewal is None:
        raise NoPause
    return PausePreview(
        periods=periods,
        starts_at=last.ends_at,
        ends_at=paused_until,
        renewal=renewal,
    )


def preview_resume(*, member_pk: int, site_key: str, at: datetime) -> ResumePreview:
    """What coming back at `at` would be. Raises SiteUnknown, NoMembership (not paused)."""
    subscription = running(member_pk, sites.site(site_key).id)
    if subscription.paused_until is None:
        raise NoMembership(site=site_key)
    last = change_plans.last_period(subscription)
    terms = catalog.coming_terms(subscription)
    previous = PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1)
    begun = at >= last.ends_at
    found = previews.preview(
        terms,
        at=at,
        previous=previews.continued(
            previous, paused_until=subscription.paused_until, paid_at=at, automatic=False
        ),
        under_way=scheduling.under_way(subscription),
    )
    back_to = previews.renewal(terms, replace(previous, ends_at=last.ends_at))
    return ResumePreview(
        total=found.total if begun else Money(0, found.total.currency),
        lines=found.lines if begun else (),
        period=found.period,
        renewal=found.renewal if begun else back_to,
        unit=terms.unit,
        short_start=previews.short_start(terms.rule, found.period) if begun else None,
        moves_anchor=begun and changes.moves_anchor(terms, previous, found.period),
    )


def running(member_pk: int, site_id: int) -> Subscription:
    """A member's open subscription that was paid for. Raises NoMembership."""
    found = Subscription.objects.filter(
        membership__member_id=member_pk, membership__site_id=site_id, period_count__gt=0
    ).exclude(state=SubscriptionState.ENDED)
    subscription = found.first()
    if subscription is None:
        raise NoMembership
    catalog.read_courses([subscription])
    return subscription


def _choices(subscription: Subscription, site_id: int) -> Iterator[tuple[Course, Method]]:
    """Every course by every way that it can be paid, in the order of the tenant file; the
    member's own version first where the file has another by now."""
    offered = Course.objects.filter(site_id=site_id, offered=True).order_by("position", "pk")
    found = {row.key: row for row in offered}
    found.setdefault(subscription.course.key, subscription.course)
    for key, row in found.items():
        own = subscription.course if subscription.course.key == key else row
        ways = dict.fromkeys((*own.terms.ways, *(row.terms.ways if row.offered else ())))
        for method in ways:
            yield (own if method in own.terms.ways else row), method
