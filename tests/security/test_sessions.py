"""Class 11: whose session it is, where it is good, and when it ends. And crossing sites."""

from typing import Any

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, MAIL, OFFICIAL, start_at_site
from tests.security.test_enumeration import join_up_to_code
from tests.web.login.conftest import PASSWORD, Visitor, World

COOKIE = "kaiin"


def plant(client: Client) -> str:
    """A session of the attacker's choosing in the victim's browser."""
    session = client.session
    session["planted"] = "by another"
    session.save()
    assert session.session_key
    client.cookies[COOKIE] = session.session_key
    return str(session.session_key)


def signed_in(client: Client, host: str) -> bool:
    """Whether the host's page for members knows this browser."""
    if host == IDENTITY:
        return client.get("/my", HTTP_HOST=host).status_code == 200
    return "/auth/start" not in client.get("/members/", HTTP_HOST=host).headers.get("Location", "")


@pytest.fixture
def root(member: int) -> str:
    from kaiin.identity.flows.sessions import start_session

    return start_session(member_pk=member, user_agent="")


def hand_over(client: Client, root: str, host: str = OFFICIAL, to: str | None = None) -> Any:
    """Sign in at a site; `to` brings the code to another one."""
    from kaiin.identity.flows.handover import issue_handover

    site_key, state = start_at_site(client, host)
    code = issue_handover(sid=root, site_key=site_key, state_digest=state)
    return client.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=to or host)


class TestFixation:
    def test_login_leaves_a_planted_session_behind(self, world: World, member: int) -> None:
        visitor, attacker = Visitor(Client()), Client()
        planted = plant(visitor.client)
        visitor.log_in(world.member_id(member))
        assert visitor.client.session.session_key != planted
        attacker.cookies[COOKIE] = planted
        assert signed_in(visitor.client, IDENTITY)
        assert not signed_in(attacker, IDENTITY)

    def test_so_does_the_hand_over_to_a_site(self, root: str) -> None:
        client, attacker = Client(), Client()
        planted = plant(client)
        assert hand_over(client, root).status_code == 302
        attacker.cookies[COOKIE] = planted
        assert client.session.session_key != planted
        assert "planted" not in client.session
        assert signed_in(client, OFFICIAL)
        assert not signed_in(attacker, OFFICIAL)

    def test_so_does_registering(self, world: World, mailbox: list[Any]) -> None:
        import re

        client, attacker = Client(HTTP_HOST=IDENTITY), Client()
        planted = plant(client)
        join_up_to_code(client, "new@example.jp")
        world.work()
        code = re.search(r"\b\d{6}\b", mailbox[-1].body)
        assert code is not None
        client.post("/join/official/code", {"code": code.group()})
        attacker.cookies[COOKIE] = planted
        assert signed_in(client, IDENTITY)
        assert not signed_in(attacker, IDENTITY)

    def test_the_csrf_secret_is_new_after_each(self, world: World, member: int, root: str) -> None:
        visitor, client = Visitor(Client()), Client()
        visitor.get("/login", follow=True)
        before = visitor.client.cookies["kaiin-csrf"].value
        visitor.log_in(world.member_id(member))
        assert visitor.client.cookies["kaiin-csrf"].value != before
        client.get("/auth/return", HTTP_HOST=OFFICIAL)
        hand_over(client, root)
        assert client.cookies["kaiin-csrf"].value

    def test_another_member_in_the_same_browser_starts_from_nothing(self, world: World) -> None:
        first, second = (world.member_id(world.member()) for _ in range(2))
        visitor = Visitor(Client())
        visitor.log_in(first)
        visitor.get("/join/official/")
        join_key = visitor.client.session.session_key
        session = visitor.client.session
        session["join"] = {"official": {"course": "monthly", "email": "first@example.jp"}}
        session.save()
        visitor.post("/login", login=second, password=PASSWORD)
        assert visitor.client.session.session_key != join_key
        assert "join" not in visitor.client.session


class TestCrossingSites:
    def test_a_sites_cookie_opens_neither_the_identity_nor_another_site(self, root: str) -> None:
        client = Client()
        hand_over(client, root)
        assert signed_in(client, OFFICIAL)
        thief = Client()
        thief.cookies[COOKIE] = client.cookies[COOKIE].value
        assert not signed_in(thief, IDENTITY)
        assert not signed_in(thief, MAIL)
        assert thief.get("/my/receipts", HTTP_HOST=IDENTITY).status_code == 302

    def test_the_identitys_cookie_opens_no_site(self, world: World, member: int) -> None:
        visitor = Visitor(Client())
        visitor.log_in(world.member_id(member))
        thief = Client()
        thief.cookies[COOKIE] = visitor.client.cookies[COOKIE].value
        assert not signed_in(thief, OFFICIAL)
        # But it does where it belongs.
        assert signed_in(thief, IDENTITY)

    def test_a_sites_session_hands_nothing_over(self, world: World) -> None:
        """With the cookie of one site, entering another asks for a login."""
        from kaiin.identity.flows.sessions import start_session

        member = world.joined()
        root = start_session(member_pk=member, user_agent="")
        client = Client()
        hand_over(client, root)
        entry = client.get(f"/entry/official?state={'a' * 64}", HTTP_HOST=IDENTITY)
        assert entry.headers["Location"] == "/login"

    def test_a_code_for_one_site_is_refused_at_another(self, root: str) -> None:
        client = Client()
        assert hand_over(client, root, OFFICIAL, to=MAIL).status_code == 400
        assert not signed_in(client, MAIL)

    def test_a_membership_of_one_site_is_none_of_another(self, world: World) -> None:
        from kaiin.identity.flows.sessions import start_session

        member = world.joined()
        client = Client()
        hand_over(client, start_session(member_pk=member, user_agent=""), MAIL)
        led = client.get("/members/", HTTP_HOST=MAIL).headers["Location"]
        assert led.startswith("http://id.localhost:8000/entry/mail")


class TestOutlived:
    """Every request checks anew that session and account are valid."""

    @pytest.fixture
    def browsers(self, world: World, member: int) -> tuple[Client, Client]:
        visitor, at_site = Visitor(Client()), Client()
        visitor.log_in(world.member_id(member))
        hand_over(at_site, visitor.client.cookies[COOKIE].value)
        assert signed_in(visitor.client, IDENTITY)
        assert signed_in(at_site, OFFICIAL)
        return visitor.client, at_site

    def test_disabling_ends_every_browser(
        self, browsers: tuple[Client, Client], member: int
    ) -> None:
        from kaiin.identity.flows.staff import disable_member

        disable_member(member_pk=member, actor="staff:1", reason="test")
        assert not signed_in(browsers[0], IDENTITY)
        assert not signed_in(browsers[1], OFFICIAL)

    def test_a_new_password_ends_every_browser(
        self, browsers: tuple[Client, Client], world: World, mailbox: list[Any]
    ) -> None:
        import re

        visitor = Visitor(Client())
        visitor.post("/reset", login="fan1@example.jp")
        world.work()
        code = re.search(r"\b\d{8}\b", mailbox[-1].body)
        assert code is not None
        done = visitor.post("/reset/code", code=code.group(), password="a brand new passphrase")
        assert done.headers["Location"] == "/reset/done"
        assert not signed_in(browsers[0], IDENTITY)
        assert not signed_in(browsers[1], OFFICIAL)
        world.work()
        assert len(mailbox) == 2  # the code, and the notice of the change

    def test_logging_out_at_a_site_ends_the_login(self, browsers: tuple[Client, Client]) -> None:
        browsers[1].post("/auth/logout", HTTP_HOST=OFFICIAL)
        assert not signed_in(browsers[0], IDENTITY)
        assert not signed_in(browsers[1], OFFICIAL)

    @pytest.mark.parametrize("units", [{"days": 15}, {"days": 91}])
    def test_idle_and_absolute_limits(
        self, browsers: tuple[Client, Client], world: World, units: dict[str, float]
    ) -> None:
        world.clock.advance(**units)
        assert not signed_in(browsers[0], IDENTITY)
        assert not signed_in(browsers[1], OFFICIAL)

    def test_an_ended_cookie_is_of_no_use_after_logging_out(
        self, world: World, member: int
    ) -> None:
        visitor, thief = Visitor(Client()), Client()
        visitor.log_in(world.member_id(member))
        thief.cookies[COOKIE] = visitor.client.cookies[COOKIE].value
        visitor.post("/logout")
        assert not signed_in(thief, IDENTITY)


class TestStaff:
    """Sessions of the back office are short."""

    @pytest.fixture
    def staff(self, world: World) -> Client:
        from kaiin.identity.flows.staff import create_staff

        password = "a-password-of-staff"
        create_staff(
            email="boss@example.jp",
            nickname="",
            password=password,
            language="ja",
            rights=(),
            actor="test",
        )
        client = Client(HTTP_HOST=IDENTITY)
        form = {"username": "boss@example.jp", "password": password}
        assert client.post("/admin/login/?next=/admin/", form).status_code == 302
        assert client.get("/admin/").status_code == 200
        return client

    def test_they_end_after_half_an_hour_away(self, world: World, staff: Client) -> None:
        world.clock.advance(minutes=29)
        assert staff.get("/admin/").status_code == 200
        world.clock.advance(minutes=29)
        assert staff.get("/admin/").status_code == 200
        world.clock.advance(minutes=30)
        assert staff.get("/admin/").status_code == 302
        assert staff.get("/admin/").status_code == 302

    def test_they_end_after_half_a_day(self, world: World, staff: Client) -> None:
        for _ in range(29):
            world.clock.advance(minutes=25)
            answer = staff.get("/admin/")
        assert answer.status_code == 302

    def test_they_end_with_the_password(self, staff: Client) -> None:
        from kaiin.identity.models import Member

        Member.objects.filter(is_staff=True).update(password="argon2$another")
        assert staff.get("/admin/").status_code == 302


def test_a_stolen_table_can_not_be_used_to_log_in(world: World, member: int) -> None:
    """Neither a visitor's nor a member's key, nor what a request with the table's own finds."""
    from kaiin.identity.models import Session

    visitor, stranger = Visitor(Client()), Client()
    visitor.post("/login", login="E123456784", password="x")
    keys = [visitor.client.cookies[COOKIE].value]
    visitor.log_in(world.member_id(member))
    keys.append(visitor.client.cookies[COOKIE].value)
    rows = list(Session.objects.values())
    assert len(rows) == 2
    assert not [key for key in keys if key in str(rows)]
    for row in rows:
        stranger.cookies[COOKIE] = row["session_key"]
        assert not signed_in(stranger, IDENTITY)


class TestWhoNeverFinishes:
    """What a visitor typed to join is of one day, wherever it was left."""

    def test_a_draft_is_forgotten_after_a_day(self, world: World, mailbox: list[Any]) -> None:
        from kaiin.cli import worker
        from kaiin.identity.models import Session

        def drafts() -> int:
            return sum("join" in row.get_decoded() for row in Session.objects.all())

        client = Client(HTTP_HOST=IDENTITY)
        join_up_to_code(client, "new@example.jp")
        assert client.session["join"]["official"]["email"] == "new@example.jp"
        world.clock.advance(hours=23)
        assert client.get("/join/official/code").status_code == 200
        world.clock.advance(hours=2)
        assert client.get("/join/official/code").status_code == 302
        assert drafts() == 1
        worker.run_once(worker.jobs(["jobs"]))
        assert drafts() == 0

    def test_a_login_keeps_what_was_chosen_and_not_what_was_typed(
        self, world: World, member: int
    ) -> None:
        visitor = Visitor(Client())
        visitor.client.defaults["HTTP_HOST"] = IDENTITY
        join_up_to_code(visitor.client, "new@example.jp")
        visitor.log_in(world.member_id(member))
        draft = visitor.client.session["join"]["official"]
        assert draft["course"]
        assert draft["way"]
        assert "new@example.jp" not in str(draft)
        assert not {"password_hash", "details"} & set(draft)
