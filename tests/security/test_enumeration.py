"""Class 5: no flow shows a stranger whether an account exists. And pre-hijacking: an address is
registered only by a person who reads its mail.

(By time: tests/identity/test_login_timing.py. The login page and the reset:
tests/web/login/test_login.py, test_reset_and_trouble.py.)
"""

import re
from typing import Any

import pytest
from django.test import Client

from tests.identity.members import statements
from tests.security.browsing import IDENTITY
from tests.web.login.conftest import PASSWORD, Visitor, World, without_tokens

DETAILS = {
    "password": "hana no uta 2026",
    "nickname": "さくら",
    "legal_name": "山田 さくら",
    "legal_name_kana": "ヤマダ サクラ",
    "birth_date_year": "1998",
    "birth_date_month": "4",
    "birth_date_day": "7",
    "prefecture": "JP-13",
    "phone": "09012345678",
}


def join_up_to_details(client: Client) -> None:
    client.post("/join/official/", {"choice": "monthly"})
    client.post("/join/official/way", {"choice": "card"})


def join_up_to_code(client: Client, email: str) -> Any:
    """Everything up to the page that asks for the mailed code; the answer to the details."""
    join_up_to_details(client)
    return client.post("/join/official/details", {**DETAILS, "email": email})


def said(response: Any, email: str) -> tuple[object, ...]:
    """All of an answer that a stranger sees, but what differs from visit to visit."""
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in {"Set-Cookie", "Expires", "Content-Length"}
    }
    cookies = sorted(response.cookies)
    return response.status_code, headers, cookies, without_tokens(response).replace(email, "@")


@pytest.fixture
def addresses(world: World) -> list[str]:
    """An unknown one, a known one, a member's former one, that of a closed account."""
    from kaiin.identity.flows.staff import disable_member
    from kaiin.identity.models import LoginIdentifier

    world.member("known@example.jp")
    former = world.member("now@example.jp")
    LoginIdentifier.objects.create(
        member_id=former,
        kind="email",
        value="former@example.jp",
        verified_at=world.clock.now(),
        former_at=world.clock.now(),
    )
    closed = world.member("closed@example.jp")
    disable_member(member_pk=closed, actor="staff:1", reason="test")
    return ["nobody@example.jp", "known@example.jp", "former@example.jp", "closed@example.jp"]


def test_joining_does_not_show_whether_an_account_exists(addresses: list[str]) -> None:
    """The same pages, redirects, headers, cookies and statements up to a wrong code and beyond."""
    answers, work = {}, {}
    for email in addresses:
        client = Client(HTTP_HOST=IDENTITY, HTTP_ACCEPT_LANGUAGE="ja")
        client.get("/login", follow=True)
        join_up_to_details(client)
        form = {**DETAILS, "email": email}
        steps = []
        with statements() as seen:
            for path, data in (
                ("/join/official/details", form),
                ("/join/official/code", None),
                ("/join/official/code", {"code": "000000"}),
                ("/join/official/code/again", {}),
                ("/join/official/code", {"code": "111111"}),
            ):
                answer = client.get(path) if data is None else client.post(path, data)
                steps.append(said(answer, email))
        answers[email], work[email] = steps, list(seen)
    first = addresses[0]
    assert [step[0] for step in answers[first]] == [302, 200, 200, 302, 200]
    for email in addresses[1:]:
        assert answers[email] == answers[first], email
        assert work[email] == work[first], email


def test_a_reset_by_mail_address_does_not_show_whether_an_account_exists(
    addresses: list[str],
) -> None:
    """Asking, a wrong code, the right form with a wrong code again."""
    answers, work = {}, {}
    for email in addresses:
        visitor = Visitor(Client())
        visitor.open("/login")
        visitor.post("/login", login="E000000000", password="x")
        steps = []
        with statements() as seen:
            for path, data in (
                ("/reset", {"login": email}),
                ("/reset/code", None),
                ("/reset/code", {"code": "00000000", "password": "a brand new passphrase"}),
            ):
                answer = visitor.get(path) if data is None else visitor.client.post(path, data)
                steps.append(said(answer, email))
        answers[email], work[email] = steps, list(seen)
    first = addresses[0]
    for email in addresses[1:]:
        assert answers[email] == answers[first], email
        assert work[email] == work[first], email


def test_the_limits_of_mails_do_not_show_whether_an_account_exists(addresses: list[str]) -> None:
    """The sixth mail in an hour is refused in the same words whether the address is known."""
    answers = []
    for email in addresses[:2]:
        client = Client(HTTP_HOST=IDENTITY)
        join_up_to_code(client, email)
        again = [client.post("/join/official/code/again", follow=True) for _ in range(6)]
        answers.append([without_tokens(page).replace(email, "@") for page in again])
    assert answers[0] == answers[1]
    assert len(set(answers[0])) > 1


def test_only_the_mailbox_learns_that_the_account_exists(
    world: World, addresses: list[str], mailbox: list[Any]
) -> None:
    join_up_to_code(Client(HTTP_HOST=IDENTITY), "known@example.jp")
    world.work()
    (mail,) = mailbox
    assert mail.to == ["known@example.jp"]
    assert "http://id.localhost:8000/login" in mail.body
    assert re.search(r"\b\d{6}\b", mail.body) is None
    # Nor does it repeat what the stranger typed.
    assert "さくら" not in mail.body


def test_who_cannot_read_the_mail_registers_no_account(world: World, mailbox: list[Any]) -> None:
    """Pre-hijacking: the owner of the address comes later, and finds no account of a stranger's."""
    from kaiin.identity.models import Member

    stranger, owner = (Client(HTTP_HOST=IDENTITY) for _ in range(2))
    join_up_to_code(stranger, "victim@example.jp")
    for guess in range(5):
        stranger.post("/join/official/code", {"code": f"{guess:06}"})
    assert not Member.objects.exists()
    # The code that the stranger had mailed is of no use in another browser, the owner's included.
    world.work()
    code = re.search(r"\b\d{6}\b", mailbox[-1].body)
    assert code is not None
    join_up_to_code(owner, "victim@example.jp")
    owner.post("/join/official/code", {"code": code.group()})
    assert not Member.objects.exists()
    # Their own is, and what the stranger chose is nowhere.
    world.work()
    code = re.search(r"\b\d{6}\b", mailbox[-1].body)
    assert code is not None
    owner.post("/join/official/code", {"code": code.group()})
    assert Member.objects.count() == 1
    assert stranger.get("/my").status_code == 302


def test_a_proven_address_proves_no_other(world: World, mailbox: list[Any]) -> None:
    """Change the address after the code was sent: the code is that of the first alone."""
    from kaiin.identity.models import LoginIdentifier

    world.member("known@example.jp")
    client = Client(HTTP_HOST=IDENTITY)
    join_up_to_code(client, "mine@example.jp")
    world.work()
    code = re.search(r"\b\d{6}\b", mailbox[-1].body)
    assert code is not None
    client.post("/join/official/details", {**DETAILS, "email": "victim@example.jp"})
    client.post("/join/official/code", {"code": code.group()})
    assert not LoginIdentifier.objects.filter(value="victim@example.jp").exists()
    assert client.get("/my").status_code == 302


def test_what_the_login_page_says_of_a_text_comes_from_its_shape(world: World) -> None:
    """A hint is the same whether the account exists."""
    member_id = world.member_id(world.member())
    mistyped = f"{member_id[:-1]}{(int(member_id[-1]) + 1) % 10}"
    bodies = []
    for typed in (mistyped, "E123456780"):
        visitor = Visitor(Client())
        bodies.append(without_tokens(visitor.log_in(typed, PASSWORD)).replace(typed, "ID"))
    assert bodies[0] == bodies[1]
