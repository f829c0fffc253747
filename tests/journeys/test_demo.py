"""Each ready login of the demo is what its story says, by Kaiin and by the provider.

The stories' days are counted back from the day on which the demo is made, so any day will do.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from kaiin.domain.diagnosis.findings import Diagnosis, FindingCode
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import EndReason, Standing
from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.lab.sandbox.store import Store
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.visitor import SITES, Visitor

CLUB = "demo"
IN, SLIP, NEVER = (FindingCode.OK,), (FindingCode.PENDING_SLIP,), (FindingCode.NEVER_PAID,)
LAPSED = (FindingCode.LAPSED_MONTHLY,)
DORMANT = (FindingCode.LAPSED_MONTHLY, FindingCode.DORMANT)
WITHDRAWN = (FindingCode.WITHDRAWN,)


@dataclass(frozen=True)
class Facts:
    """What Kaiin knows of a member, as `kaiin explain` and their pages do, and the provider."""

    login: dict[str, str]
    member: Any
    found: Diagnosis
    memberships: tuple[Any, ...]
    refunds: tuple[Any, ...]
    payments: list[dict[str, Any]]
    mandates: list[dict[str, Any]]
    notices: list[dict[str, Any]]

    @property
    def here(self) -> Any:
        return self.memberships[0]

    @property
    def said(self) -> object:
        """What the provider answered last to a payment that came to nothing."""
        ending = self.here.ending
        failure = ending.failure if ending else self.here.last_failure
        return failure.code if failure else ""

    @property
    def kinds(self) -> set[WindowKind]:
        """What lets them in now."""
        now = clock.now()
        windows = self.here.windows
        return {each.kind for each in windows if each.starts_at <= now < each.ends_at}

    def paid_by(self, method: Method, course: str = "monthly", sites: int = 1) -> bool:
        return (
            len(self.memberships) == sites
            and all(each.standing is Standing.ACTIVE for each in self.memberships)
            and (self.here.method, self.here.course_key) == (method, course)
            and self.kinds == {WindowKind.PAID}
        )

    def ended_by(self, reason: EndReason, standing: Standing = Standing.WITHDRAWN) -> bool:
        return (self.here.end_reason, self.here.standing) == (reason, standing)


Claim = Callable[[Facts], object]
# By story: what is diagnosed, and what else its words claim.
STORIES: dict[str, tuple[tuple[FindingCode, ...], Claim]] = {
    "active_card": (IN, lambda it: it.paid_by(Method.CARD) and it.here.next_charge_at),
    "active_docomo": (IN, lambda it: it.paid_by(Method.DOCOMO) and it.here.next_charge_at),
    "active_au": (IN, lambda it: it.paid_by(Method.AU) and it.here.next_charge_at),
    "active_both": (IN, lambda it: it.paid_by(Method.CARD, sites=2)),
    "lump_sum": (IN, lambda it: it.paid_by(Method.KONBINI, "yearly")),
    "changed": (
        IN,
        lambda it: (
            it.paid_by(Method.CARD, "yearly")
            and (clock.now().date() - it.here.joined_date).days > 100
            and it.here.member_number
        ),
    ),
    "granted": (IN, lambda it: not it.memberships and not it.payments),
    "pending_slip": (
        SLIP,
        lambda it: it.payments[0]["slip"] and not it.payments[0]["store_paid_at"],
    ),
    "slip_paid": (
        SLIP,
        lambda it: it.payments[0]["store_paid_at"] and it.payments[0]["status"] == "open",
    ),
    "slip_expired": (
        NEVER,
        lambda it: it.said == "expired" and it.payments[0]["status"] == "expired",
    ),
    "notice_lost": (
        IN,
        lambda it: (
            it.paid_by(Method.CARD)
            and it.notices
            and {each["status"] for each in it.notices} == {"dropped"}
        ),
    ),
    "turned_back": (NEVER, lambda it: it.said == "canceled"),
    "declined": (
        NEVER,
        lambda it: it.said == it.payments[0]["failure_code"] == "insufficient_funds",
    ),
    "grace": (IN, lambda it: it.kinds == {WindowKind.GRACE} and it.said == "limit_exceeded"),
    "lapsed": (LAPSED, lambda it: it.said == "limit_exceeded" and it.here.next_try_at),
    "dormant": (
        DORMANT,
        lambda it: (
            it.ended_by(EndReason.RENEWAL_FAILED, Standing.DORMANT)
            and [each["failure_code"] for each in it.payments[-3:]] == ["insufficient_funds"] * 3
        ),
    ),
    "withdrawn_unpaid": (
        WITHDRAWN,
        lambda it: it.ended_by(EndReason.RENEWAL_FAILED) and it.said == "carrier_declined",
    ),
    "contract_ended": (
        DORMANT,
        lambda it: (
            it.ended_by(EndReason.MANDATE_ENDED, Standing.DORMANT)
            and [each["end_reason"] for each in it.mandates] == ["carrier"]
        ),
    ),
    "leaving": (IN, lambda it: it.here.cancel_at_period_end and it.kinds == {WindowKind.PAID}),
    "withdrawn": (
        WITHDRAWN,
        lambda it: it.ended_by(EndReason.LEFT) and it.here.rejoin_until > clock.now(),
    ),
    "expired": (
        (FindingCode.EXPIRED_LUMP_SUM, FindingCode.DORMANT),
        lambda it: it.ended_by(EndReason.EXPIRED, Standing.DORMANT),
    ),
    "paused": ((FindingCode.PAUSED,), lambda it: it.here.paused_until > clock.now()),
    "refunded": (
        WITHDRAWN,
        lambda it: (
            it.ended_by(EndReason.LEFT)
            and [each.state for each in it.refunds] == ["done"]
            and it.payments[-1]["refunded"] == it.refunds[0].amount.amount
        ),
    ),
    "charged_back": (
        DORMANT,
        lambda it: (
            it.ended_by(EndReason.CHARGED_BACK, Standing.DORMANT)
            and it.payments[-1]["dispute"] == "lost"
        ),
    ),
    "paid_twice": (
        IN,
        lambda it: (
            [each["status"] for each in it.payments] == ["paid", "paid"]
            and [each.state for each in it.refunds] == ["open"]
        ),
    ),
    "mail_only": (
        (FindingCode.OTHER_SITE,),
        lambda it: [each.site_key for each in it.memberships] == ["mail"],
    ),
    "legacy": (IN, lambda it: it.login["member_id"] == "E10203040"),
    "former_address": (IN, lambda it: leads_to("juunenmae@mail.example") == it.member),
    "disabled": ((FindingCode.DISABLED,), lambda it: it.member.state == "disabled"),
    "staff": ((FindingCode.NO_MEMBERSHIP,), lambda it: is_staff(it.member.pk)),
}


def leads_to(typed: str) -> object:
    from kaiin.identity import queries

    return queries.find_member(typed)


def is_staff(member_pk: int) -> bool:
    from django.contrib.auth import get_user_model

    return bool(get_user_model().objects.get(pk=member_pk).is_staff)


@pytest.fixture(scope="module")
def logins(club: Club) -> dict[str, dict[str, str]]:
    """The ready logins by story."""
    listed = json.loads((club.folder / "logins.json").read_text("utf-8"))
    return {login["story"].removeprefix("demo.story_"): login for login in listed}


def facts(club: Club, login: dict[str, str], site: str) -> Facts:
    """Call it inside the club."""
    from kaiin.billing.views.memberships import list_memberships
    from kaiin.billing.views.refunds import refund_cases
    from kaiin.diagnosis import operations as diagnosis

    member: Any = leads_to(login["member_id"])
    # It asks the provider, whose tables are read after that.
    found = diagnosis.look(member=member, site_key=site, now=clock.now())
    store = Store(club.sandbox_store)
    customer = (f"m{member.pk}",)
    with store.transaction() as tx:
        known = Facts(
            login=login,
            member=member,
            found=found,
            memberships=list_memberships(member.pk, at=clock.now()),
            refunds=refund_cases(member.pk),
            payments=tx.all(
                "SELECT *, (SELECT sum(amount) FROM refund WHERE payment_id = payment.id"
                " AND refund.status = 'done') AS refunded"
                " FROM payment WHERE customer = ? ORDER BY created_at",
                customer,
            ),
            mandates=tx.all("SELECT * FROM mandate WHERE customer = ?", customer),
            notices=tx.all(
                "SELECT delivery.status FROM delivery JOIN event ON event.id = event_id"
                " JOIN payment ON payment.order_id = event.order_id WHERE customer = ?",
                customer,
            ),
        )
    store.close()
    return known


def test_every_login_has_a_story_that_is_compared(logins: dict[str, dict[str, str]]) -> None:
    assert set(logins) == set(STORIES)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_true(club: Club, logins: dict[str, dict[str, str]], story: str) -> None:
    codes, claim = STORIES[story]
    login = logins[story]
    with club.inside():
        # Who is a member of the other site knocks at the first.
        known = facts(club, login, "official" if story == "mail_only" else login["site_key"])
        assert known.found.codes == codes
        assert claim(known), known


def test_the_table_is_filtered_without_scripts(
    club: Club, visit: Visits, logins: dict[str, dict[str, str]]
) -> None:
    page = visit(javascript=False)
    page.goto(club.url("demo"))
    rows = page.locator("tbody tr:not(.table__group)")
    assert rows.count() == 8
    page.get_by_role("link", name=text("demo.show_all", "ja")).click()
    assert rows.count() == len(logins)
    page.get_by_label(text("demo.filter_kind", "ja")).select_option("refused")
    page.get_by_label(text("demo.filter_q", "ja")).fill("猶予")
    page.get_by_role("button", name=text("demo.filter_submit", "ja")).click()
    assert rows.count() == 2
    page.get_by_label(text("demo.filter_q", "ja")).fill("ｅ８８８８８８８８")
    page.get_by_role("button", name=text("demo.filter_submit", "ja")).click()
    expect(page.get_by_text(text("demo.none_found", "ja"))).to_be_visible()
    page.goto(club.url("demo", "/?kind=nonsense&way=konbini&site=official"))
    assert rows.count() == sum(login["way"] == "konbini" for login in logins.values())


@pytest.mark.parametrize("story", ["contract_ended", "mail_only"])
def test_the_table_says_what_a_login_then_shows(
    club: Club, visit: Visits, logins: dict[str, dict[str, str]], story: str
) -> None:
    login = logins[story]
    page = visit(dark=True)
    page.goto(club.url("demo", f"/?q={login['member_id']}"))
    row = page.locator("tbody tr:not(.table__group)")
    sees = row.locator(".table__sees").inner_text()
    visit.examine(page)
    row.get_by_role("link").first.click()
    Visitor(club, page, email=login["member_id"], password=login["password"]).logs_in()
    heading = page.get_by_role("heading", level=1)
    expect(heading).not_to_have_text(text("login.title", "ja"))
    assert heading.inner_text() in sees


def test_the_demo_says_that_it_is_an_illustration(club: Club, visit: Visits) -> None:
    page = visit(language="en", desktop=True)
    page.goto(club.url("demo"))
    said = page.get_by_role("main").inner_text()
    assert "no connection with the real group or company" in said
    assert SITES["official"] in said


def test_the_clocks_page_follows_the_clock_to_the_end(club: Club, visit: Visits) -> None:
    """The last test here: it ages the stories. Nothing is refused for the clock that turned."""
    page = visit()
    page.goto(club.url("demo", "/clock/"))
    page.get_by_role("button", name=text("demo.clock_month", "ja")).click()
    expect(page.get_by_text(text("demo.clock_walking", "ja"))).to_be_visible()
    visit.examine(page)
    expect(page.get_by_label(text("demo.clock_day_label", "ja"))).to_be_visible(timeout=60_000)
    assert not club.warnings()
