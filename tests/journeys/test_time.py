"""A year and a month of a club: what renews, what fails, what ends, and who comes back.

All members join on the same day; the tests follow the calendar, and each leaves the clock where
it went. Nothing is slept on: the worker walks the clock day by day, as in the demo.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import (
    books,
    make_member,
    make_paid_member,
    membership,
    open_payment,
    pay,
    post,
    start_joining,
    switch,
)
from tests.journeys.visitor import PASSWORD, SITES, Visitor

CLUB = "plusmember.yaml"
ROLES = ("renews", "declined", "carrier", "leaves", "leaves_for_long", "lump_sum")


@dataclass
class Calendar:
    """All joined on `start`, the tenth of a month, at noon in Japan."""

    club: Club
    start: datetime
    emails: dict[str, str] = field(default_factory=dict)

    def day(self, months: int, day: int, hour: int = 12) -> datetime:
        """So many months after the month of joining."""
        count = self.start.year * 12 + self.start.month - 1 + months
        return datetime(count // 12, count % 12 + 1, day, hour, tzinfo=JST)

    def walk_to(self, months: int, day: int, hour: int = 12) -> None:
        self.club.walk_to(self.day(months, day, hour))

    def visitor(self, visit: Visits, role: str) -> Visitor:
        """The member on a phone that is not logged in."""
        return Visitor(self.club, visit(), email=self.emails[role])

    def subjects(self, role: str) -> list[str]:
        """What the member's mails are about, newest first."""
        return [mail.subject for mail in self.club.mails(self.emails[role])]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def calendar(club: Club) -> Calendar:
    """Next month's tenth, and six members who have just joined."""
    now = club.now().astimezone(JST)
    following = (now.replace(day=1) + timedelta(days=32)).replace(day=10, hour=12, minute=0)
    # There are no members yet: the clock may jump.
    club.jump_to(following.replace(second=0, microsecond=0))
    calendar = Calendar(club, following)
    for role in ROLES:
        email = calendar.emails[role] = f"{role.replace('_', '.')}@mail.example"
        make_paid_member(
            club,
            email,
            PASSWORD,
            card="4000000000000341" if role == "declined" else "4242424242424242",
            course="yearly" if role == "lump_sum" else "monthly",
            way="docomo" if role == "carrier" else "card",
        )
    return calendar


DONE = {
    "cure.pay": "join.paid_title",
    "cure.renew": "join.renewed_title",
    "cure.rejoin": "join.rejoined_title",
}


def rejoins(person: Visitor, cure: str, yen: int = 550, done: str = "") -> None:
    """From the entry page, by the button of its cure, back in."""
    person.follow(cure)
    person.pays_again(yen=yen)
    person.sees(done or DONE[cure])
    person.follow("join.enter", site=SITES["official"])
    person.is_in()


def test_a_slip_paid_in_time_and_reported_late(
    club: Club, visit: Visits, calendar: Calendar
) -> None:
    """Paid an hour before the deadline, heard of two hours after it: paid is paid."""
    person = Visitor(club, visit())
    make_member(club, person.email, person.password)
    payment = start_joining(club, person.email, course="yearly", way="konbini")
    pay(club, payment)
    numbers = {each.kind.value: each.value for each in issued(club, person.email)}
    switch(club, payment.id, "store_report", 180)
    calendar.walk_to(0, 17, hour=23)
    at_the_store(club, numbers)
    club.advance(hours=1.5)
    person.enters()
    person.sees_code("access.pending_slip")
    visit.examine(person.page)
    assert membership(club, person.email).paid_until is None
    club.advance(hours=2)
    club.until(lambda: membership(club, person.email).paid_until)
    person.opens("official", "/members/")
    person.is_in()
    view = membership(club, person.email)
    assert view.joined_date == calendar.day(0, 17).date()
    assert books(club, person.email).paid_at_provider == 1
    assert books(club, person.email).ledger == 0


def issued(club: Club, email: str) -> list:  # type: ignore[type-arg]
    """The numbers on the slip, once Kaiin has heard of them."""
    return club.until(lambda: list(open_payment(club, email).references))


def at_the_store(club: Club, numbers: dict[str, str]) -> None:
    """Cash over the counter."""
    post(
        club,
        "/store",
        200,
        slip=numbers["konbini_slip"],
        confirmation=numbers["konbini_confirmation"],
        pay="1",
    )


def test_a_slip_that_ran_out(club: Club, visit: Visits, calendar: Calendar) -> None:
    """A page says so, and the member can begin again."""
    person = Visitor(club, visit())
    make_member(club, person.email, person.password)
    pay(club, start_joining(club, person.email, course="yearly", way="konbini"))
    issued(club, person.email)
    calendar.walk_to(0, 27)
    person.enters()
    person.sees_code("access.never_paid")
    visit.examine(person.page)
    rejoins(person, "cure.pay", yen=6600)


def test_leaving(club: Club, visit: Visits, calendar: Calendar) -> None:
    """In until the end of what is paid, and out after it."""
    for role in ("leaves", "leaves_for_long"):
        person = calendar.visitor(visit, role)
        person.opens("id", "/my/official/leave")
        person.logs_in()
        person.press("mypage.leave_submit")
        person.sees("mypage.left_title")
        person.opens("official", "/members/")
        person.is_in()
    calendar.walk_to(1, 1)
    for role in ("leaves", "leaves_for_long"):
        person = calendar.visitor(visit, role)
        person.enters()
        person.sees_code("access.withdrawn")
        assert membership(club, person.email).standing is Standing.WITHDRAWN
        assert books(club, person.email).paid == 1


def test_a_renewal_is_charged(club: Club, visit: Visits, calendar: Calendar) -> None:
    calendar.walk_to(1, 1)
    person = calendar.visitor(visit, "renews")
    person.enters()
    person.is_in()
    found = books(club, person.email)
    assert (found.paid, found.paid_at_provider, found.periods, found.receipts) == (2, 2, 2, 2)
    assert (found.ledger, found.unbalanced) == (0, 0)
    period = membership(club, person.email).period
    assert period is not None
    assert (period.starts_at, period.ends_at) == (calendar.day(1, 1, 0), calendar.day(2, 1, 0))
    assert person.words("mail.receipt.subject", site=SITES["official"]) in calendar.subjects(
        "renews"
    )


def test_a_declined_card_has_its_days_of_grace(
    club: Club, visit: Visits, calendar: Calendar
) -> None:
    calendar.walk_to(1, 1)
    person = calendar.visitor(visit, "declined")
    person.enters()
    person.is_in()
    person.sees_code("membership.grace")
    subject = person.words("mail.renewal_failed.subject", site=SITES["official"])
    assert subject in calendar.subjects("declined")
    number = membership(club, person.email).member_number

    calendar.walk_to(1, 4)
    person.opens("official", "/members/")
    person.sees_code("access.lapsed_monthly")
    said = person.words("payments.failure.card_declined")
    assert said in person.page.get_by_role("main").inner_text()
    visit.examine(person.page)
    assert books(club, person.email).paid == 1
    rejoins(person, "cure.pay", done="join.paid_due_title")
    assert membership(club, person.email).member_number == number
    assert books(club, person.email).paid_at_provider == 2


def test_coming_back_within_thirty_days(club: Club, visit: Visits, calendar: Calendar) -> None:
    calendar.walk_to(1, 5)
    before = membership(club, calendar.emails["leaves"])
    person = calendar.visitor(visit, "leaves")
    person.enters()
    person.sees_code("access.withdrawn")
    rejoins(person, "cure.rejoin")
    after = membership(club, person.email)
    assert after.member_number == before.member_number
    assert after.joined_date == before.joined_date == calendar.day(0, 10).date()


def test_the_carrier_ends_the_contract(club: Club, visit: Visits, calendar: Calendar) -> None:
    """A mail comes at once; access lasts as long as is paid; then the reason, and another way."""
    email = calendar.emails["carrier"]
    mandate = club.ask_provider("SELECT mandate_id FROM payment WHERE email = ?", email)
    post(club, f"/mandates/{mandate}/end", by="carrier")
    subject = Visitor(club, visit()).words("mail.mandate_ended.subject", site=SITES["official"])
    club.until(lambda: subject in calendar.subjects("carrier"))
    person = calendar.visitor(visit, "carrier")
    person.enters()
    person.is_in()
    person.opens("id", "/my")
    visit.examine(person.page)

    calendar.walk_to(2, 1)
    person.opens("official", "/members/")
    # Days later the session may be gone; the truth is not.
    if person.page.url.endswith("/login"):
        person.logs_in()
    person.sees_code("access.lapsed_monthly")
    assert membership(club, email).end_reason is EndReason.MANDATE_ENDED
    number = membership(club, email).member_number
    rejoins(person, "cure.renew")
    assert membership(club, email).member_number == number


def test_coming_back_after_thirty_days(club: Club, visit: Visits, calendar: Calendar) -> None:
    calendar.walk_to(2, 5)
    before = membership(club, calendar.emails["leaves_for_long"])
    person = calendar.visitor(visit, "leaves_for_long")
    person.enters()
    person.sees_code("access.withdrawn")
    rejoins(person, "cure.rejoin")
    after = membership(club, person.email)
    assert after.member_number != before.member_number
    assert after.joined_date == calendar.day(2, 5).date()


def test_a_lump_sum_runs_out_and_is_renewed(club: Club, visit: Visits, calendar: Calendar) -> None:
    """Reminded three months before; never charged by itself; the number is kept."""
    email = calendar.emails["lump_sum"]
    number, ends_on = membership(club, email).member_number, membership(club, email).last_day
    person = calendar.visitor(visit, "lump_sum")
    calendar.walk_to(9, 2)
    reminder = person.words("mail.expiring.subject", site=SITES["official"], day=ends_on)
    assert reminder in calendar.subjects("lump_sum")
    calendar.walk_to(12, 2)
    assert person.words("mail.expired.subject", site=SITES["official"]) in calendar.subjects(
        "lump_sum"
    )
    person.enters()
    person.sees_code("access.expired_lump_sum")
    person.sees_code("access.dormant")
    visit.examine(person.page)
    assert books(club, email).paid_at_provider == 1
    rejoins(person, "cure.renew", yen=6600)
    assert membership(club, email).member_number == number
    found = books(club, email)
    assert (found.paid, found.paid_at_provider, found.periods) == (2, 2, 2)
    assert (found.ledger, found.unbalanced) == (0, 0)
