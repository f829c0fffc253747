"""A site's pages: what is public, who gets in, and how a browser is signed in and out."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.fixtures.clock import START, Clock
from tests.security.browsing import start_at_site

from kaiin.billing.models import Course, Entitlement, Membership, Subscription
from kaiin.identity import operations as identity
from kaiin.identity.flows.handover import issue_handover
from kaiin.identity.flows.register import import_member
from kaiin.identity.flows.sessions import start_session
from kaiin.identity.flows.staff import disable_member
from kaiin.identity.models import Session
from kaiin.sites import queries as sites

OFFICIAL, MAIL = "official.localhost", "mail.localhost"
# The end of November in Japan.
PAID_UNTIL = datetime(2026, 11, 30, 15, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("plusmember", "clock")


@pytest.fixture
def hanako() -> int:
    """A member of no site."""
    return import_member(
        member_id=None,
        email="hanako@example.jp",
        password_hash=identity.hash_password("a long password"),
        details={"nickname": "はなこ"},
        language="ja",
        created_at=START,
        actor="system:test",
    )


@pytest.fixture
def entitled(hanako: int) -> Membership:
    """Hanako's membership of the official site, paid until the end of November in Japan."""
    membership = Membership.objects.create(
        member_id=hanako,
        site_id=sites.site("official").id,
        standing="active",
        standing_changed_at=START,
        joined_date=date(2025, 4, 1),
        member_number=123,
        created_at=START,
    )
    Subscription.objects.create(
        membership=membership,
        course=Course.objects.get(site__key="official", key="monthly"),
        method="card",
        state="active",
        anchor_day=1,
        period_count=1,
        paid_until=PAID_UNTIL,
        next_due_at=PAID_UNTIL,
        created_at=START,
    )
    Entitlement.objects.create(
        membership=membership,
        starts_at=START - timedelta(days=3),
        ends_at=PAID_UNTIL,
        kind="paid",
    )
    return membership


def sign_in(client: Client, member_pk: int, host: str = OFFICIAL, onward: str = "") -> str:
    """Walks the hand-over as a browser does; returns where the site led to in the end."""
    root = start_session(member_pk=member_pk, user_agent="test")
    started = client.get("/auth/start", {"next": onward} if onward else {}, HTTP_HOST=host)
    leaving = urlsplit(started.headers["Location"])
    assert leaving.netloc == "id.localhost:8000"
    site_key = leaving.path.removeprefix("/entry/")
    state = parse_qs(leaving.query)["state"][0]
    code = issue_handover(sid=root, site_key=site_key, state_digest=state)
    back = client.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=host)
    assert back.status_code == 302, back.content
    return str(back.headers["Location"])


def test_the_top_shows_what_it_gives_and_costs(client: Client) -> None:
    body = client.get("/", HTTP_HOST=OFFICIAL).content.decode()
    assert "いちばん近くで、いっしょに。" in body
    assert "月会費コース" in body
    assert "550円" in body
    assert "6,600円" in body
    assert "http://id.localhost:8000/join/official/?lang=ja" in body
    assert "http://id.localhost:8000/trouble?site=official" in body


def test_the_top_needs_few_queries_and_no_session(client: Client) -> None:
    client.get("/", HTTP_HOST=OFFICIAL)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get("/", HTTP_HOST=OFFICIAL)
    assert len(seen) <= 2
    assert "kaiin" not in response.cookies


@pytest.mark.parametrize("path", ["/members/", "/card/?x=1"])
def test_strangers_are_led_to_log_in_and_back(client: Client, path: str) -> None:
    response = client.get(path, HTTP_HOST=OFFICIAL)
    assert response.status_code == 302
    location = urlsplit(response.headers["Location"])
    assert location.path == "/auth/start"
    assert parse_qs(location.query)["next"] == [path]


def test_who_has_paid_is_in(client: Client, entitled: Membership) -> None:
    assert sign_in(client, entitled.member_id) == "/members/"
    with CaptureQueriesContext(connection) as seen:
        page = client.get("/members/", HTTP_HOST=OFFICIAL)
    body = page.content.decode()
    assert page.status_code == 200
    assert "はなこ" in body
    assert "00000123" in body
    assert "月会費コース" in body
    assert "リハーサル中の写真" in body
    assert "2026年12月1日(火)" in body
    assert "no-store" in page.headers["Cache-Control"]
    assert len(seen) <= 5
    card = client.get("/card/", HTTP_HOST=OFFICIAL).content.decode()
    assert "00000123" in card
    assert "2025年4月1日(火)" in card


def test_the_door_closes_at_the_very_end_of_what_is_paid(
    client: Client, entitled: Membership, clock: Clock
) -> None:
    sign_in(client, entitled.member_id)
    clock.freeze(PAID_UNTIL - timedelta(seconds=1))
    assert client.get("/members/", HTTP_HOST=OFFICIAL).status_code == 200
    clock.advance(seconds=1)
    closed = client.get("/members/", HTTP_HOST=OFFICIAL)
    assert closed.headers["Location"] == "http://id.localhost:8000/entry/official?lang=ja"
    assert client.get("/card/", HTTP_HOST=OFFICIAL).status_code == 302


def test_grace_is_dated_and_visible(client: Client, entitled: Membership) -> None:
    Entitlement.objects.filter(membership=entitled).update(kind="grace")
    Subscription.objects.filter(membership=entitled).update(state="past_due")
    sign_in(client, entitled.member_id)
    body = client.get("/members/", HTTP_HOST=OFFICIAL).content.decode()
    assert "会費のお支払いができませんでした" in body
    assert '<span class="day">2026年11月30日(月)</span>まではご利用いただけます' in body
    assert "<code>membership.grace</code>" in body


def test_a_renewal_without_an_answer_asks_nothing_of_the_member(
    client: Client, entitled: Membership
) -> None:
    Entitlement.objects.filter(membership=entitled).update(kind="grace")
    sign_in(client, entitled.member_id)
    body = client.get("/members/", HTTP_HOST=OFFICIAL).content.decode()
    assert "更新のお支払いを確認しています" in body
    assert "マイページでお支払いの状況" not in body


def test_one_sites_member_is_no_other_sites(client: Client, entitled: Membership) -> None:
    sign_in(client, entitled.member_id, host=MAIL)
    closed = client.get("/members/", HTTP_HOST=MAIL)
    assert closed.headers["Location"] == "http://id.localhost:8000/entry/mail?lang=ja"


def test_a_disabled_member_is_out_at_the_next_request(client: Client, entitled: Membership) -> None:
    sign_in(client, entitled.member_id)
    disable_member(member_pk=entitled.member_id, reason="test", actor="staff:1")
    assert client.get("/members/", HTTP_HOST=OFFICIAL).status_code == 302


def test_signing_in_begins_a_new_session_and_burns_the_code(
    client: Client, entitled: Membership
) -> None:
    client.get("/members/", HTTP_HOST=OFFICIAL)
    session = client.session
    session["planted"] = "by another"
    session.save()
    planted = session.session_key
    assert sign_in(client, entitled.member_id, onward="/card/") == "/card/"
    assert client.session.session_key != planted
    assert "planted" not in client.session


def test_signing_in_again_where_one_is_in_already(client: Client, entitled: Membership) -> None:
    """By the same login: its root and the site's new session go on."""
    sid = start_session(member_pk=entitled.member_id, user_agent="")
    for _ in range(2):
        begun = client.get("/auth/start", {"next": "/members/"}, HTTP_HOST=OFFICIAL)
        state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
        code = issue_handover(sid=sid, site_key="official", state_digest=state)
        client.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=OFFICIAL)
        assert client.get("/members/", HTTP_HOST=OFFICIAL).status_code == 200


def test_a_code_signs_no_other_browser_in(entitled: Membership) -> None:
    attacker, victim = Client(), Client()
    root = start_session(member_pk=entitled.member_id, user_agent="test")
    started = attacker.get("/auth/start", HTTP_HOST=OFFICIAL)
    state = parse_qs(urlsplit(started.headers["Location"]).query)["state"][0]
    code = issue_handover(sid=root, site_key="official", state_digest=state)
    back = victim.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=OFFICIAL)
    assert back.status_code == 400
    assert "site.handover_failed" in back.content.decode()
    assert not victim.session.is_members
    # Nothing was burnt: the browser that began can go on.
    again = attacker.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=OFFICIAL)
    assert again.status_code == 302
    # The code is used now; a reload of this page leads the signed-in member on.
    reload = attacker.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=OFFICIAL)
    assert reload.headers["Location"] == "/members/"


def test_a_forged_return_is_refused(client: Client) -> None:
    client.get("/auth/start", HTTP_HOST=OFFICIAL)
    for query in ({}, {"state": "x", "code": "y"}, {"state": "ä" * 12, "code": "\x00"}):
        assert client.get("/auth/return", query, HTTP_HOST=OFFICIAL).status_code == 400


@pytest.mark.parametrize("tail", ["é", "\x00", "x" * 500])
def test_an_altered_state_is_refused(client: Client, tail: str) -> None:
    """Its beginning names the cookie, which is rightly signed."""
    _, state = start_at_site(client)
    query = {"state": state[:12] + tail, "code": "y"}
    assert client.get("/auth/return", query, HTTP_HOST=OFFICIAL).status_code == 400


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(client: Client, entitled: Membership, onward: str) -> None:
    assert sign_in(client, entitled.member_id, onward=onward) == "/members/"


def test_logging_out_ends_every_session_of_that_login(client: Client, entitled: Membership) -> None:
    sign_in(client, entitled.member_id)
    response = client.post("/auth/logout", HTTP_HOST=OFFICIAL)
    assert response.headers["Location"] == "/"
    assert client.get("/members/", HTTP_HOST=OFFICIAL).status_code == 302
    assert not Session.objects.filter(ended_at=None).exists()
    assert client.get("/auth/logout", HTTP_HOST=OFFICIAL).status_code == 405


def test_what_signing_in_leaves_in_the_browser_is_out_of_scripts_reach(client: Client) -> None:
    started = client.get("/auth/start", HTTP_HOST=OFFICIAL)
    (cookie,) = [each for name, each in started.cookies.items() if "entry" in name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
