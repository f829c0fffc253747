"""Asked after a login to agree to a new version: who does not goes in all the same."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from tests.sites.examples import with_terms
from tests.web.login.conftest import Visitor, World, text_of

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.identity import queries as members
from kaiin.identity.flows.sessions import end_session, start_session

ENTRY = "/entry/official"


@pytest.fixture
def member(world: World) -> int:
    """Joined under version 1; since then version 2 is in force, which asks members."""
    found = world.joined()
    apply_tenant(with_terms(2))
    return found


def agreed(member: int) -> list[str]:
    return [f"{each.kind.value}-{each.version}" for each in members.consents(member)]


def shown(page: Any) -> str:
    found = re.search(r'name="documents" value="([^"]*)"', page.content.decode())
    assert found is not None
    return found[1]


def is_handed_over(answer: Any) -> bool:
    return str(answer.headers["Location"]).startswith("http://official.localhost")


def test_a_login_leads_to_the_question_and_then_on(
    visitor: Visitor, world: World, member: int
) -> None:
    where = visitor.log_in_for(world.member_id(member))
    assert where == f"/agree?next={quote(ENTRY, safe='')}"
    page = visitor.get(where)
    assert "利用規約が新しくなりました" in text_of(page)
    assert "第5条（第2版の禁止事項）" in text_of(page)
    assert "お支払い済みのサイトは、これまでどおりご利用いただけます" in text_of(page)
    assert shown(page) == "terms-2"
    answer = visitor.post(where, documents=shown(page))
    assert answer.headers["Location"] == ENTRY
    assert is_handed_over(visitor.get(ENTRY))
    assert agreed(member)[0] == "terms-2"
    [newest, *_] = members.consents(member)
    assert (newest.page, newest.site_key) == ("question", "")
    # Back, and another tab that still shows the question.
    assert visitor.get(where).headers["Location"] == ENTRY
    assert visitor.post(where, documents="terms-2").headers["Location"] == ENTRY
    assert visitor.post(where, later="1").headers["Location"] == ENTRY
    assert agreed(member).count("terms-2") == 1


def test_who_does_not_agree_goes_in_and_is_asked_at_the_next_login(
    visitor: Visitor, world: World, member: int
) -> None:
    where = visitor.log_in_for(world.member_id(member))
    assert visitor.post(where, later="1").headers["Location"] == ENTRY
    for _ in range(2):
        assert is_handed_over(visitor.get(ENTRY))
    assert agreed(member) == ["terms-1", "privacy-1"]
    page = text_of(visitor.get("/my"))
    assert "第2版にはまだ同意されていません" in page
    visitor.post("/logout")
    assert visitor.log_in_for(world.member_id(member)) == where


def test_a_session_that_ended_is_no_answer(visitor: Visitor, world: World, member: int) -> None:
    where = visitor.log_in_for(world.member_id(member))
    visitor.post(where, later="1")
    end_session(sid=visitor.client.cookies["kaiin"].value)
    assert visitor.log_in_for(world.member_id(member)) == where


def test_a_site_asks_who_has_been_logged_in_since_before(visitor: Visitor, world: World) -> None:
    member = world.joined()
    visitor.log_in_for(world.member_id(member))
    assert is_handed_over(visitor.get(ENTRY))
    apply_tenant(with_terms(2))
    where = visitor.get(f"{ENTRY}?state={'b' * 64}").headers["Location"]
    assert where == f"/agree?next={quote(ENTRY, safe='')}"
    visitor.post(where, later="1")
    answer = visitor.get(ENTRY)
    assert is_handed_over(answer)
    assert "b" * 64 in answer.headers["Location"]


def test_without_a_membership_the_entry_says_so_and_asks_for_no_consent(
    visitor: Visitor, world: World
) -> None:
    member = world.member()
    apply_tenant(with_terms(2))
    visitor.log_in(world.member_id(member))
    answer = visitor.get(ENTRY)
    assert answer.status_code == 200
    assert "JO1 OFFICIAL SITEにはまだ入会していません" in text_of(answer)


def test_who_joined_under_the_new_version_is_not_asked(visitor: Visitor, world: World) -> None:
    apply_tenant(with_terms(2))
    member = world.joined()
    assert visitor.log_in_for(world.member_id(member)) == ENTRY
    assert visitor.get("/agree").headers["Location"] == "/my"


def test_a_version_that_needs_no_consent_is_not_asked_for(visitor: Visitor, world: World) -> None:
    member = world.joined()
    apply_tenant(with_terms(2, asks=False))
    assert visitor.log_in_for(world.member_id(member)) == ENTRY


def test_a_version_that_comes_into_force_meanwhile_is_shown_first(
    visitor: Visitor, world: World, member: int
) -> None:
    where = visitor.log_in_for(world.member_id(member))
    before = shown(visitor.get(where))
    apply_tenant(with_terms(3))
    answer = visitor.post(where, documents=before)
    assert answer.status_code == 200
    assert "表示していた版が新しくなりました" in text_of(answer)
    assert shown(answer) == "terms-3"
    assert "terms-3" not in agreed(member)
    visitor.post(where, documents=shown(answer))
    assert agreed(member)[0] == "terms-3"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "/agree?next=/agree", "/agree"],
)  # fmt: skip
@pytest.mark.parametrize("form", [{"documents": "terms-2"}, {"later": "1"}])
def test_it_leads_nowhere_else(
    visitor: Visitor, world: World, member: int, elsewhere: str, form: dict[str, str]
) -> None:
    visitor.log_in_for(world.member_id(member))
    answer = visitor.post(f"/agree?next={quote(elsewhere, safe='')}", **form)
    assert answer.headers["Location"] == "/my"


def test_a_stranger_is_led_to_the_login_and_comes_back(
    visitor: Visitor, world: World, member: int
) -> None:
    assert visitor.get("/agree?next=/my/password").headers["Location"] == "/login"
    where = visitor.log_in(world.member_id(member)).headers["Location"]
    assert where == "/agree?next=/my/password"
    assert visitor.post(where, later="1").headers["Location"] == "/my/password"


def test_a_forged_form_agrees_to_nothing(world: World, member: int) -> None:
    visitor = Visitor(Client(enforce_csrf_checks=True))
    visitor.client.post("/login", {})
    visitor.client.cookies["kaiin"] = start_session(member_pk=member, user_agent="Browser")
    assert visitor.post("/agree", documents="terms-2").status_code == 403
    assert "terms-2" not in agreed(member)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_my_page_shows_what_was_agreed_to(
    world: World, member: int, language: str, client: Client
) -> None:
    visitor = Visitor(client, language)
    where = visitor.log_in_for(world.member_id(member))
    world.clock.advance(hours=2)
    visitor.post(where, documents="terms-2")
    page = text_of(visitor.get("/my"))
    says = {
        "ja": ("第2版に同意：2026年11月22日(日)（同意のお願いの画面）",
               "第1版に同意：2026年11月22日(日)（JO1 OFFICIAL SITEのお申し込みのとき）"),
        "en": ("Agreed to version 2 on 22 November 2026, when we asked",
               "Agreed to version 1 on 22 November 2026, when applying to JO1 OFFICIAL SITE"),
    }  # fmt: skip
    for said in says[language]:
        assert said in page
    html = visitor.get("/my").content.decode()
    for path in ("/terms/2", "/terms/1", "/privacy/1"):
        assert f'href="{path}"' in html
        assert visitor.get(path).status_code == 200
