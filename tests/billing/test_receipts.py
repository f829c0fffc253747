"""What receipts say: lines, totals by tax rate, numbers of the bill, and what went back."""

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.references import ReferenceKind
from kaiin.domain.taxes import TaxedLine, TaxTotal
from tests.billing.conftest import World
from tests.fixtures.tenant import amend

if TYPE_CHECKING:
    from kaiin.billing.views.receipts import ReceiptView


def newest(member: int) -> "ReceiptView":
    from kaiin.billing.views.receipts import list_receipts

    return list_receipts(member)[0]


def tax(percent: int, total: int, contained: int) -> TaxTotal:
    return TaxTotal(percent, Money(total), Money(contained))


def courses(**changes: object) -> None:
    """Change every course, as it would have been applied in the first place."""
    amend(**changes)


def test_a_slip_with_its_handling(world: World) -> None:
    receipt = newest(world.joined("yearly", Method.KONBINI))
    assert receipt.charged == (
        TaxedLine("membership_fee", Money(6600), 10),
        TaxedLine("handling_fee", Money(220), 10),
    )
    assert receipt.taxes == (tax(10, 6820, 620),)
    assert (receipt.refunds, receipt.refunded, receipt.kept) == ((), Money(0), Money(6820))
    # As on the slip itself: its number, then what is typed beside it.
    assert [each.kind for each in receipt.references] == [
        ReferenceKind.KONBINI_SLIP,
        ReferenceKind.KONBINI_CONFIRMATION,
    ]


def test_each_rate_has_its_total(world: World) -> None:
    courses(tax_percent=8)
    receipt = newest(world.joined("yearly", Method.KONBINI))
    # 6,600 × 8/108 = 488.8…
    assert receipt.taxes == (tax(10, 220, 20), tax(8, 6600, 488))


def test_a_receipt_stays_when_the_rate_changes(world: World) -> None:
    member = world.joined()
    before = newest(member)
    courses(tax_percent=12)
    assert newest(member) == before


@pytest.mark.usefixtures("year_by_days")
def test_unused_days_of_another_course_are_a_line_at_their_own_rate(world: World) -> None:
    from kaiin.billing.actions.change import change_course

    amend({"key": "monthly"}, tax_percent=8)
    member = world.joined()
    world.clock.advance(days=3)
    change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
    )
    world.work()
    receipt = newest(member)
    credit = 550 * 6 // 9
    assert receipt.charged == (
        TaxedLine("membership_fee", Money(6600), 10),
        TaxedLine("credit", Money(-credit), 8),
    )
    assert receipt.total == Money(6600 - credit)
    # 366 × 8/108 = 27.1: what is given back is rounded the same way as what is charged.
    assert receipt.taxes == (tax(10, 6600, 600), tax(8, -credit, -27))


def test_refunds_are_on_the_receipt_of_what_they_give_back(world: World) -> None:
    courses(tax_percent=8)
    member = world.member()
    payment = world.join(member, "yearly", Method.KONBINI).payment
    world.pay(payment)
    for day, amount in ((1, 6000), (2, 820)):
        world.clock.freeze(datetime(2026, 12, day, 9, tzinfo=JST))
        world.sandbox.refund_at_provider(world.payment(payment.id), amount)
        world.work()
    receipt = newest(member)
    assert [each.amount for each in receipt.refunds] == [Money(6000), Money(820)]
    first, second = receipt.refunds
    assert first.taxes == (tax(8, 6000, 444),)
    assert second.taxes == (tax(8, 600, 44), tax(10, 220, 20))
    assert (receipt.refunded, receipt.kept) == (Money(6820), Money(0))


def test_what_was_paid_beyond_the_charge_is_on_no_receipt(world: World) -> None:
    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.views.charges import list_charges
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    payment = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(payment)
    world.sandbox.pay_at_store(payment, amount=7000)
    world.work()
    [case] = refund_cases(member)
    decide_refund(case_id=case.id, refund=True, actor="staff:7")
    world.work()
    receipt = newest(member)
    assert (receipt.total, receipt.refunds, receipt.kept) == (Money(6820), (), Money(6820))
    [charge] = list_charges(member)
    assert (charge.outcome, charge.refunded) == ("paid", Money(0))


def test_charges_say_what_became_of_them(world: World) -> None:
    from kaiin.billing.views.charges import list_charges

    def outcome(member: int) -> tuple[str, int]:
        [charge] = list_charges(member)
        return charge.outcome, charge.refunded.amount

    members = []
    for _ in range(3):
        member = world.member()
        payment = world.join(member, "yearly").payment
        world.pay(payment)
        members.append((member, world.payment(payment.id)))
    (part, first), (whole, second), (denied, third) = members
    world.sandbox.refund_at_provider(first, 600)
    world.sandbox.refund_at_provider(second, 6600)
    world.sandbox.dispute(third)
    world.work()
    assert outcome(denied) == ("paid", 0)
    assert not newest(denied).charged_back
    world.sandbox.dispute(third, won=False)
    world.work()
    assert outcome(part) == ("paid", 600)
    assert outcome(whole) == ("refunded", 6600)
    assert outcome(denied) == ("charged_back", 0)
    assert newest(denied).charged_back
