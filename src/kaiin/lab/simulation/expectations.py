"""What people and the provider know, compared with what the installation says.

Money is read from the provider's own store; clicks are the people's. Nothing here asks the
engine: bounds are chosen so that every right engine keeps them and a wrong one is seen.
"""

import base64
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from kaiin.billing.views.courses import list_courses
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST, TermRule, TermRuleSpec, add_months, midnight, month_start
from kaiin.domain.previews import LateRenewal
from kaiin.identity import queries as accounts
from kaiin.infra import texts
from kaiin.lab.sandbox.store import Row, read
from kaiin.lab.simulation.people import People
from kaiin.lab.simulation.person import Person
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.trace import jst
from kaiin.sites import queries as sites
from kaiin.verification.violation import Violation

# Open payments are asked about every four hours at least.
SWEEP = timedelta(hours=4, minutes=30)
# After a period: the longest grace and retries of the courses, and an unknown outcome.
_AFTERWARDS = timedelta(days=14)
# Two charges of one contract are a month apart, or less where the first was retried for a week.
_APART = timedelta(days=15)
_OWN_DOING = timedelta(days=2)
# While it is unknown whether the first charge after a break was made, its member is let in.
_AFTER_BREAK = timedelta(days=7)
# How long before the end of a period its renewal is charged: holidays at the end of a month.
_EARLIEST = timedelta(days=12)

_MONEY = (
    "SELECT payment.*, event.number AS event, event.created_at AS reported_at, (SELECT"
    " min(sent_at) FROM late_call WHERE order_id = payment.order_id) AS late_since FROM event"
    " JOIN payment ON payment.order_id = event.order_id"
    " WHERE event.number > ? AND event.type = 'payment.paid' AND payment.status = 'paid'"
    " ORDER BY event.number"
)
_OPEN = (
    "SELECT membership.member_id, membership.site_id FROM billing_entitlement entitlement"
    " JOIN billing_membership membership ON membership.id = entitlement.membership_id"
    " WHERE entitlement.starts_at <= %s AND entitlement.ends_at > %s"
)


@dataclass(frozen=True)
class _Bought:
    """The meaning of the words on a bill."""

    site_key: str
    term: TermRuleSpec
    by_method: Mapping[Method, TermRuleSpec]
    # How many months less a late renewal may open, counting from the old end.
    late_months: int


@dataclass(frozen=True)
class Money:
    """One sum that the provider has. `sent_at`: when its charge was first sent; it may be carried
    out later. `reported_at`: from when on asking brings it."""

    order_id: str
    person: Person
    site_key: str
    automatic: bool
    mandate_id: str
    sent_at: datetime
    created_at: datetime
    paid_at: datetime
    reported_at: datetime
    enough: bool
    opens_until: datetime
    closed_from: datetime


@dataclass
class Expectations:
    """Learns of money as it comes, and says who must be in and who must not."""

    people: People
    provider: Provider
    money: dict[tuple[int, str], list[Money]] = field(default_factory=lambda: defaultdict(list))
    received: int = 0
    _seen_events: int = 0
    _charged: dict[str, datetime] = field(default_factory=dict)
    # Who was ever charged by the day of joining: (name, site).
    _by_day: set[tuple[str, str]] = field(default_factory=set)
    _bills: dict[str, _Bought] = field(default_factory=dict)

    def learn(self) -> Iterator[Violation]:
        """Read what was paid since the last time; a charge that should not be is a violation."""
        self._bills = self._bills or _bills()
        persons = {person.pk: person for person in self.people.everybody}
        for row in self.provider.rows(_MONEY, self._seen_events):
            self._seen_events = row["event"]
            if not row["amount"]:
                continue
            money = self._read(row, persons[int(row["customer"].removeprefix("m"))])
            self.money[money.person.pk, money.site_key].append(money)
            self.received += row["received_amount"]
            yield from self._charged_rightly(money)

    def check(
        self, now: datetime, swept_since: datetime | None, listed_since: datetime | None
    ) -> Iterator[Violation]:
        """Those who paid are in, if the provider was asked after that; those who did not are out.

        What the provider knew by `swept_since` has been asked about, if it was of open payments;
        by `listed_since`, all of it.
        """
        open_now = _open_now(now)
        for (member_pk, site_key), all_money in self.money.items():
            is_open = (member_pk, site_key) in open_now
            if is_open:
                continue
            due = [
                money
                for money in all_money
                if _must_be_in(money, now, swept_since, listed_since)
                and self.provider.is_untroubled(money.order_id)
                and not self._follows_troubled(money, all_money, now)
                and not _came_second(money, all_money)
            ]
            if due:
                yield _violation(
                    due[-1],
                    "people.paid_not_in",
                    f"paid {due[-1].order_id} at {jst(due[-1].paid_at)}, is not in at {jst(now)}",
                )
        persons = {person.pk: person for person in self.people.everybody}
        for person in persons.values():
            yield from _given_or_brought(person, open_now, now)
        for member_pk, site_key in sorted(open_now):
            paid = self.money.get((member_pk, site_key), [])
            person = persons[member_pk]
            if not (
                any(money.enough and money.paid_at <= now < money.closed_from for money in paid)
                or _may_be_in(person, site_key, now)
                or self._is_undecided(person, site_key, now, swept_since)
            ):
                yield Violation(
                    "people.in_without_money",
                    (f"member:{member_pk}",),
                    f"is in at {site_key} at {jst(now)}, though no money opens it",
                )

    def _follows_troubled(self, money: Money, all_money: Sequence[Money], now: datetime) -> bool:
        """Whether its time may begin only after that of money which went back."""
        return any(
            not self.provider.is_untroubled(before.order_id)
            for before in all_money
            if before.paid_at < money.paid_at and now < before.closed_from
        )

    def _is_undecided(
        self, person: Person, site_key: str, now: datetime, swept_since: datetime | None
    ) -> bool:
        refused = [
            at
            for row in self.provider.refused_charges(person.pk)
            if self._bills[row["description"]].site_key == site_key
            and swept_since is not None
            and (at := read(row["created_at"])) <= swept_since
        ]
        return _undecided_after_break(person.breaks.get(site_key, ()), refused, now)

    def _charged_rightly(self, money: Money) -> Iterator[Violation]:
        if not money.automatic:
            return
        imported = money.person.imported
        if (
            imported is not None
            and money.mandate_id == imported.mandate_id
            and money.paid_at < imported.until - _EARLIEST
        ):
            yield _violation(
                money,
                "people.charged_before_due",
                f"{money.order_id} charges {money.mandate_id} at {jst(money.paid_at)}, paid"
                f" elsewhere until {jst(imported.until)}",
            )
        before = self._charged.get(money.mandate_id)
        self._charged[money.mandate_id] = money.paid_at
        # Who comes back from a break, or changes now, is charged at that moment: their own doing.
        asked_for = before is not None and any(
            money.person.clicked_inwards(money.site_key, at - _OWN_DOING, at)
            for at in (before, money.paid_at)
        )
        if before is not None and money.paid_at - before < _APART and not asked_for:
            yield _violation(
                money,
                "people.charged_twice",
                f"{money.order_id} charges {money.mandate_id} at {jst(money.paid_at)},"
                f" charged at {jst(before)} already",
            )
        left_at = money.person.left_at.get(money.site_key)
        if left_at is not None and left_at < money.sent_at:
            yield _violation(
                money,
                "people.charged_after_leaving",
                f"left {money.site_key} at {jst(left_at)}, charged {money.order_id} at"
                f" {jst(money.sent_at)}",
            )

    def _read(self, row: Row, person: Person) -> Money:
        bought = self._bills[row["description"]]
        paid_at = read(row["paid_at"])
        day = paid_at.astimezone(JST).date()
        term = bought.by_method.get(Method(row["method"]), bought.term)
        imported = person.imported
        brought = imported is not None and imported.site == bought.site_key
        before = self.money.get((person.pk, bought.site_key))
        late = bought.late_months if before or brought else 0
        # What is bought may follow time that was paid for elsewhere.
        last = day
        if imported is not None and brought:
            last = max(day, imported.until.astimezone(JST).date())
            if imported.rule.kind is TermRule.ANNIVERSARY:
                self._by_day.add((person.name, bought.site_key))
        if term.kind is TermRule.ANNIVERSARY:
            self._by_day.add((person.name, bought.site_key))
            # A renewal may be a week late and still count from the end before it.
            opens_until = paid_at + timedelta(days=28 * term.months - 8 - 31 * late)
            closed_from = midnight(add_months(last, term.months + 1)) + _AFTERWARDS
        else:
            opens_until = midnight(month_start(day, term.months - late))
            # A lump sum may be renewed three months early; some have the first month free. Who
            # comes from anniversaries has the days up to the first whole month free.
            stub = (person.name, bought.site_key) in self._by_day
            early = 4 if term.months > 1 else 1 + stub
            closed_from = midnight(month_start(last, term.months + early)) + _AFTERWARDS
        return Money(
            order_id=row["order_id"],
            person=person,
            site_key=bought.site_key,
            automatic=row["kind"] == "charge",
            mandate_id=row["mandate_id"] or "",
            sent_at=read(row["late_since"] or row["created_at"]),
            created_at=read(row["created_at"]),
            paid_at=paid_at,
            reported_at=read(row["reported_at"]),
            enough=row["received_amount"] >= row["amount"],
            opens_until=opens_until,
            closed_from=closed_from,
        )


def _must_be_in(
    money: Money, now: datetime, swept_since: datetime | None, listed_since: datetime | None
) -> bool:
    if not money.enough or not money.paid_at <= now < money.opens_until:
        return False
    # A slip that was paid at the store and voided before the store reported it is not asked about
    # any more: the provider's list of events has the money.
    ended = money.person.may_have_ended(money.site_key, money.paid_at, money.reported_at)
    known_by = listed_since if ended and money.reported_at > money.paid_at else swept_since
    if known_by is None or money.reported_at > known_by:
        return False
    if UUID(bytes=base64.b32decode(f"{money.order_id.upper()}======")) in money.person.kept:
        return False
    return not money.person.turned_away(money.site_key, money.paid_at, money.reported_at + SWEEP)


def _undecided_after_break(
    breaks: Sequence[datetime], refused: Sequence[datetime], now: datetime
) -> bool:
    """Whether the first charge after one of the `breaks`, given by their ends, may be undecided.
    `refused`: when charges were declined that the installation has asked about since."""
    return any(
        ends_at <= now < ends_at + _AFTER_BREAK and not any(at >= ends_at for at in refused)
        for ends_at in breaks
    )


def _came_second(money: Money, all_money: Sequence[Money]) -> bool:
    """Whether its payer had ordered and paid anew before a slip's money was reported: then the
    newer payment buys the period, and the slip's money is a refund case for staff."""
    return any(
        other.enough
        and not other.automatic
        and money.created_at < other.created_at <= other.paid_at <= money.reported_at
        for other in all_money
    )


def _given_or_brought(
    person: Person, open_now: set[tuple[int, str]], now: datetime
) -> Iterator[Violation]:
    """Who is in without money: by staff's word, or for time that was paid for elsewhere; and who
    is not in at all, because staff closed the account."""
    ids = (f"member:{person.pk}",)
    for given in person.given:
        in_force = given.sure and given.ended_at is None and given.at <= now < given.until
        if in_force and (person.pk, given.site) not in open_now:
            yield Violation(
                "people.granted_not_in", ids, f"granted until {jst(given.until)}, is not in"
            )
    imported = person.imported
    if (
        imported is not None
        and now < imported.until
        and (person.pk, imported.site) not in open_now
        and not person.turned_away(imported.site, imported.at, imported.at + SWEEP)
    ):
        yield Violation(
            "people.imported_not_in", ids, f"paid elsewhere until {jst(imported.until)}"
        )
    if person.closed is True and person.sid and accounts.session_member(person.sid) is not None:
        yield Violation("people.in_though_closed", ids, "the account is closed, a session is open")


def _may_be_in(person: Person, site_key: str, now: datetime) -> bool:
    """Whether something other than money lets a person in."""
    for given in person.given:
        gone = given.surely_ended and given.ended_at is not None and given.ended_at <= now
        if given.site == site_key and given.at <= now < given.until and not gone:
            return True
    imported = person.imported
    if imported is None or imported.site != site_key:
        return False
    # Grace follows where a renewal is tried: by the mandate that came along, or a new card.
    tried = imported.mandate_id or person.clicked_inwards(site_key, imported.at, now)
    return now < imported.until + (_AFTERWARDS if tried else timedelta())


def _open_now(now: datetime) -> set[tuple[int, str]]:
    keys = {site.id: site.key for site in sites.sites()}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [now, now])
        return {(member, keys[site]) for member, site in cursor.fetchall()}


def _bills() -> dict[str, _Bought]:
    """How the provider's page names what is bought -> what that is; in each language."""
    found = {}
    for site in sites.sites():
        for course in list_courses(site.key):
            terms = course.terms
            from_end = terms.late_renewal is LateRenewal.FROM_OLD_END
            late = terms.dunning.dormant_months if from_end else 0
            for language in sites.tenant().languages:
                words = (texts.localized(each.name, language) for each in (site, course))
                bought = _Bought(site.key, terms.term, terms.term_by_method, late)
                found[" ".join(words)] = bought
    return found


def _violation(money: Money, check: str, says: str) -> Violation:
    return Violation(check, (f"member:{money.person.pk}",), says)
