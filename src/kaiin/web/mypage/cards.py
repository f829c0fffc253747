"""A membership as My page shows it: a tag, at most one notice, facts, and one obvious next step.

What state it is in, and what can be done about it, are findings of `domain.diagnosis`, in the
words of `web.base.explanations`, as at the door. What is listed below them are facts of billing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from kaiin.billing.membership.wording import card_words, next_renewal_words, price_words, stop_words
from kaiin.billing.views.memberships import MembershipView
from kaiin.diagnosis.operations import SiteOutlook
from kaiin.domain.diagnosis.findings import Diagnosis, FindingCode
from kaiin.domain.periods import japanese_date
from kaiin.domain.subscriptions import Standing, SubscriptionState
from kaiin.infra.texts import format_end, localized, text
from kaiin.sites.queries import SiteView
from kaiin.web.base import explanations
from kaiin.web.base.explanations import Step
from kaiin.web.parts import brand
from kaiin.web.parts.brand import Brand
from kaiin.web.parts.words import money_words, way_words


@dataclass(frozen=True)
class Fact:
    """One line of the list. `from_at`/`until_at` make a span of days; `soft` comes below;
    `change` is where it is changed."""

    label: str
    value: str = ""
    soft: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    change: str = ""


@dataclass(frozen=True)
class Notice:
    """What happened, why, what to do. `code` is for support: empty where nothing is amiss.
    `facts` are numbers to read out at a store."""

    kind: str
    code: str
    title: str
    lines: tuple[str, ...]
    facts: tuple[explanations.Fact, ...]


@dataclass(frozen=True)
class Card:
    """One membership, or a site that staff opened to a member who has not joined it. `number` and
    `joined_date` are the member's as long as they are kept; `links` are what else can be done
    with it, at the end."""

    site: SiteView
    mark: Brand
    number: str
    joined_date: date | None
    tag: str
    tone: str
    notice: Notice | None
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
    links: tuple[Step, ...]


def is_shown(outlook: SiteOutlook) -> bool:
    """Whether there is anything at the site but joining it."""
    return outlook.membership is not None or outlook.granted_until is not None


def card(outlook: SiteOutlook, site: SiteView) -> Card:
    """A membership in the current language."""
    found, view = outlook.diagnosis, outlook.membership
    said = explanations.explanation(found.main, site_key=site.key)
    given_up = any(
        each.code is FindingCode.WITHDRAWN and each.evidence["keeps"] == "no"
        for each in found.findings
    )
    number = None if view is None or given_up else view.member_number
    facts = _facts(view) if view else []
    if outlook.granted_until is not None:
        until = text("mypage.until", day=format_end(outlook.granted_until))
        facts.append(Fact(text("mypage.granted"), until))
    tag, tone = next(_TAGS[code] for code in _TAGS if code in found.codes)
    return Card(
        site=site,
        mark=brand.of_site(site),
        number=site.shown_number(number),
        joined_date=None if number is None or view is None else view.joined_date,
        tag=text(tag),
        tone=tone,
        notice=_notice(found, said),
        facts=tuple(facts),
        steps=explanations.first_pressed(said.steps),
        links=_links(view) if view else (),
    )


def _notice(found: Diagnosis, said: explanations.Explanation) -> Notice | None:
    if said.code is FindingCode.OK:
        return None
    kind = _KINDS.get(said.code, "info")
    if said.code is FindingCode.PENDING_SLIP and found.main.evidence["slip"] == "late":
        kind = "warning"
    if FindingCode.DORMANT in found.codes:
        kind = "warning"
    codes = (code for code in found.codes if code not in _NOT_AMISS)
    lines = said.lines[1:] if said.code in _LISTED else said.lines
    return Notice(kind, ", ".join(codes), said.title, lines, said.facts)


def _facts(view: MembershipView) -> list[Fact]:
    change = reverse("mypage:change", args=(view.site_key,)) if _may_change(view) else ""
    card = card_words(view.mandate) if view.mandate else ""
    coming = view.next_course_name
    rows = [
        Fact(text("mypage.course"), localized(view.course_name), soft=_price(view), change=change),
        Fact(text("mypage.way"), way_words(view.method), soft=card, change=change),
        _paid(view),
        # The course that was agreed to for the next period.
        Fact(text("changing.next_course"), localized(coming)) if coming else None,
        *_next(view),
    ]
    return [row for row in rows if row is not None]


def _price(view: MembershipView) -> str:
    """What the running course costs, where no renewal says so below."""
    runs = view.state in (SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE)
    if not runs or view.renewal is not None:
        return ""
    price = price_words(view.price, view.unit)
    if not view.handling:
        return price
    return text("mypage.price_with_fee", price=price, fee=money_words(view.handling))


def _paid(view: MembershipView) -> Fact | None:
    if view.period is not None:
        # A renewal paid ahead begins where the running period ends.
        until_at = view.paid_until or view.period.ends_at
        label = text("mypage.period")
        return Fact(label, from_at=view.period.starts_at, until_at=until_at)
    if view.paid_until is None:
        return None
    return Fact(text("mypage.last_period"), text("mypage.until", day=format_end(view.paid_until)))


def _next(view: MembershipView) -> tuple[Fact, ...]:
    """What will be charged without the member doing anything, and when."""
    label = text("mypage.next")
    if view.standing is not Standing.ACTIVE or view.open_payment is not None:
        return ()
    if view.next_try_at is not None and view.next_amount is not None:
        day, amount = japanese_date(view.next_try_at), money_words(view.next_amount)
        return (Fact(label, text("mypage.next_retry", day=day, amount=amount)),)
    if view.renewal is not None:
        stop = "" if view.fixed else stop_words(view.renewal)
        label = text("mypage.next_renewal")
        return (Fact(label, next_renewal_words(view.renewal), soft=stop),)
    opens_at = view.renewal_opens_at
    soft = ""
    if opens_at is not None and not view.payable and not view.cancel_at_period_end:
        soft = text("mypage.next_opens", day=japanese_date(opens_at))
    return (Fact(label, text("mypage.next_none"), soft=soft),)


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


# The colour of a card's notice, where something is amiss.
_KINDS = {
    FindingCode.PENDING_PAYMENT: "warning",
    FindingCode.GRACE: "error",
    FindingCode.MANDATE_ENDED: "warning",
    FindingCode.NEVER_PAID: "warning",
    FindingCode.LAPSED_MONTHLY: "error",
    FindingCode.EXPIRED_LUMP_SUM: "warning",
    FindingCode.DORMANT: "warning",
}
# Findings that no member asks support about, and those that another card is about.
_NOT_AMISS = frozenset(
    {
        FindingCode.OK,
        FindingCode.RENEWING,
        FindingCode.LEAVING,
        FindingCode.GRANTED,
        FindingCode.PAUSING,
        FindingCode.RENEWABLE,
        FindingCode.FIXED,
        FindingCode.OTHER_SITE,
    }
)
# Findings whose sums and days are in a card's lists: what they say first would only repeat them.
_LISTED = frozenset(
    {FindingCode.PENDING_SLIP, FindingCode.LAPSED_MONTHLY, FindingCode.EXPIRED_LUMP_SUM}
)
# The tag and its tone, by the first of these findings that was made.
_TAGS = {
    FindingCode.GRANTED: ("mypage.standing_granted", "good"),
    FindingCode.WITHDRAWN: ("mypage.standing_withdrawn", ""),
    FindingCode.DORMANT: ("mypage.standing_dormant", "waiting"),
    FindingCode.GRACE: ("mypage.standing_past_due", "bad"),
    FindingCode.LAPSED_MONTHLY: ("mypage.standing_past_due", "bad"),
    FindingCode.EXPIRED_LUMP_SUM: ("mypage.standing_past_due", "bad"),
    FindingCode.PAUSED: ("mypage.standing_paused", "waiting"),
    FindingCode.LEAVING: ("mypage.standing_leaving", "waiting"),
    FindingCode.OK: ("mypage.standing_active", "good"),
    FindingCode.NEVER_PAID: ("mypage.standing_pending", "waiting"),
    FindingCode.PENDING_SLIP: ("mypage.standing_pending", "waiting"),
    FindingCode.PENDING_PAYMENT: ("mypage.standing_pending", "waiting"),
}
