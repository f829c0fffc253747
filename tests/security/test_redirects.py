"""Class 8: no address of ours leads elsewhere."""

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, OFFICIAL, OUTSIDE, start_at_site, stays
from tests.web.login.conftest import Visitor, World

pytestmark = pytest.mark.few_on_postgres(0)


def test_what_counts_as_staying() -> None:
    assert stays("/my", IDENTITY)
    assert stays("http://id.localhost/my", IDENTITY)
    assert not any(stays(place, IDENTITY) for place in ("//evil.example", "/\t/evil.example"))
    assert not any(stays(place, IDENTITY) for place in ("/\\evil.example", "javascript:x"))


def test_after_login(world: World, member: int) -> None:
    for place in OUTSIDE:
        visitor = Visitor(Client())
        visitor.get("/login", data={"next": place}, follow=True)
        led = visitor.log_in(world.member_id(member)).headers["Location"]
        assert stays(led, IDENTITY), place


def test_by_the_way_to_log_in(visitor: Visitor, world: World, member: int) -> None:
    """The login page itself, for who is signed in, and "as another member"."""
    visitor.log_in(world.member_id(member))
    for place in OUTSIDE:
        seen = [visitor.get("/login", data={"next": place})]
        seen.append(visitor.get("/login", data={"site": place}))
        assert all(stays(answer.headers["Location"], IDENTITY) for answer in seen), place


def test_after_switching_members(visitor: Visitor, world: World, member: int) -> None:
    for place in OUTSIDE[::4]:
        visitor.log_in(world.member_id(member))
        visitor.post("/logout", switch="1", next=place)
        led = visitor.log_in(world.member_id(member)).headers["Location"]
        assert stays(led, IDENTITY), place


@pytest.mark.parametrize("host", [IDENTITY, OFFICIAL])
def test_by_the_language_switch(plusmember: object, client: Client, host: str) -> None:
    for place in OUTSIDE:
        answer = client.get("/language", {"to": "en", "next": place}, HTTP_HOST=host)
        assert stays(answer.headers["Location"], host), place


def test_after_signing_in_at_a_site(world: World, member: int) -> None:
    from kaiin.identity.flows.handover import issue_handover
    from kaiin.identity.flows.sessions import start_session

    root = start_session(member_pk=member, user_agent="")
    for place in OUTSIDE:
        client = Client()
        site_key, state = start_at_site(client, next=place)
        code = issue_handover(sid=root, site_key=site_key, state_digest=state)
        back = client.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=OFFICIAL)
        assert stays(back.headers["Location"], OFFICIAL), place


def test_by_the_way_back_from_the_identity_host(visitor: Visitor, world: World) -> None:
    """Where the hand-over leads is configuration: nothing in its address moves it."""
    member = world.joined()
    for extra in ("&next=//evil.example", "&redirect_uri=https://evil.example/", "&host=evil"):
        visitor.get(f"/entry/official?state={'a' * 64}{extra}")
        visitor.log_in(world.member_id(member))
        led = visitor.get(f"/entry/official?state={'a' * 64}{extra}").headers["Location"]
        assert led.startswith("http://official.localhost:8000/auth/return?code=")
        assert "evil" not in led


def test_an_old_host_leads_to_the_new_one_only(plusmember: object, client: Client) -> None:
    from kaiin.sites import queries
    from kaiin.sites.models import Site

    Site.objects.filter(key="official").update(former_hosts=["old"])
    queries.forget()
    for path in ("//evil.example/", "/\\evil.example", "/@evil.example", "/.evil.example"):
        led = client.get(path, HTTP_HOST="old.localhost").headers["Location"]
        assert led.startswith("http://official.localhost:8000/"), path
