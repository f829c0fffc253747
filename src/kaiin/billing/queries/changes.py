"""What a member may change to in one step, and what it would cost and buy: shown before, posted
after by the same rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kaiin.billing import changing, courses as rows, payable, upkeep
from kaiin.billing.errors import NoMembership, NoPause
from kaiin.billing.models import Course, Period, Subscription
from kaiin.domain import changes, previews
from kaiin.domain.changes import Change, ChangeKind, ChangeRefused
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.previews import PriceUnit, Renewal, Renewing, ShortStart, Terms
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra import clock
from kaiin.infra.business_days import is_business_day
from kaiin.sites import queries as sites


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


@dataclass(frozen=True)
class ChangeOffer:
    """A course by a way to pay that the member could change to now, from `from_at` on; `total` is
    paid now, `price` is what a period costs, by `unit`."""

    course_key: str
    course_name: Mapping[str, str]
    method: Method
    kind: ChangeKind
    total: Money
    price: Money
    unit: PriceUnit
    from_at: datetime
    undoes: bool


@dataclass(frozen=True)
class PausePreview(Renewing):
    """A pause of `periods` periods: nothing is charged and nothing is open from `starts_at` to
    `ends_at`; then comes the renewal."""

    periods: int
    starts_at: datetime
    ends_at: datetime
    renewal: Renewal


@dataclass(frozen=True)
class ResumePreview(Renewing):
    """Coming back. Before the pause has begun it is only taken back and `total` is zero; within
    it a first period is paid for now. `short_start`: its first month has begun. `moves_anchor`:
    later periods end on another day."""

    total: Money
    lines: tuple[tuple[str, Money], ...]
    period: PeriodSpan
    renewal: Renewal | None
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
    course = changing.target(subscription, site_id, course_key, method)
    return view_of(
        subscription,
        last=changing.last_period(subscription),
        course=course,
        method=method,
        at=at,
    )


def changes_offered(member_pk: int, site_key: str) -> tuple[ChangeOffer, ...]:
    """What the member may change to now, in the order of the tenant file; nothing for somebody
    who has nothing. Raises SiteUnknown."""
    site_id = sites.site(site_key).id
    try:
        subscription = running(member_pk, site_id)
        found = answers(subscription, site_id)
    except NoMembership:
        return ()
    return tuple(
        _offer(preview, rows.terms(course, method))
        for course, method, preview in found
        if isinstance(preview, ChangePreview)
        and not is_agreed(subscription, course_key=course.key, method=method)
    )


def answers(
    subscription: Subscription, site_id: int
) -> list[tuple[Course, Method, ChangePreview | ChangeRefused]]:
    """What changing to each course by each of its ways to pay would be now, or why it can't be
    done. Raises NoMembership."""
    last, at = changing.last_period(subscription), clock.now()
    found: list[tuple[Course, Method, ChangePreview | ChangeRefused]] = []
    for course, method in _choices(subscription, site_id):
        try:
            preview = view_of(subscription, last=last, course=course, method=method, at=at)
        except ChangeRefused as error:
            found.append((course, method, error))
        else:
            found.append((course, method, preview))
    return found


def is_agreed(subscription: Subscription, *, course_key: str, method: Method) -> bool:
    """Whether the next period is of this course by this way already, by an earlier change."""
    coming = subscription.next_course
    return coming is not None and (coming.key, subscription.method) == (course_key, method)


def _offer(found: ChangePreview, terms: Terms) -> ChangeOffer:
    return ChangeOffer(
        course_key=found.course_key,
        course_name=found.course_name,
        method=found.method,
        kind=found.kind,
        total=found.total,
        price=terms.total,
        unit=terms.unit,
        from_at=found.from_at,
        undoes=found.undoes,
    )


def preview_pause(*, member_pk: int, site_key: str, periods: int) -> PausePreview:
    """What a pause of so many periods would be. Raises SiteUnknown, NoMembership, NoPause,
    RenewalFixed."""
    subscription = running(member_pk, sites.site(site_key).id)
    return _pause(subscription, changing.last_period(subscription), periods)


def pauses_offered(member_pk: int, site_key: str) -> tuple[PausePreview, ...]:
    """Every pause that the member may take now, the shortest first. Raises SiteUnknown."""
    try:
        subscription = running(member_pk, sites.site(site_key).id)
        last = changing.last_period(subscription)
    except NoMembership:
        return ()
    most = upkeep.pause_periods(subscription, clock.now())
    return tuple(_pause(subscription, last, periods) for periods in range(1, most + 1))


def _pause(subscription: Subscription, last: Period, periods: int) -> PausePreview:
    subscription.paused_until = None
    paused_until = upkeep.pause_until(subscription, last, periods, clock.now())
    subscription.paused_until = paused_until
    renewal = upkeep.renewal(subscription)
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
    last = changing.last_period(subscription)
    terms = rows.terms(rows.coming(subscription), Method(subscription.method))
    previous = PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1)
    begun = at >= last.ends_at
    found = previews.preview(
        terms,
        at=at,
        previous=previews.continued(
            previous, paused_until=subscription.paused_until, paid_at=at, automatic=False
        ),
        under_way=upkeep.under_way(subscription),
        is_business_day=is_business_day,
    )
    back_to = previews.renewal(terms, replace(previous, ends_at=last.ends_at), is_business_day)
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
    subscription = found.select_related("course", "next_course").first()
    if subscription is None:
        raise NoMembership
    return subscription


def view_of(
    subscription: Subscription, *, last: Period, course: Course, method: Method, at: datetime
) -> ChangePreview:
    """A change as pages show it. Raises ChangeRefused."""
    change = changing.plan(subscription, last, course, method, at)
    held = changing.held(subscription, last, at)
    wanted = changes.Wanted(course.key, method, rows.terms(course, method))
    return _view(change, course, method, at, undoes=changes.undoes(held, wanted))


def _choices(subscription: Subscription, site_id: int) -> Iterator[tuple[Course, Method]]:
    """Every course by every way that it can be paid, in the order of the tenant file; the
    member's own version first where the file has another by now."""
    offered = Course.objects.filter(site_id=site_id, offered=True).order_by("position", "pk")
    found = {row.key: row for row in offered}
    found.setdefault(subscription.course.key, subscription.course)
    for key, row in found.items():
        own = subscription.course if subscription.course.key == key else row
        ways = dict.fromkeys((*rows.ways(own), *(rows.ways(row) if row.offered else ())))
        for method in ways:
            yield (own if method in rows.ways(own) else row), method


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
            payable.slip_days(course, ends_at=change.from_at, at=at)
            if method is Method.KONBINI
            else None
        ),
    )
