"""Paid at the store and reported later: no page leads into paying again. Before a second payment
the page says what it is for, and what stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.web.login.conftest import Visitor, World, text_of

from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView

WARNING = "お店でお支払い済みの場合は、もう一度お支払いにならないでください"
CONFIRM = "/join/official/confirm"


@pytest.fixture
def world(sandbox: Any, clock: Any, plusmember: object, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


def logged_in(world: World, member: int) -> Visitor:
    visitor = Visitor(Client())
    visitor.log_in(world.member_id(member))
    return visitor


def with_slip(world: World, member: int, course: str = "yearly") -> PaymentView:
    payment = world.join(member, course, Method.KONBINI).payment
    world.sandbox.get_slip(payment)
    world.work()
    return world.payment(payment.id)


@pytest.fixture
def member(world: World) -> int:
    return world.member()


@pytest.fixture
def slip(world: World, member: int) -> PaymentView:
    return with_slip(world, member)


def test_every_page_that_offers_another_way_leads_to_the_slip_first(
    world: World, member: int, slip: PaymentView
) -> None:
    visitor = logged_in(world, member)
    other = f"/pay/{slip.id}/other"
    for path in ("/my", "/entry/official", f"/pay/return/{slip.id}"):
        page = visitor.get(path).content.decode()
        assert f'href="{other}"' in page, path
        assert "料金は発生していません" not in page
    for path in ("/join/official/", "/join/official/way", "/join/official/again"):
        visitor.client.session["join"] = {}
        assert visitor.get(path).headers["Location"] in (other, "/join/official/"), path
    assert WARNING in text_of(visitor.get(other))
    assert WARNING in text_of(visitor.get("/my/official/leave"))


def test_money_that_was_paid_at_the_store_is_found_by_asking(
    world: World, member: int, slip: PaymentView
) -> None:
    world.sandbox.pay_at_store(slip)
    visitor = logged_in(world, member)
    answer = visitor.get(f"/pay/{slip.id}/other")
    assert answer.headers["Location"] == f"/pay/return/{slip.id}"
    assert "00000001" in text_of(visitor.get(f"/pay/return/{slip.id}"))


def test_another_way_takes_a_second_step_and_then_works(
    world: World, member: int, slip: PaymentView
) -> None:
    visitor = logged_in(world, member)
    assert visitor.post(f"/pay/{slip.id}/other").headers["Location"] == "/join/official/way"
    assert visitor.post("/join/official/way", choice="card").headers["Location"] == CONFIRM
    page = text_of(visitor.get(CONFIRM))
    assert "コンビニ払いでのお支払い（6,820円）が途中です" in page
    paid = visitor.post(CONFIRM, course="yearly", way="card", total="6600")
    assert paid.headers["Location"].startswith("/pay/")
    assert world.payment(slip.id).state is PaymentState.CANCELED
    world.work()
    # Their own choice is no news to them.
    assert "vanished" not in world.mails(member)


def test_the_confirmation_of_the_same_slip_is_the_slip(
    world: World, member: int, slip: PaymentView
) -> None:
    visitor = logged_in(world, member)
    visitor.post(f"/pay/{slip.id}/other")
    visitor.post("/join/official/way", choice="konbini")
    assert visitor.get(CONFIRM).headers["Location"] == f"/pay/return/{slip.id}"


def after_the_deadline(world: World, slip: PaymentView, **later: float) -> None:
    assert slip.expires_at is not None
    world.clock.freeze(slip.expires_at + timedelta(**later))
    world.work()


def test_past_its_deadline_a_slip_may_have_been_paid_in_time(
    world: World, member: int, slip: PaymentView
) -> None:
    after_the_deadline(world, slip, minutes=5)
    visitor = logged_in(world, member)
    for path in (f"/pay/return/{slip.id}", "/entry/official", "/my"):
        assert "発生していません" not in text_of(visitor.get(path)), path
    page = text_of(visitor.get(f"/pay/return/{slip.id}"))
    assert "期限が過ぎました" in page
    assert WARNING in page


def test_so_may_one_that_the_provider_has_given_up(
    world: World, member: int, slip: PaymentView
) -> None:
    after_the_deadline(world, slip, hours=5)
    assert world.payment(slip.id).state is PaymentState.EXPIRED
    visitor = logged_in(world, member)
    for path in (f"/pay/return/{slip.id}", "/entry/official"):
        page = text_of(visitor.get(path))
        assert "発生していません" not in page, path
        assert "もう一度お支払いにならないでください" in page, path
    assert "請求した会費はありません" not in text_of(visitor.get("/my"))
    [sent] = [each for each in mail.outbox if "お支払いが完了していません" in each.subject]
    assert "発生していません" not in sent.body
    assert "もう一度お支払いにならないでください" in sent.body


def test_a_card_page_that_was_left_is_asked_about_at_the_next_confirmation(
    world: World, member: int
) -> None:
    card = world.join(member, "monthly").payment
    visitor = logged_in(world, member)
    visitor.post("/join/official/", choice="monthly")
    assert "クレジットカードでのお支払い（550円）が途中です" in text_of(
        visitor.get("/join/official/way")
    )
    visitor.post("/join/official/way", choice="docomo")
    assert "クレジットカードでのお支払い（550円）が途中です" in text_of(visitor.get(CONFIRM))
    world.sandbox.pay(card)
    assert visitor.get(CONFIRM).headers["Location"] == f"/pay/return/{card.id}"


@pytest.mark.parametrize("way", ["docomo", "au"])
def test_a_page_left_open_in_a_change_is_named_before_another_is_offered(
    world: World, way: str
) -> None:
    member = world.joined("monthly")
    visitor = logged_in(world, member)
    change = "/my/official/change"
    started = visitor.post(f"{change}/monthly/{way}", kind="prepaid", total="550")
    payment = payments.payment(started.headers["Location"].rpartition("/")[2])
    assert payment is not None
    said = "でのお支払い（550円）が途中です"
    for path in (change, f"{change}/yearly/card", f"{change}/monthly/softbank"):
        page = text_of(visitor.get(path))
        assert said in page, path
        assert "もう一度お支払いにならないでください" in page
    # Its own confirmation goes on with it.
    assert said not in text_of(visitor.get(f"{change}/monthly/{way}"))
    world.sandbox.pay(payment)
    # The provider is asked: what was paid there meanwhile is found before anything is offered.
    done = visitor.get(f"{change}/yearly/card").headers["Location"]
    assert done == f"/pay/return/{payment.id}"


def test_a_card_page_of_a_registration_takes_no_money(world: World) -> None:
    visitor = logged_in(world, world.joined("monthly"))
    visitor.post("/my/official/change/monthly/card", kind="register", total="0")
    assert "途中です" not in text_of(visitor.get("/my/official/change/yearly/card"))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("give_up", "お支払いを中止しました"),
        ("decline", "決済会社からの回答：「カード会社の承認が得られませんでした」"),
    ],
)
def test_each_end_has_its_own_words(world: World, member: int, end: str, said: str) -> None:
    card = world.join(member, "monthly").payment
    getattr(world.sandbox, end)(card)
    page = text_of(logged_in(world, member).get(f"/pay/return/{card.id}"))
    assert said in page
    assert "料金は発生していません" in page


def test_a_provider_that_is_away_is_said_to_be(
    world: World, member: int, slip: PaymentView
) -> None:
    world.clock.advance(minutes=1)
    visitor = logged_in(world, member)
    world.sandbox.switch("down", "1")
    for path in (f"/pay/return/{slip.id}", f"/pay/{slip.id}/other"):
        page = text_of(visitor.get(path))
        assert "決済会社に接続できない" in page
        assert "決済会社に確認した" not in page


def test_a_slip_of_a_change_has_its_own_words_and_can_be_given_up(world: World) -> None:
    member = world.joined("monthly")
    visitor = logged_in(world, member)
    path = "/my/official/change/yearly/konbini"
    page = text_of(visitor.get(path))
    days = page.partition("受付番号の発行から")[2].partition("日")[0]
    assert "お申し込みは自動で取り消されます" not in page
    total = page.partition("合計（税込） ")[2].partition("円")[0].replace(",", "")
    started = visitor.post(path, kind="prepaid", total=total)
    payment = payments.payment(started.headers["Location"].rpartition("/")[2])
    assert payment is not None
    world.sandbox.get_slip(payment)
    world.work()
    slip = world.payment(payment.id)
    assert slip.expires_at is not None
    shown = slip.expires_at.astimezone(JST)
    assert (shown.date() - world.clock.now().astimezone(JST).date()).days == int(days)
    deadline = f"{shown.month}月{shown.day}日"
    page = text_of(visitor.get(f"/pay/return/{slip.id}"))
    assert deadline in page
    assert "入会日は" not in page
    assert world.member_id(member) in page
    mailed = mail.outbox[-1].body
    assert deadline in mailed
    assert "お申し込み" not in mailed
    for words in (page, mailed, text_of(visitor.get("/my"))):
        assert "ローソン" in words
        assert "Loppi" in words
    assert world.member_id(member) in mailed
    # The same change again is its slip; another one asks first.
    assert visitor.get(path).headers["Location"] == f"/pay/return/{slip.id}"
    other = f"/pay/{slip.id}/other"
    assert visitor.get("/my/official/change").headers["Location"] == other
    assert visitor.post(other, give_up="1").headers["Location"] == "/my"
    assert "これまでの内容は変わっていません" in text_of(visitor.get("/my"))
    assert world.payment(slip.id).state is PaymentState.CANCELED
    assert visitor.get("/my/official/change").status_code == 200


def again(world: World, member: int) -> tuple[Visitor, str]:
    visitor = logged_in(world, member)
    assert visitor.get("/join/official/again").headers["Location"] == CONFIRM
    return visitor, text_of(visitor.get(CONFIRM))


def pay(world: World, visitor: Visitor, course: str, total: str) -> str:
    answer = visitor.post(CONFIRM, course=course, way="card", total=total)
    payment = payments.payment(answer.headers["Location"].rpartition("/")[2])
    assert payment is not None
    world.sandbox.pay(payment)
    return text_of(visitor.get(f"/pay/return/{payment.id}"))


def test_renewing_does_not_look_like_joining(world: World) -> None:
    member = world.joined("yearly")
    world.go_to(datetime(2027, 7, 1, 12, tzinfo=JST))
    visitor, page = again(world, member)
    assert "更新内容の最終確認" in page
    assert "00000001" in page
    assert "入会日（2026年11月22日(日)）は、そのまま変わりません" in page
    assert "手順" not in page
    done = pay(world, visitor, "yearly", "6600")
    assert "更新が完了しました" in done
    assert "ご入会" not in done
    assert "メールでもお送りしました" not in done


def test_coming_back_says_what_is_kept(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined("monthly")
    leave_site(member_pk=member, site_key="official")
    world.go_to(datetime(2026, 12, 5, 12, tzinfo=JST))
    visitor, page = again(world, member)
    assert "再入会の最終確認" in page
    assert "までにお支払いいただくと、会員番号と入会日（2026年11月22日(日)）はそのまま" in page
    done = pay(world, visitor, "monthly", "550")
    assert "再入会が完了しました" in done
    assert "会員番号と入会日は、そのまま変わりません" in done
    world.work()
    assert world.mails(member).count("welcome") == 2, "as the page says"


def test_what_is_due_is_paid_and_not_joined(world: World) -> None:
    member = world.joined("monthly", number="4000 0000 0000 0341")
    world.go_to(datetime(2026, 12, 2, 12, tzinfo=JST))
    visitor, page = again(world, member)
    assert "お支払い内容の最終確認" in page
    assert "00000001" in page
    done = pay(world, visitor, "monthly", "550")
    assert "お支払いが完了しました" in done
