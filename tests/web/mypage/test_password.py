"""A new password on My page: the old one is asked for, and this device stays logged in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.web.login.conftest import PASSWORD, Visitor, World, text_of

NEW = "a brand new passphrase"
PATH = "/my/password"


@pytest.fixture
def world(sandbox: Any, clock: Any, plusmember: object, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


@pytest.fixture
def member_id(world: World) -> str:
    return world.member_id(world.member())


@pytest.fixture
def visitor(world: World, member_id: str) -> Visitor:
    visitor = Visitor(Client())
    visitor.log_in(member_id)
    return visitor


def test_the_old_one_is_asked_for_and_not_the_id(visitor: Visitor, member_id: str) -> None:
    assert f'href="{PATH}"' in visitor.get("/my").content.decode()
    page = visitor.get(PATH)
    assert "今のパスワード" in text_of(page)
    assert 'name="login"' not in page.content.decode()
    # Who has forgotten it is not asked for the ID either.
    assert f'value="{member_id}"' in visitor.get("/reset").content.decode()


def test_this_device_stays_and_the_others_are_logged_out(
    visitor: Visitor, world: World, member_id: str
) -> None:
    other = Visitor(Client())
    other.log_in(member_id)
    before = visitor.client.cookies["kaiin"].value
    assert visitor.post(PATH, old=PASSWORD, new=NEW).headers["Location"] == "/my"
    assert "パスワードを変更しました" in text_of(visitor.get("/my"))
    assert visitor.client.cookies["kaiin"].value != before
    assert other.get("/my").status_code == 302
    assert other.log_in(member_id).status_code == 200
    assert other.log_in(member_id, NEW).status_code == 302
    world.work()
    assert mail.outbox[-1].subject == "【Plus member ID】パスワードが変更されました"


def test_what_is_wrong_is_said_beside_its_field(visitor: Visitor) -> None:
    assert "今のパスワードが違うようです" in text_of(visitor.post(PATH, old="wrong", new=NEW))
    assert "8文字以上で" in text_of(visitor.post(PATH, old=PASSWORD, new="short"))
    assert visitor.get("/my").status_code == 200


def test_an_open_session_is_no_second_place_to_guess_at(
    visitor: Visitor, member_id: str, world: World
) -> None:
    for _ in range(10):
        visitor.post(PATH, old="wrong", new=NEW)
    assert "12:15まで変更できません" in text_of(visitor.post(PATH, old=PASSWORD, new=NEW))
    # The same count as the login page's in this browser.
    visitor.post("/logout")
    assert visitor.log_in(member_id).status_code == 200
    world.clock.advance(minutes=15)
    assert visitor.log_in(member_id).status_code == 302
