"""Back from the provider's page: by its form, before billing has acted, after paying twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.web.login.conftest import HOST, Visitor, World, text_of

from kaiin.domain.payments import Method, PaymentState
from kaiin.payments import operations as payment_operations, queries as payments
from kaiin.payments.queries import PaymentView


@pytest.fixture
def world(sandbox: Any, clock: Any, plusmember: Any, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


@pytest.fixture
def member(world: World) -> int:
    return world.member()


@pytest.fixture
def visitor(world: World, member: int) -> Visitor:
    visitor = Visitor(Client(enforce_csrf_checks=True))
    visitor.client.handler.enforce_csrf_checks = False
    visitor.log_in(world.member_id(member))
    visitor.client.handler.enforce_csrf_checks = True
    return visitor


@pytest.fixture
def payment(world: World, member: int) -> PaymentView:
    payment = world.join(member, "monthly", Method.CARD).payment
    world.sandbox.pay(payment)
    return payment


def test_by_a_form_of_another_site(visitor: Visitor, payment: PaymentView) -> None:
    """In Shift_JIS, without a token and without the session, which is left as it is."""
    path = f"/pay/return/{payment.id}"
    before = {name: each.value for name, each in visitor.client.cookies.items()}
    bare = Client(enforce_csrf_checks=True)
    answer = bare.generic(
        "POST",
        path,
        data="res_result=OK&free=会員".encode("cp932"),
        content_type="application/x-www-form-urlencoded; charset=Shift_JIS",
        headers={"Origin": "https://psp.example", "Host": HOST, "Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert not answer.cookies
    found = payments.payment(payment.id)
    assert found is not None
    assert found.state is PaymentState.PENDING, "what is posted moves nothing"
    assert "00000001" in text_of(visitor.get(path))
    assert {name: each.value for name, each in visitor.client.cookies.items()} == before


def test_posting_lets_no_browser_in(payment: PaymentView) -> None:
    bare = Visitor(Client())
    answer = bare.post(f"/pay/return/{payment.id}")
    assert answer.status_code == 303
    follow = bare.get(answer.headers["Location"])
    assert follow.headers["Location"].startswith("/login?next=")


def test_money_that_billing_has_not_heard_of_is_acted_on(
    visitor: Visitor, payment: PaymentView
) -> None:
    """The notice was applied, the worker has not brought it to billing yet."""
    payment_operations.refresh_payment(payment_id=payment.id, timeout_seconds=2)
    page = text_of(visitor.get(f"/pay/return/{payment.id}"))
    assert "00000001" in page
    assert "00000000" not in page


def test_while_billing_can_not_act_it_says_one_moment(
    visitor: Visitor, payment: PaymentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_operations.refresh_payment(payment_id=payment.id, timeout_seconds=2)
    monkeypatch.setattr("kaiin.web.join.views.paying.act_on_payment", lambda **_: None)
    page = text_of(visitor.get(f"/pay/return/{payment.id}"))
    assert "お支払いの確認をしています" in page
    assert "今すぐご利用いただけます" not in page
    assert "0000000" not in page


def test_a_second_payment_says_where_the_money_goes(
    visitor: Visitor, world: World, member: int
) -> None:
    from tests.billing.test_refunds import pay_void_card

    card = pay_void_card(world, member)
    page = text_of(visitor.get(f"/pay/return/{card.id}"))
    assert "自動で返金の手続きをしています" in page
    assert "今すぐご利用いただけます" not in page
