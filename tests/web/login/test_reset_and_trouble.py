"""A new password, and "Can't log in?": the same pages for everyone, the cause in the mail alone."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.diagnosis import causes
from tests.diagnosis.causes import Cause
from tests.identity.members import statements
from tests.web.login.conftest import PASSWORD, Visitor, World, text_of, without_tokens

NEW = "a brand new passphrase"


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def last_mail(world: World) -> Any:
    world.work()
    return mail.outbox[-1]


def ask_for_code(visitor: Visitor, world: World, typed: str) -> str:
    visitor.open("/login")
    assert visitor.post("/reset", login=typed).headers["Location"] == "/reset/code"
    found = re.search(r"\b\d{8}\b", last_mail(world).body)
    assert found is not None
    return found.group()


def test_a_mailed_code_sets_a_new_password(visitor: Visitor, world: World) -> None:
    member_id = world.member_id(world.member())
    code = ask_for_code(visitor, world, member_id)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    done = visitor.post("/reset/code", code=f" {wide} ", password=NEW)
    assert done.headers["Location"] == "/reset/done"
    assert "パスワードを変更しました" in visitor.open("/reset/done")
    assert "ログインできませんでした" in text_of(visitor.log_in(member_id, PASSWORD))
    assert visitor.log_in(member_id, NEW).status_code == 302


def test_a_weak_password_is_refused_and_the_code_stays(visitor: Visitor, world: World) -> None:
    code = ask_for_code(visitor, world, world.member_id(world.member()))
    page = visitor.post("/reset/code", code=code, password="password")
    assert "推測されやすい" in text_of(page)
    assert f'value="{code}"' in page.content.decode()
    assert "password" not in re.findall(r'value="([^"]*)"', page.content.decode())
    assert visitor.post("/reset/code", code=code, password=NEW).status_code == 302


def test_a_wrong_code_changes_nothing(visitor: Visitor, world: World) -> None:
    member_id = world.member_id(world.member())
    code = ask_for_code(visitor, world, member_id)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert "確認コードが違います" in text_of(visitor.post("/reset/code", code=wrong, password=NEW))
    assert visitor.log_in(member_id, PASSWORD).status_code == 302


def test_a_code_page_of_another_browser_says_so(visitor: Visitor) -> None:
    assert "はじめからやり直してください" in visitor.open("/reset/code")


@pytest.mark.parametrize("path", ["/reset", "/trouble"])
def test_strangers_learn_nothing_by_asking(world: World, path: str) -> None:
    """Known, unknown and disabled: the same page in the end, after the same statements."""
    from kaiin.identity.flows.staff import disable_member

    known = world.member_id(world.member())
    closed = world.member()
    disable_member(member_pk=closed, reason="test", actor="staff:1")
    answers, work = [], []
    for typed in ("E123456786", known, world.member_id(closed)):
        visitor = Visitor(Client())
        visitor.open("/login")
        visitor.post("/login", login="E000000000", password="x")
        with statements() as seen:
            response = visitor.post(path, login=typed)
        page = visitor.get(response.headers["Location"])
        answers.append((response.status_code, without_tokens(page).replace(typed, "ID")))
        work.append(seen)
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (causes.paid_and_noticed, ["お入りいただけます", "/entry/official"]),
        (causes.no_membership, ["入会の記録が見つかりません"]),
        (causes.pending_slip, ["コンビニでのお支払い", "受付番号", "6,820円", "/entry/official"]),
        (causes.lapsed_monthly, ["止まっています", "カード会社の承認", "/join/official/"]),
        (causes.expired_lump_sum, ["ご利用期間", "更新をお待ちしています", "2028年1月31日(月)"]),
        (causes.withdrawn, ["退会済み", "再入会", "/join/official/"]),
        (causes.disabled, ["ご利用を停止しています", "access.disabled"]),
    ],
)
def test_the_report_to_the_owner_names_the_cause_and_the_ways_on(
    visitor: Visitor, world: World, cause: Cause, words: list[str]
) -> None:
    member = cause(world)
    world.work()
    visitor.open("/login")
    visitor.post("/trouble", login=world.member_id(member))
    assert "受け付けました" in visitor.open("/trouble/sent")
    report = last_mail(world)
    assert report.to == ["fan1@example.jp"]
    assert report.subject == "【Plus member ID】ログインについてのご案内"
    for expected in [
        *words,
        f"Plus member ID：{world.member_id(member)}",
        "http://id.localhost:8000/login",
        "http://id.localhost:8000/reset",
    ]:
        assert expected in report.body


def test_the_report_comes_in_the_members_language(visitor: Visitor, world: World) -> None:
    world.member("fan@example.com", language="en")
    visitor.open("/login")
    visitor.post("/trouble", login="fan@example.com")
    report = last_mail(world)
    assert report.subject == "Plus member ID: about logging in"
    assert "Plus member ID: E" in report.body


def test_only_a_mail_says_that_an_address_has_no_account(visitor: Visitor, world: World) -> None:
    visitor.open("/login")
    visitor.post("/trouble", login="nobody@example.jp")
    report = last_mail(world)
    assert report.to == ["nobody@example.jp"]
    assert "登録は見つかりませんでした" in report.body


def test_reports_are_bounded_for_each_account(visitor: Visitor, world: World) -> None:
    member_id = world.member_id(world.member())
    visitor.open("/login")
    for _ in range(5):
        assert visitor.post("/trouble", login=member_id).status_code == 302
    world.work()
    assert len(mail.outbox) == 3


def test_requests_are_bounded_for_each_network_address(visitor: Visitor) -> None:
    visitor.open("/login")
    answers = [visitor.post("/trouble", login="E123456786") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {302}
    assert "多くのお申し込みがありました" in text_of(answers[30])


def test_the_site_one_comes_from_is_in_the_report(visitor: Visitor, world: World) -> None:
    member = causes.other_site(world)
    visitor.get("/entry/official", follow=True)
    visitor.post("/trouble", login=world.member_id(member))
    report = last_mail(world)
    assert "JO1 OFFICIAL SITE" in report.body
    assert "http://id.localhost:8000/entry/mail" in report.body


@pytest.mark.parametrize("path", ["/trouble", "/reset"])
def test_the_site_that_led_here_is_kept(visitor: Visitor, path: str) -> None:
    assert "JO1 Mail" in visitor.open(f"{path}?site=mail")
    assert "JO1 Mail" in visitor.open("/login")
    assert "JO1 Mail" in visitor.open(f"{path}?site=nowhere")


def test_the_mail_speaks_first_of_the_site_that_led_here(visitor: Visitor, world: World) -> None:
    """A member of another site learns first that they are no member here."""
    member = world.joined()
    world.work()
    visitor.open("/trouble?site=mail")
    visitor.post("/trouble", login=world.member_id(member))
    body = last_mail(world).body
    first, _, second = body.partition("■")[2].partition("■")
    assert first.startswith(" JO1 Mailにはまだ入会していません")
    assert "JO1 OFFICIAL SITE" in second
    assert "/login?site=mail" in body
