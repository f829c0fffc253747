"""A membership as My page shows it: a tag, at most one notice, facts, and one obvious next step."""

# ruff: noqa: ARG001 - the functions of one table take the same arguments

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse

from kaiin.billing.membership.wording import (
    card_words,
    ending_words,
    next_renewal_words,
    stop_words,
)
from kaiin.billing.views.memberships import MembershipView
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import japanese_date, last_day
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.infra.texts import format_datetime, localized, text
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites.queries import SiteView
from kaiin.web.mypage.marks import Mark
from kaiin.web.mypage.words import (
    WITHOUT_REASON,
    failure_words,
    money_words,
    reference_words,
    until_words,
    way_words,
)


@dataclass(frozen=True)
class Fact:
    """One line of the list. `from_at`/`until_at` make a span of days; `soft` comes below;
    `change` is where it is changed."""

    label: str
    value: str = ""
    soft: str = ""
    number: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None
    change: str = ""


@dataclass(frozen=True)
class Step:
    """A button: a link, or a form that is posted. `kind` "": the one to press first."""

    label: str
    url: str
    posts: bool = False
    kind: str = "secondary"


@dataclass(frozen=True)
class Notice:
    """What happened, why, what to do. `code` is for support: empty where nothing is amiss.
    `facts` are numbers to read out at a store."""

    kind: str
    code: str
    title: str
    lines: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Card:
    """One membership. `number` and `joined_date` are the member's as long as they are kept;
    `links` are what else can be done with it, at the end."""

    site: SiteView
    mark: Mark
    number: str
    joined_date: date | None
    tag: str
    tone: str
    notice: Notice | None
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
    links: tuple[Step, ...]


@dataclass(frozen=True)
class _Status:
    """What a state adds to the facts: its tag, its notice, its steps."""

    tag: str
    tone: str
    notice: Notice | None
    steps: tuple[Step, ...]


def is_shown(view: MembershipView) -> bool:
    """An application that was given up before it was paid is no membership."""
    return not (view.standing is Standing.PENDING and view.state is SubscriptionState.ENDED)


def card(
    view: MembershipView, site: SiteView, now: datetime, *, granted: datetime | None = None
) -> Card:
    """A membership at `now`, in the current language. `granted`: until when staff let them in,
    paid or not."""
    status = _status(view, site, now)
    if granted is not None and _state(view, now) in _CLOSED and view.open_payment is None:
        status = _granted(status, site, granted)
    number = view.member_number if _keeps_number(view, now) else None
    return Card(
        site=site,
        mark=Mark.of(site),
        number="" if number is None else f"{number:0{site.member_number_digits}}",
        joined_date=None if number is None else view.joined_date,
        tag=text(_TAGS.get(status.tag, f"mypage.standing_{status.tag}")),
        tone=status.tone,
        notice=status.notice,
        facts=(*_facts(view), *_granted_facts(granted)),
        steps=status.steps,
        links=_links(view),
    )


def granted_card(site: SiteView, until: datetime) -> Card:
    """A site that staff opened to a member who has not joined it."""
    nothing = _Status("", "", None, (Step(text("mypage.join"), _join_address(site)),))
    status = _granted(nothing, site, until)
    return Card(
        site=site,
        mark=Mark.of(site),
        number="",
        joined_date=None,
        tag=text("mypage.standing_granted"),
        tone=status.tone,
        notice=status.notice,
        facts=_granted_facts(until),
        steps=status.steps,
        links=(),
    )


def _granted(status: _Status, site: SiteView, until: datetime) -> _Status:
    """Closed by what is paid, and open all the same; what was offered before is so still."""
    title = text("mypage.granted_title", until=until_words(until))
    notice = Notice("info", "", title, (text("mypage.granted_what"),))
    others = tuple(replace(step, kind="secondary") for step in status.steps)
    return _Status("granted", "good", notice, (_first(_enter(site)), *others))


def _granted_facts(until: datetime | None) -> tuple[Fact, ...]:
    if until is None:
        return ()
    return (Fact(text("mypage.granted"), text("mypage.until", day=until_words(until))),)


def _status(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    payment = view.open_payment
    if payment is None:
        return _STATES[_state(view, now)](view, site, now)
    if _is_renewal(payment) and view.open_until:
        return _renewing(view, site, now)
    return _paying(view, site, payment, now)


def _state(view: MembershipView, now: datetime) -> str:
    """The row of `_STATES`. What may be paid, and until when one is in, is billing's word."""
    if view.standing is not Standing.ACTIVE:
        return view.standing.value
    is_open = view.open_until is not None
    past_due = view.state is SubscriptionState.PAST_DUE
    paused = view.paused_until is not None and view.paused_until > now
    over = view.paid_until is not None and view.paid_until <= now
    rows = (
        ("leaving", view.cancel_at_period_end),
        ("grace", past_due and is_open),
        ("closed", past_due),
        ("paused", paused and over),
        ("pausing", paused),
        ("renewing", over and is_open),
        ("over", over),
        ("mandate_lost", view.mandate_lost and view.renews),
        ("renewable", view.payable),
        ("fixed", view.fixed),
    )
    return next((name for name, applies in rows if applies), "active")


def _is_renewal(payment: PaymentView) -> bool:
    """Whether it was charged without the member, who then has no page to pay on."""
    return payment.mandate_id is not None


def _paying(view: MembershipView, site: SiteView, payment: PaymentView, now: datetime) -> _Status:
    """A payment is under way: nothing else may be paid meanwhile."""
    check = Step(text("mypage.check"), reverse("entrance:check", args=(site.key,)), posts=True)
    go_on = Step(text("mypage.pay_on"), reverse("join:pay", args=(payment.id,)))
    other = Step(
        text("mypage.other_way"), reverse("join:other_way", args=(payment.id,)), kind="link"
    )
    enter = (_enter(site),) if view.open_until else ()
    tag, tone = _tag(view)
    if payment.method is Method.KONBINI:
        notice = _slip(payment, now)
        how = Step(text("mypage.slip_how"), go_on.url)
        steps = (_first(check), how, *enter, other) if notice.facts else (_first(how), other)
        return _Status(tag, tone, notice, steps)
    words = {"method": way_words(payment.method), "amount": money_words(payment.amount)}
    title = text("mypage.open_title")
    if payment.state is PaymentState.UNKNOWN or _is_renewal(payment):
        line = text("mypage.unknown_what", **words)
        notice = Notice("warning", "access.pending_payment", title, (line,))
        return _Status(tag, tone, notice, (_first(check), *enter))
    line = text("mypage.open_what", started=japanese_date(payment.created_at), **words)
    notice = Notice("warning", "access.pending_payment", title, (line,))
    return _Status(tag, tone, notice, (_first(go_on), check, *enter, other))


def _tag(view: MembershipView) -> tuple[str, str]:
    """The tag of a membership that is being paid for, and its tone."""
    if view.standing is not Standing.ACTIVE:
        tone = "" if view.standing is Standing.WITHDRAWN else "waiting"
        return view.standing.value, tone
    if view.state is SubscriptionState.PAST_DUE or view.open_until is None:
        return "past_due", "bad"
    return "active", "good"


def _slip(payment: PaymentView, now: datetime) -> Notice:
    numbers = {reference.kind: reference.value for reference in payment.references}
    number = numbers.get(ReferenceKind.KONBINI_SLIP, "")
    confirmation = ReferenceKind.KONBINI_CONFIRMATION
    title = text("mypage.slip_title")
    if not number or payment.expires_at is None:
        return Notice("info", "access.pending_slip", title, (text("mypage.slip_none"),))
    late = payment.expires_at <= now
    line = (
        text("mypage.slip_late") if late else text("mypage.slip_what", deadline=payment.expires_at)
    )
    rows = (
        Fact(text("join.store"), payments.store_name(payment)),
        Fact(reference_words(ReferenceKind.KONBINI_SLIP), number, number=True),
        Fact(reference_words(confirmation), numbers.get(confirmation, ""), number=True),
        Fact(text("mypage.amount"), money_words(payment.amount)),
        Fact(text("mypage.deadline"), format_datetime(payment.expires_at)),
    )
    facts = tuple(row for row in rows if row.value)
    lines = (line,) if late else (line, payments.store_steps(payment))
    return Notice("warning" if late else "info", "access.pending_slip", title, lines, facts)


def _active(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    return _Status("active", "good", None, (_first(_enter(site)),))


def _fixed(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    title, line = text("changing.fixed_title"), text("changing.fixed_what")
    return _Status("active", "good", Notice("info", "", title, (line,)), (_first(_enter(site)),))


def _pausing(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    title = text("changing.pausing_title", day=_last_day(view))
    line = text("changing.pausing_what", day=until_words(view.paused_until))
    undo = _at(view, "changing.resume_undo", "resume")
    notice = Notice("info", "", title, (line,))
    return _Status("active", "good", notice, (_first(_enter(site)), undo))


def _paused(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    title = text("changing.paused_title", day=until_words(view.paused_until))
    notice = Notice("info", "access.paused", title, (text("changing.paused_what"), *_said(view)))
    return _Status("paused", "waiting", notice, (_first(_at(view, "changing.resume", "resume")),))


def _renewable(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    line = text("mypage.renewable_what", day=_last_day(view))
    notice = Notice("info", "", text("mypage.renewable_title"), (line,))
    return _Status("active", "good", notice, (_first(_join(view, "mypage.renew")), _enter(site)))


def _mandate_lost(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    what = "mypage.mandate_what" if view.mandate else "mypage.mandate_not_imported"
    lines = [text(what, method=way_words(view.method), day=_last_day(view))]
    step = _join(view, "mypage.pay_again")
    if not view.payable and view.renewal_opens_at is not None:
        # The next year is not sold months ahead: until its window only a card is registered.
        opens_on = japanese_date(view.renewal_opens_at)
        lines.append(text("mypage.mandate_not_yet", day=opens_on))
        step = _at(view, "mypage.mandate_register", "change")
    title = text("mypage.mandate_title")
    notice = Notice("warning", "membership.mandate_ended", title, tuple(lines))
    return _Status("active", "good", notice, (_first(step), _enter(site)))


def _leaving(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    title = text("mypage.leaving_title", day=until_words(view.leaves_at or view.paid_until))
    line = text("mypage.leaving_what")
    if view.next_charge_at is not None and view.next_amount is not None:
        # They left past the lock day: one more renewal comes first.
        day, amount = japanese_date(view.next_charge_at), money_words(view.next_amount)
        line = text("changing.fixed_leave", day=day, amount=amount)
    notice = Notice("info", "", title, (line,))
    stay = Step(text("mypage.stay"), reverse("mypage:stay", args=(site.key,)), posts=True)
    return _Status("leaving", "waiting", notice, (_first(_enter(site)), stay))


def _grace(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    what = text("mypage.grace_what", day=until_words(view.open_until))
    notice = Notice("error", "membership.grace", text("mypage.grace_title"), (*_said(view), what))
    steps = (_first(_join(view, "mypage.pay_again")), _enter(site))
    return _Status("past_due", "bad", notice, steps)


def _renewing(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    line = text("mypage.renewing_what")
    notice = Notice("info", "", text("mypage.renewing_title"), (line,))
    return _Status("active", "good", notice, (_first(_enter(site)),))


def _closed(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    lines = (*_said(view), text("mypage.closed_what"))
    notice = Notice("error", "access.lapsed_monthly", text("mypage.closed_title"), lines)
    return _Status("past_due", "bad", notice, (_first(_join(view, "mypage.pay_again")),))


def _over(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    """Ended by time, before the worker has put it to rest."""
    lines = (text("mypage.dormant_expired", day=_last_day(view)), text("mypage.closed_what"))
    notice = Notice("warning", "access.expired_lump_sum", text("mypage.over_title"), lines)
    return _Status("past_due", "bad", notice, (_first(_join(view, "mypage.renew")),))


def _pending(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    lines = (*_said(view), text("mypage.unpaid_what"))
    notice = Notice("warning", "access.never_paid", text("mypage.unpaid_title"), lines)
    return _Status("pending", "waiting", notice, (_first(_join(view, "mypage.pay")),))


def _dormant(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    lines = [ending_words(view.ending)] if view.ending else []
    if view.ending and view.last_failure != view.ending.failure:
        # They have tried to pay again since.
        lines += _said(view)
    if view.dormant_until is not None:
        lines.append(text("mypage.dormant_until", day=until_words(view.dormant_until)))
    notice = Notice("warning", "access.dormant", text("mypage.dormant_title"), tuple(lines))
    return _Status("dormant", "waiting", notice, (_first(_join(view, "mypage.renew")),))


def _withdrawn(view: MembershipView, site: SiteView, now: datetime) -> _Status:
    ended_on = last_day(view.withdrawn_at) if view.withdrawn_at else ""
    left = view.end_reason is EndReason.LEFT
    lines = [ending_words(view.ending)] if view.ending and not left else []
    if view.rejoin_until is not None and _keeps_number(view, now):
        lines.append(text("mypage.withdrawn_keeps", day=until_words(view.rejoin_until)))
    else:
        lines.append(text("mypage.withdrawn_anew"))
    title = text("mypage.left_on_title" if left else "mypage.ended_title", day=ended_on)
    notice = Notice("info", "", title, tuple(lines))
    return _Status("withdrawn", "", notice, (_first(_join(view, "mypage.rejoin")),))


def _facts(view: MembershipView) -> tuple[Fact, ...]:
    change = reverse("mypage:change", args=(view.site_key,)) if _may_change(view) else ""
    rows = [
        Fact(text("mypage.course"), localized(view.course_name), change=change),
        Fact(text("mypage.way"), way_words(view.method), soft=_card_words(view), change=change),
        _paid(view),
        _coming(view),
        *_next(view),
    ]
    return tuple(row for row in rows if row is not None)


def _paid(view: MembershipView) -> Fact | None:
    if view.period is not None:
        # A renewal paid ahead begins where the running period ends.
        until_at = view.paid_until or view.period.ends_at
        label = text("mypage.period")
        return Fact(label, from_at=view.period.starts_at, until_at=until_at)
    if view.paid_until is None:
        return None
    return Fact(text("mypage.last_period"), text("mypage.until", day=until_words(view.paid_until)))


def _coming(view: MembershipView) -> Fact | None:
    """The course that was agreed to for the next period."""
    if view.next_course_name is None:
        return None
    return Fact(text("changing.next_course"), localized(view.next_course_name))


def _next(view: MembershipView) -> tuple[Fact, ...]:
    """What will be charged without the member doing anything, and when."""
    label = text("mypage.next")
    if view.standing is not Standing.ACTIVE or view.open_payment is not None:
        return ()
    if view.next_try_at is not None:
        return (Fact(label, text("mypage.next_retry", day=japanese_date(view.next_try_at))),)
    if view.renewal is not None:
        stop = "" if view.fixed else stop_words(view.renewal)
        label = text("mypage.next_renewal")
        return (Fact(label, next_renewal_words(view.renewal), soft=stop),)
    opens_at = view.renewal_opens_at
    soft = ""
    if opens_at is not None and not view.payable and not view.cancel_at_period_end:
        soft = text("mypage.next_opens", day=japanese_date(opens_at))
    return (Fact(label, text("mypage.next_none"), soft=soft),)


def _card_words(view: MembershipView) -> str:
    return card_words(view.mandate) if view.mandate else ""


def _said(view: MembershipView) -> tuple[str, ...]:
    """What the provider said about the last try, if it said anything."""
    failure = view.last_failure
    if failure is None:
        return ()
    code = "mypage.happened" if failure.code in WITHOUT_REASON else "mypage.said"
    said = failure_words(failure.code)
    return (text(code, day=japanese_date(failure.at), said=said),)


def _keeps_number(view: MembershipView, now: datetime) -> bool:
    return view.rejoin_until is None or now < view.rejoin_until


def _last_day(view: MembershipView) -> str:
    return until_words(view.paid_until)


def _enter(site: SiteView) -> Step:
    label = text("mypage.go", site=localized(site.name))
    return Step(label, reverse("entrance:entry", args=(site.key,)))


def _join_address(site: SiteView) -> str:
    return reverse("join:start", args=(site.key,))


def _join(view: MembershipView, code: str) -> Step:
    return Step(text(code), reverse("join:again", args=(view.site_key,)))


def _first(step: Step) -> Step:
    return replace(step, kind="")


def _links(view: MembershipView) -> tuple[Step, ...]:
    """Leaving is offered wherever anything runs: also to an application that waits for money."""
    if not _may_leave(view):
        return ()
    if not _may_change(view):
        return (_at(view, "mypage.give_up", "leave"),)
    pause = (_at(view, "changing.pause_link", "pause"),) if view.pause_periods else ()
    return (*pause, _at(view, "mypage.leave", "leave"))


def _may_change(view: MembershipView) -> bool:
    """Course and way to pay are changed where something paid runs."""
    waits = view.standing is Standing.PENDING or view.state is SubscriptionState.PENDING
    return _may_leave(view) and not waits


def _may_leave(view: MembershipView) -> bool:
    return view.state.is_open and (view.fixed or not view.cancel_at_period_end)


def _at(view: MembershipView, code: str, page: str) -> Step:
    return Step(text(code), reverse(f"mypage:{page}", args=(view.site_key,)))


# States in which what is paid opens nothing.
_CLOSED = ("pending", "closed", "paused", "renewing", "over", "dormant", "withdrawn")
_TAGS = {"paused": "changing.standing_paused"}

# Every state of a membership that is not being paid for.
_STATES: Mapping[str, Callable[[MembershipView, SiteView, datetime], _Status]] = {
    "pending": _pending,
    "active": _active,
    "fixed": _fixed,
    "pausing": _pausing,
    "paused": _paused,
    "renewable": _renewable,
    "mandate_lost": _mandate_lost,
    "leaving": _leaving,
    "grace": _grace,
    "renewing": _renewing,
    "closed": _closed,
    "over": _over,
    "dormant": _dormant,
    "withdrawn": _withdrawn,
}
