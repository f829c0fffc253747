"""Forms of pages that were opened before a login in another tab, and second clicks."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.web.join.test_join import choose, fill_in, mailed_code
from tests.web.login.conftest import Visitor, World, text_of


@pytest.fixture
def strict(world: World) -> Visitor:
    """A browser whose forms are checked, as they are outside of tests."""
    return Visitor(Client(enforce_csrf_checks=True))


def token_of(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def send(visitor: Visitor, path: str, token: str, page: str = "", **form: str) -> Any:
    return visitor.client.post(
        path,
        {**form, "csrfmiddlewaretoken": token},
        HTTP_REFERER=f"http://id.localhost{page or path}",
    )


@pytest.mark.django_db
def test_a_form_from_before_a_login_in_another_tab_leads_on(strict: Visitor, world: World) -> None:
    member = world.member_id(world.joined())
    old = token_of(strict.client.get("/login", follow=True))
    strict.get("/join/official/")
    send(strict, "/login", old, login=member, password="correct horse battery")
    assert strict.get("/my").status_code == 200
    for path, page in (
        ("/login", "/login?site=official"),
        ("/reset", "/reset"),
        ("/trouble", "/trouble"),
        ("/logout", "/logout"),
        ("/join/official/", "/join/official/"),
        ("/join/official/details", "/join/official/details"),
        ("/join/official/code/again", "/join/official/code"),
        ("/entry/official/check", "/entry/official"),
    ):
        answer = send(strict, path, old, page, login=member, password="x")
        assert (answer.status_code, answer.headers.get("Location")) == (302, page), path
        assert strict.get(page).status_code in {200, 302}, page
    for wanted, place in (("/entry/official", "/entry/official"), ("//evil.example", "/login")):
        answer = send(strict, "/login", old, login=member, password="x", next=wanted)
        assert answer.headers["Location"] == place
    # Nothing was done: not even logging out.
    assert strict.get("/my").status_code == 200
    refused = send(strict, "/my/official/leave", old)
    assert refused.status_code == 403
    assert "ログインの状態が変わりました" in text_of(refused)
    assert "Cookie" not in text_of(refused)
    assert 'href="/my/official/leave"' in refused.content.decode()


@pytest.mark.django_db
def test_a_form_of_another_site_changes_no_session(strict: Visitor, world: World) -> None:
    """It comes without cookies, and its answer must set none."""
    fresh = Visitor(Client(enforce_csrf_checks=True))
    answer = fresh.client.post("/login", {"login": "x"}, HTTP_REFERER="http://evil.example/login")
    assert answer.status_code == 403
    assert not answer.cookies
    member = world.member_id(world.joined())
    old = token_of(strict.client.get("/login", follow=True))
    send(strict, "/login", old, login=member, password="correct horse battery")
    for referer in ("http://evil.example/login", "http://id.localhost//evil.example/", ""):
        answer = strict.client.post("/login", {"login": "x"}, HTTP_REFERER=referer)
        assert "evil" not in answer.headers.get("Location", "").partition("evil.example")[0]
        assert not answer.headers.get("Location", "/").startswith(("//", "http"))


@pytest.mark.django_db
def test_a_second_click_on_the_join_code_ends_well(
    strict: Visitor, world: World, deliver: Callable[[], int]
) -> None:
    """The browser drops the first answer, its cookies too, and sends the same form again."""
    from kaiin.identity.models import Member

    strict.client.handler.enforce_csrf_checks = False
    choose(strict)
    fill_in(strict)
    code = mailed_code(deliver)
    before = strict.client.cookies.copy()
    first = strict.post("/join/official/code", code=code)
    strict.client.cookies = before
    # Without the code the former session opens nothing.
    wrong = strict.post("/join/official/code", code=f"{(int(code) + 1) % 1_000_000:06}")
    assert wrong.headers["Location"] == "/join/official/details"
    assert strict.get("/my").status_code == 302
    second = strict.post("/join/official/code", code=code)
    assert first.headers["Location"] == second.headers["Location"] == "/join/official/confirm"
    assert strict.get("/my").status_code == 200
    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_a_second_click_on_the_new_password_ends_well(
    strict: Visitor, world: World, deliver: Callable[[], int]
) -> None:
    strict.client.handler.enforce_csrf_checks = False
    member = world.member(email="hanako@example.jp")
    strict.post("/reset", login=world.member_id(member))
    deliver()
    found = re.search(r"\b\d{8}\b", str(mail.outbox[-1].body))
    assert found is not None
    for _ in range(2):
        done = strict.post("/reset/code", code=found[0], password="kx9 mq2w vv3 tt7")
        assert done.headers["Location"] == "/reset/done"


@pytest.mark.django_db
def test_a_session_that_ends_meanwhile_is_no_bad_request(
    strict: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaiin.identity.models import Session
    from kaiin.web.login.views import login

    strict.client.handler.enforce_csrf_checks = False
    strict.client.get("/login", follow=True)
    strict.post("/login", login="E123456784", password="x")

    def elsewhere(*args: Any, **kwargs: Any) -> Any:
        Session.objects.all().delete()
        return render(*args, **kwargs)

    render = login.render
    monkeypatch.setattr(login, "render", elsewhere)
    answer = strict.post("/login", login="E123456784", password="y")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
