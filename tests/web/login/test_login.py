"""The login page: what it reads of a typed ID, what it shows strangers, and where it leads."""

from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.identity.members import statements
from tests.web.login.conftest import PASSWORD, Visitor, World, text_of, without_tokens

from kaiin.infra import clock
from kaiin.infra.places import Full

EVIL = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]


def state_of(visitor: Visitor) -> str | None:
    """The key of the session, where a member is logged in."""
    session = visitor.client.session
    return session.session_key if session.is_members else None


@pytest.mark.parametrize("writing", ["{}", " {} ", "full", "bare", "lower"])
def test_an_id_in_any_writing_logs_in(visitor: Visitor, world: World, writing: str) -> None:
    member_id = world.member_id(world.member())
    wide = str.maketrans("E0123456789", "Ｅ０１２３４５６７８９")
    typed = {
        "full": member_id.translate(wide),
        "bare": member_id[1:],
        "lower": f"{member_id[:4].lower()}ー{member_id[4:]}",
    }.get(writing, writing.format(member_id))
    response = visitor.log_in(typed)
    assert (response.status_code, response.headers["Location"]) == (302, "/my")
    assert state_of(visitor)


def test_the_mail_address_logs_in(visitor: Visitor, world: World) -> None:
    world.member("hanako@example.jp")
    assert visitor.log_in("ＨＡＮＡＫＯ＠example。jp").status_code == 302


def test_the_session_key_and_csrf_secret_are_new_after_login(
    visitor: Visitor, world: World
) -> None:
    member_id = world.member_id(world.member())
    visitor.get("/login?site=official")
    before = {name: cookie.value for name, cookie in visitor.client.cookies.items()}
    visitor.get("/login?site=official")
    before |= {name: cookie.value for name, cookie in visitor.client.cookies.items()}
    visitor.log_in(member_id)
    after = {name: cookie.value for name, cookie in visitor.client.cookies.items()}
    assert before["kaiin"] != after["kaiin"]
    assert before["kaiin-csrf"] != after["kaiin-csrf"]
    assert visitor.client.session["site"] == "official"


def test_a_login_is_seven_statements_four_of_them_writes(visitor: Visitor, world: World) -> None:
    """Hashing leaves the processor's caches cold: each statement costs more here than elsewhere."""
    member_id = world.member_id(world.member())
    visitor.log_in(member_id)
    fresh = Visitor(Client())
    fresh.get("/login", follow=True)
    with CaptureQueriesContext(connection) as captured:
        assert fresh.post("/login", login=member_id, password=PASSWORD).status_code == 302
    said = [
        each["sql"].split()[0]
        for each in captured
        if "SAVEPOINT" not in each["sql"] and '"sites_' not in each["sql"]
    ]
    assert sorted(said) == ["DELETE", "INSERT", "INSERT", "INSERT", "SELECT", "SELECT", "SELECT"]


def test_strangers_get_the_same_answer_for_every_account(world: World) -> None:
    """Unknown, wrong, locked, disabled: one body, one status, the same statements."""
    from kaiin.identity.flows.staff import disable_member

    known = world.member_id(world.member())
    locked = world.member_id(world.member())
    disabled = world.member()
    disable_member(member_pk=disabled, reason="test", actor="staff:1")
    unknown = "E123456786"
    visitor = Visitor(Client())
    for _ in range(11):
        visitor.log_in(locked, "wrong")
    typed = {"unknown": unknown, "wrong": known, "locked": locked}
    typed["disabled"] = world.member_id(disabled)
    answers, work = {}, {}
    for name, identifier in typed.items():
        browser = Visitor(Client())
        browser.log_in("E000000000", "wrong")
        with statements() as seen:
            response = browser.post("/login", login=identifier, password="wrong")
        body = without_tokens(response).replace(identifier, "ID")
        headers = {n: v for n, v in response.headers.items() if n not in ("Expires", "Set-Cookie")}
        answers[name] = (response.status_code, headers, sorted(response.cookies), body)
        work[name] = seen
    for name in ("wrong", "locked", "disabled"):
        assert answers[name] == answers["unknown"], name
        assert work[name] == work["unknown"], name


def fail(visitor: Visitor, typed: str, times: int) -> str:
    for _ in range(times):
        answer = visitor.log_in(typed, "wrong")
    return text_of(answer)


def test_a_locked_account_says_nothing_to_another_browser(visitor: Visitor, world: World) -> None:
    member_id = world.member_id(world.member())
    fail(Visitor(Client()), member_id, 10)
    page = text_of(visitor.log_in(member_id))
    assert "ログインできませんでした" in page
    assert "15分" not in page
    assert state_of(visitor) is None


def test_the_browser_that_failed_so_often_sees_the_lock_and_its_end(world: World) -> None:
    """The same for an unknown ID; also to the right password; until the end, not longer."""
    member_id = world.member_id(world.member())
    pages = []
    for typed in ("E123456786", member_id):
        browser = Visitor(Client())
        assert "最大15分間" not in fail(browser, typed, 2)
        assert "最大15分間" in fail(browser, typed, 1)
        world.clock.advance(minutes=1)
        fail(browser, typed, 7)
        body = without_tokens(browser.log_in(typed, "wrong"))
        pages.append(body.replace(typed, "ID").replace("12:16", "12:15"))
    assert '<span class="day">2026年11月22日(日)</span> 12:15まで' in pages[0]
    assert pages[0] == pages[1]
    assert "12:16までは、正しいパスワードでも" in text_of(browser.log_in(member_id))
    world.clock.advance(minutes=14)
    assert browser.log_in(member_id).status_code == 302


def test_two_identifiers_of_one_account_are_not_linked_by_the_lock(world: World) -> None:
    """An account's tries are counted together, a browser's by what it typed."""
    member = world.member("fan@example.jp")
    browser = Visitor(Client())
    for typed in ("fan@example.jp", world.member_id(member)):
        page = fail(browser, typed, 6)
    assert "ログインできませんでした" in page
    assert "12:15" not in page


def test_a_reset_ends_the_lock_of_a_known_browser(visitor: Visitor, world: World) -> None:
    from tests.web.login.test_reset_and_trouble import NEW, ask_for_code

    member_id = world.member_id(world.member())
    visitor.log_in(member_id)
    visitor.post("/logout")
    assert "12:15まで" in fail(visitor, member_id, 10)
    other = Visitor(Client())
    code = ask_for_code(other, world, member_id)
    other.post("/reset/code", code=code, password=NEW)
    assert visitor.log_in(member_id, NEW).status_code == 302


def test_what_was_typed_stays_but_never_the_password(visitor: Visitor) -> None:
    response = visitor.log_in("E123456786", "my secret password")
    body = response.content.decode()
    assert 'value="E123456786"' in body
    assert "my secret password" not in body
    assert "my secret password" not in str(dict(visitor.client.session))
    assert 'value="E123456786"' in visitor.get("/trouble").content.decode()
    assert 'value="E123456786"' in visitor.get("/reset").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("090-1234-5678", "電話番号のようです"),
        ("123456789012", "ドコモの決済番号"),
        ("hanako@", "@」の前か後ろが足りない"),
        ("はなこ", "形ではないようです"),
    ],
)
def test_something_else_is_named_by_its_shape_without_a_try(
    visitor: Visitor, typed: str, said: str
) -> None:
    from kaiin.identity.models import LoginAttempt

    response = visitor.log_in(typed)
    assert said in text_of(response)
    assert f'value="{typed}"' in response.content.decode()
    assert not LoginAttempt.objects.exists()


def test_a_member_number_is_named_with_its_label_and_hinted_at_after_a_failure(
    world: World,
) -> None:
    from kaiin.identity import operations
    from kaiin.identity.flows.register import import_member
    from kaiin.identity.models import LoginAttempt

    hint = "サイトごとの会員番号のよう"
    page = text_of(Visitor(Client()).log_in("会員番号：00000012", "wrong"))
    assert hint in page
    assert not LoginAttempt.objects.exists()
    before = text_of(Visitor(Client()).log_in("00000012", "wrong"))
    import_member(
        member_id="E00000012",
        email=None,
        password_hash=operations.hash_password("another good one"),
        details={},
        language="ja",
        created_at=clock.now(),
        actor="system:test",
    )
    after = text_of(Visitor(Client()).log_in("00000012", "wrong"))
    assert hint in before
    assert before == after
    assert Visitor(Client()).log_in("00000012", "another good one").status_code == 302


def test_a_card_number_is_not_even_shown_again(visitor: Visitor) -> None:
    response = visitor.log_in("4242 4242 4242 4242")
    assert "カードの番号" in text_of(response)
    assert "4242" not in response.content.decode()
    assert "4242" not in str(dict(visitor.client.session))


def test_a_slip_in_the_mail_domain_is_mended_by_one_tap(visitor: Visitor, world: World) -> None:
    world.member("hanako@gmail.com")
    doubted = visitor.log_in("hanako@gmial.com")
    assert "hanako@gmail.com に直す" in text_of(doubted)
    mended = visitor.post("/login", use="hanako@gmail.com")
    assert 'value="hanako@gmail.com"' in mended.content.decode()
    assert visitor.post("/login", login="hanako@gmail.com", password=PASSWORD).status_code == 302


def test_who_really_has_the_odd_address_sends_it_again(visitor: Visitor, world: World) -> None:
    world.member("hanako@gmial.com")
    doubted = visitor.log_in("hanako@gmial.com").content.decode()
    assert 'name="insisted_on" value="hanako@gmial.com"' in doubted
    again = visitor.log_in("hanako@gmial.com", insisted_on="hanako@gmial.com")
    assert again.status_code == 302


def test_a_wrong_check_digit_is_said_beside_the_neutral_answer(visitor: Visitor) -> None:
    page = text_of(visitor.log_in("E123456780"))
    assert "ログインできませんでした" in page
    assert "隣どうしが入れ替わっている" in page


@pytest.mark.parametrize("path", EVIL)
def test_login_leads_to_no_foreign_address(visitor: Visitor, world: World, path: str) -> None:
    member_id = world.member_id(world.member())
    visitor.get("/login", data={"next": path}, follow=True)
    assert visitor.log_in(member_id).headers["Location"] == "/my"


def test_the_place_one_came_for_is_kept_through_login(visitor: Visitor, world: World) -> None:
    member_id = world.member_id(world.member())
    visitor.get("/login", data={"next": "/join/official/?course=monthly"}, follow=True)
    visitor.log_in(member_id, "wrong")
    assert visitor.log_in(member_id).headers["Location"] == "/join/official/?course=monthly"


def test_who_is_logged_in_goes_straight_on(visitor: Visitor, world: World) -> None:
    visitor.log_in(world.member_id(world.member()))
    assert visitor.get("/login").headers["Location"] == "/my"


def test_cookies_are_tried_before_the_password_is_asked_for(world: World) -> None:
    first = Client(HTTP_HOST="id.localhost").get("/login?site=official")
    assert first.status_code == 302
    query = parse_qs(urlsplit(first.headers["Location"]).query)
    assert query["site"] == ["official"]
    # A browser that keeps nothing comes back with nothing.
    page = Client(HTTP_HOST="id.localhost").get(first.headers["Location"])
    assert "クッキー（Cookie）を有効に" in text_of(page)
    assert 'type="password"' not in page.content.decode()
    assert "JO1 OFFICIAL SITE" in text_of(page)


def test_an_old_shared_address_does_not_say_that_cookies_are_off(world: World) -> None:
    response = Client(HTTP_HOST="id.localhost").get("/login?tried=1000000000")
    assert response.status_code == 302


def test_a_browser_inside_an_app_is_shown_the_way_out_first(visitor: Visitor) -> None:
    line = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Safari Line/13.0.0"
    visitor.client.defaults["HTTP_USER_AGENT"] = line
    response = visitor.get("/entry/official", follow=True)
    body = response.content.decode()
    assert "LINEアプリ" in body
    assert "/entry/official?openExternalBrowser=1" in body
    assert 'type="password"' not in body
    assert 'type="password"' in visitor.get("/login?stay=1").content.decode()
    assert 'type="password"' in visitor.get("/login").content.decode()


def test_only_its_owner_learns_that_an_account_is_closed(visitor: Visitor, world: World) -> None:
    from kaiin.identity.flows.staff import disable_member

    member = world.member()
    disable_member(member_pk=member, reason="test", actor="staff:1")
    assert "ログインできませんでした" in text_of(visitor.log_in(world.member_id(member), "wrong"))
    page = text_of(visitor.log_in(world.member_id(member)))
    assert "ご利用を停止しています" in page
    assert "access.disabled" in page
    assert world.member_id(member) in page
    assert state_of(visitor) is None


def test_logging_out_ends_the_session_everywhere(visitor: Visitor, world: World) -> None:
    from kaiin.identity import queries

    visitor.log_in(world.member_id(world.member()))
    sid = state_of(visitor)
    assert sid is not None
    assert "ログアウトしますか" in text_of(visitor.get("/logout"))
    assert "ログアウトしました" in text_of(visitor.client.post("/logout", follow=True))
    assert queries.session_member(sid) is None
    assert visitor.get("/login").status_code == 200


def test_switching_to_another_id_keeps_the_way(visitor: Visitor, world: World) -> None:
    first, second = (world.member_id(world.member()) for _ in range(2))
    assert visitor.log_in_for(first) == "/entry/official"
    visitor.get("/entry/official")
    answer = visitor.post("/logout", switch="1", next="/entry/official")
    assert answer.headers["Location"] == "/login"
    assert visitor.log_in(second).headers["Location"] == "/entry/official"


def test_forms_want_their_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="id.localhost")
    strict.get("/login", follow=True)
    for path in ("/login", "/logout", "/reset", "/reset/code", "/trouble", "/entry/official/check"):
        assert strict.post(path, {"login": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/login", "/reset", "/trouble", "/trouble/sent", "/reset/done"])
def test_pages_are_cheap_and_kept_by_no_cache(
    visitor: Visitor, django_assert_max_num_queries: Any, path: str
) -> None:
    visitor.open("/login")
    with django_assert_max_num_queries(12):
        response = visitor.get(path)
    assert "no-store" in response.headers["Cache-Control"]
    assert len(response.content) < 20_000


def test_in_a_crowd_the_page_asks_to_come_again_and_keeps_what_was_typed(
    visitor: Visitor, world: World
) -> None:
    from kaiin.identity import hashing

    member = world.member_id(world.joined())
    places = hashing.places
    visitor.get("/login", follow=True)
    with ExitStack() as crowd:
        with suppress(Full):
            while True:
                crowd.enter_context(places.taken())
        answer = visitor.post("/login", login=member, password=PASSWORD)
        assert answer.status_code == 503
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
        page = answer.content.decode()
        assert f'value="{member}"' in page
        assert PASSWORD not in page
        assert "混み合って" in text_of(answer)
        # Strangers get the very same.
        other = visitor.post("/login", login="E87654321", password=PASSWORD)
        assert without_tokens(other).replace("E87654321", member) == without_tokens(answer)
        # Nothing of one visitor is kept for another: neither words, nor token, nor address.
        visitor.post("/login?evil=1", login='"><b>4242 4242 4242 4242', password="x")
        plain = visitor.post("/login", login="<i>", password="x", csrfmiddlewaretoken="abc")
        again = plain.content.decode()
        assert "evil" not in again
        assert "4242" not in again
        assert "&lt;i&gt;" in again
        assert 'value="abc"' in again
        assert visitor.get("/reset").status_code == 200
    assert visitor.post("/login", login=member, password=PASSWORD).status_code == 302


def test_the_member_learns_what_was_odd_with_the_password_that_failed(
    visitor: Visitor, world: World
) -> None:
    member_id = world.member_id(world.member())
    refused = visitor.log_in(member_id, "ｐａｓｓ ")
    assert "全角文字" not in text_of(refused)
    visitor.log_in(member_id)
    page = text_of(visitor.client.get("/my"))
    assert "全角文字が入っていました" in page
    assert "前後に空白が入っていました" in page
    assert "12文字を超えていました" not in page
    assert "全角文字" not in text_of(visitor.client.get("/my"))
