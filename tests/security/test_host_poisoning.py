"""Class 2: links in mails and pages are built from configuration, not from the request."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY
from tests.web.login.conftest import Visitor, World

POISON = {
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_SERVER": "evil.example",
    "HTTP_X_FORWARDED_PORT": "6666",
    "HTTP_X_FORWARDED_PREFIX": "/evil",
    "HTTP_X_HOST": "evil.example",
    "HTTP_X_ORIGINAL_URL": "/evil",
    "HTTP_X_REWRITE_URL": "/evil",
    "HTTP_FORWARDED": "host=evil.example;proto=https",
    "HTTP_REFERER": "http://evil.example/",
}


def links(mail: Any) -> set[str]:
    return set(re.findall(r"https?://[^/\s]+", mail.body))


@pytest.mark.parametrize("typed", ["fan1@example.jp", "nobody@example.jp"])
def test_mails_of_a_reset_and_a_report(
    visitor: Visitor, world: World, member: int, mailbox: list[Any], typed: str
) -> None:
    visitor.client.defaults.update(POISON)
    for path in ("/reset", "/trouble"):
        assert visitor.post(path, login=typed).status_code == 302
    world.work()
    assert len(mailbox) == 2
    assert "evil" not in "".join(str(mail.message()) for mail in mailbox)
    assert set().union(*map(links, mailbox)) <= {"http://id.localhost:8000", "http://official"}


def test_mails_of_joining(world: World, member: int, mailbox: list[Any]) -> None:
    from tests.security.test_enumeration import join_up_to_code

    for email in ("fan1@example.jp", "new@example.jp"):
        client = Client(HTTP_HOST=IDENTITY, **POISON)
        assert join_up_to_code(client, email).status_code == 302
    world.work()
    assert len(mailbox) == 2
    assert "evil" not in "".join(str(mail.message()) for mail in mailbox)
    assert set().union(*map(links, mailbox)) <= {"http://id.localhost:8000"}


@pytest.mark.parametrize("host", ["evil.example", "id.localhost.evil.example", "evil.localhost"])
def test_an_undeclared_host_asks_for_nothing(
    world: World, member: int, mailbox: list[Any], host: str
) -> None:
    client = Client(HTTP_HOST=host)
    for path in ("/reset", "/trouble", "/login", "/join/official/details"):
        response = client.post(path, {"login": "fan1@example.jp", "password": "x"})
        assert response.status_code == 404
        assert host not in response.content.decode()
    world.work()
    assert mailbox == []


@pytest.mark.parametrize("host", ["id.localhost@evil.example", "id.localhost/x", "id.localhost#"])
def test_a_host_that_only_looks_like_ours_is_refused(plusmember: object, host: str) -> None:
    response = Client(HTTP_HOST=host).get("/login")
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_pages_link_to_no_claimed_host_or_port(world: World) -> None:
    client = Client(**(POISON | {"HTTP_HOST": "official.localhost:6666"}))
    page = client.get("/").content.decode()
    assert "http://id.localhost:8000/join/official/" in page
    assert "evil" not in page
    assert "6666" not in page
    led = client.get("/auth/start").headers["Location"]
    assert led.startswith("http://id.localhost:8000/entry/official?")
