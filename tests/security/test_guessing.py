"""Classes 1, 3, 4 and 7: a reset without proof, guesses beyond the count, the lock as a weapon,
codes forged, replayed or brought from elsewhere; by the pages, as an attacker would.

(Parallel guesses: tests/identity/test_races.py. Each flow by itself: tests/identity/.)
"""

import re
from typing import Any

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, OFFICIAL, start_at_site
from tests.web.login.conftest import PASSWORD, Visitor, World

NEW = "a brand new passphrase"


def is_password(world: World, member: int, password: str) -> bool:
    from kaiin.identity.models import Member
    from kaiin.identity.passwords import verify

    return verify(password, Member.objects.get(pk=member).password)


def mailed(world: World, mailbox: list[Any], digits: int) -> str:
    world.work()
    found = re.search(rf"\b\d{{{digits}}}\b", mailbox[-1].body)
    assert found is not None
    return found.group()


class TestResetWithoutProof:
    """Class 1."""

    def test_without_a_request_there_is_nothing_to_guess(self, world: World, member: int) -> None:
        visitor = Visitor(Client())
        visitor.get("/login", follow=True)
        page = visitor.post("/reset/code", code="00000000", password=NEW)
        assert 'name="code"' not in page.content.decode()
        assert is_password(world, member, PASSWORD)

    def test_nor_with_a_request_for_an_unknown_address(self, world: World, member: int) -> None:
        """Nothing that can be typed is a decoy's code."""
        visitor = Visitor(Client())
        visitor.post("/reset", login="nobody@example.jp")
        for code in ("", "00000000", "nobody@example.jp"):
            visitor.post("/reset/code", code=code, password=NEW)
        assert visitor.get("/reset/code").status_code == 200
        assert is_password(world, member, PASSWORD)

    def test_another_members_code_resets_only_their_own(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        other = world.member()
        mine, theirs = Visitor(Client()), Visitor(Client())
        mine.post("/reset", login=world.member_id(other))
        code = mailed(world, mailbox, 8)
        theirs.post("/reset", login=world.member_id(member))
        theirs.post("/reset/code", code=code, password=NEW)
        assert is_password(world, member, PASSWORD)
        assert is_password(world, other, PASSWORD)

    def test_a_code_is_of_no_use_in_another_browser(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        """Who reads a code over a shoulder has no browser that asked for it."""
        owner, thief = Visitor(Client()), Visitor(Client())
        owner.post("/reset", login=world.member_id(member))
        code = mailed(world, mailbox, 8)
        thief.post("/reset/code", code=code, password=NEW)
        assert is_password(world, member, PASSWORD)
        owner.post("/reset/code", code=code, password=NEW)
        assert is_password(world, member, NEW)

    def test_a_code_of_joining_resets_nothing(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        from tests.security.test_enumeration import join_up_to_code

        client = Client(HTTP_HOST=IDENTITY)
        join_up_to_code(client, "new@example.jp")
        code = mailed(world, mailbox, 6)
        session = client.session
        session["reset"] = session["join"]["official"]["code_id"]
        session.save()
        client.post("/reset/code", {"code": code, "password": NEW})
        assert is_password(world, member, PASSWORD)

    def test_used_and_old_codes(self, world: World, member: int, mailbox: list[Any]) -> None:
        visitor = Visitor(Client())
        visitor.post("/reset", login=world.member_id(member))
        code, session = mailed(world, mailbox, 8), visitor.client.session["reset"]
        assert visitor.post("/reset/code", code=code, password=NEW).status_code == 302
        again = visitor.client.session
        again["reset"] = session
        again.save()
        visitor.post("/reset/code", code=code, password="yet another passphrase")
        assert is_password(world, member, NEW)
        visitor.post("/reset", login=world.member_id(member))
        code = mailed(world, mailbox, 8)
        world.clock.advance(minutes=10, seconds=1)
        visitor.post("/reset/code", code=code, password="yet another passphrase")
        assert is_password(world, member, NEW)


class TestOneCount:
    """Class 3."""

    def test_whichever_way_the_guesses_come(self, world: World) -> None:
        """By ID, by mail, in other writings, from every site, at the back office's own form, from
        new browsers and other addresses: ten in all."""
        from kaiin.identity.models import LoginAttempt

        member = world.member("fan@example.jp")
        member_id = world.member_id(member)
        writings = (
            member_id,
            "fan@example.jp",
            member_id.lower(),
            member_id[1:],
            "FAN＠example。jp",
        )
        for number, typed in enumerate(writings * 2):
            browser = Visitor(Client(REMOTE_ADDR=f"203.0.113.{number}"))
            browser.get("/login", data={"site": ("official", "mail")[number % 2]}, follow=True)
            if number % 3:
                browser.post("/login", login=typed, password="wrong")
            else:
                browser.client.post(
                    "/admin/login/",
                    {"username": typed, "password": "wrong"},
                    REMOTE_ADDR="127.0.0.1",
                )
        assert set(LoginAttempt.objects.values_list("outcome", flat=True)) == {"wrong"}
        for typed in writings:
            assert Visitor(Client()).log_in(typed, PASSWORD).status_code == 200
        assert LoginAttempt.objects.filter(outcome="locked").count() == len(writings)

    def test_wrong_codes_of_a_reset_count_too(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        member_id = world.member_id(member)
        for _ in range(2):
            visitor = Visitor(Client())
            visitor.post("/reset", login=member_id)
            for guess in range(5):
                visitor.post("/reset/code", code=f"{guess:08}", password=NEW)
        assert Visitor(Client()).log_in(member_id).status_code == 200
        assert is_password(world, member, PASSWORD)


class TestTheLockAsAWeapon:
    """Class 4. A mail address that shadows another account's ID:
    tests/identity/test_login.py::TestAttempts::test_a_mail_address_never_shadows_an_id."""

    def test_a_stranger_locks_no_known_browser_and_no_mailbox(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        member_id = world.member_id(member)
        known, new = Visitor(Client()), Visitor(Client())
        known.log_in(member_id)
        known.post("/logout")
        for _ in range(12):
            Visitor(Client()).post("/login", login=member_id, password="wrong")
        assert new.log_in(member_id).status_code == 200
        assert known.log_in(member_id).status_code == 302
        # A browser that was never here opens the account by its mailbox.
        new.post("/reset", login=member_id)
        new.post("/reset/code", code=mailed(world, mailbox, 8), password=NEW)
        assert new.log_in(member_id, NEW).status_code == 302

    def test_a_stranger_ends_no_session(self, world: World, member: int) -> None:
        visitor = Visitor(Client())
        visitor.log_in(world.member_id(member))
        for _ in range(12):
            Visitor(Client()).post("/login", login=world.member_id(member), password="wrong")
        Visitor(Client()).post("/reset", login=world.member_id(member))
        assert visitor.get("/my").status_code == 200

    def test_a_stranger_cannot_flood_a_mailbox(
        self, world: World, member: int, mailbox: list[Any]
    ) -> None:
        for path in ("/reset", "/trouble"):
            for _ in range(10):
                assert Visitor(Client()).post(path, login="fan1@example.jp").status_code == 302
        world.work()
        assert len(mailbox) == 5 + 3


class TestHandOver:
    """Class 7: the one-time code that carries a login to a site."""

    @pytest.fixture
    def root(self, member: int) -> str:
        from kaiin.identity.flows.sessions import start_session

        return start_session(member_pk=member, user_agent="")

    def code(self, root: str, state: str, site_key: str = "official") -> str:
        from kaiin.identity.flows.handover import issue_handover

        return issue_handover(sid=root, site_key=site_key, state_digest=state)

    def back(self, client: Client, code: str, state: str, host: str = OFFICIAL) -> int:
        answer = client.get("/auth/return", {"code": code, "state": state}, HTTP_HOST=host)
        return answer.status_code if not client.session.is_members else -answer.status_code

    def test_once_and_for_one_minute(self, world: World, root: str) -> None:
        client, later, again = Client(), Client(), Client()
        _, state = start_at_site(client)
        code = self.code(root, state)
        again.cookies = client.cookies.copy()
        assert self.back(client, code, state) == -302
        assert self.back(again, code, state) == 400
        _, state = start_at_site(later)
        code = self.code(root, state)
        world.clock.advance(seconds=61)
        assert self.back(later, code, state) == 400

    def test_for_the_browser_that_began(self, root: str) -> None:
        """Without the cookie; with a cookie of another attempt; with one of the attacker's own."""
        victim, attacker = Client(), Client()
        _, state = start_at_site(attacker)
        _, other = start_at_site(victim)
        code = self.code(root, state)
        assert self.back(victim, code, state) == 400
        assert self.back(victim, code, other) == 400
        # A cookie renamed to the state of the stolen code.
        (kept,) = [morsel for name, morsel in victim.cookies.items() if "entry" in name]
        victim.cookies[f"kaiin-entry-{state[:12]}"] = kept.value
        assert self.back(victim, code, state) == 400
        assert self.back(attacker, code, state) == -302

    def test_forged_cookies_and_codes(self, root: str) -> None:
        client = Client()
        _, state = start_at_site(client)
        for code in ("", "x", "0" * 43, "\x00", state):
            assert self.back(client, code, state) == 400
        name = f"kaiin-entry-{state[:12]}"
        signed = client.cookies[name].value
        for cookie in (signed[:-1], signed + "x", signed.partition(":")[0], "", "a:b:c"):
            client.cookies[name] = cookie
            assert self.back(client, self.code(root, state), state) == 400

    def test_only_for_who_logs_in_and_is_entitled(self, world: World, member: int) -> None:
        """Without a membership the entry says why, and gives no code away."""
        visitor = Visitor(Client())
        visitor.log_in(world.member_id(member))
        page = visitor.get(f"/entry/official?state={'a' * 64}")
        assert page.status_code == 200
        assert "code=" not in page.content.decode()
