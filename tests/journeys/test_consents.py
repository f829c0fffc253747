"""Terms of use: agreed to while joining; a new version is asked for at the next login, and who does
not agree goes in all the same."""

import pytest
from playwright.sync_api import expect

from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import member
from tests.journeys.visitor import SITES, Visitor
from tests.sites.examples import with_terms

CLUB = "plusmember.yaml"


def agreed(club: Club, person: Visitor) -> set[str]:
    from kaiin.identity import queries

    with club.inside():
        consents = queries.consents(member(club, person.email).pk)
        return {f"{each.kind.value}-{each.version}" for each in consents}


def in_force(club: Club) -> int:
    """The version of the terms that applies."""
    from kaiin.infra import clock
    from kaiin.sites import queries

    with club.inside():
        queries.forget()
        return queries.documents_in_force(clock.now())[0].version


def publish(club: Club, person: Visitor, version: int) -> None:
    """A new version of the terms, which asks members; pages know it within a second."""
    from kaiin.billing.courses.tenant import apply_tenant

    with club.inside():
        apply_tenant(with_terms(version, "2024-05-01"))
    person.opens("id", "/terms")
    text = person.page.locator(".prose")
    club.until(lambda: person.page.reload() and f"第{version}版" in text.inner_text())


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_agreed_while_joining_and_asked_when_it_changes(
    club: Club, visit: Visits, javascript: bool
) -> None:
    version = in_force(club) + 1
    page = visit(javascript=javascript)
    person = Visitor(club, page)
    person.goes_to_confirm()

    # Without the tick nothing is bought; the text is read on the spot
    person.press("join.pay", amount="550円")
    tick = page.get_by_role("checkbox")
    expect(tick).not_to_be_checked()
    expect(page.get_by_role("alert")).to_contain_text(person.words("documents.within.terms"))
    visit.examine(page)
    page.locator("summary").first.click()
    expect(page.locator("details .prose").first).to_be_visible()
    visit.examine(page)
    person.presses_pay()
    person.pays_by_card()
    person.sees("join.paid_title")
    before = {f"terms-{version - 1}", "privacy-1"}
    assert agreed(club, person) == before

    # A new version: asked at the next login
    publish(club, person, version)
    person.opens("id", "/my")
    person.press("common.log_out")
    person.enters()
    person.sees("documents.ask_title")
    page.locator("summary").click()
    expect(page.locator("details .prose")).to_be_visible()
    visit.examine(page)

    # Who does not agree goes in, and is asked again at the next one
    person.press("documents.later")
    person.is_in()
    assert agreed(club, person) == before
    person.opens("id", "/my")
    person.press("common.log_out")
    person.enters()
    person.sees("documents.ask_title")
    person.press("documents.agree")
    person.is_in()
    assert agreed(club, person) == before | {f"terms-{version}"}
    page.go_back()
    person.opens("official", "/members/")
    person.is_in()
    person.opens("id", "/my")
    expect(page.get_by_role("main")).to_contain_text(
        person.words("documents.read_version", version=version)
    )
    assert SITES["official"] in page.get_by_role("main").inner_text()
