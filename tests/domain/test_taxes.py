"""Tax in totals: once for each rate, never more than a yen off, conserved by refunds."""

from hypothesis import given, strategies as st

from kaiin.domain.money import Money, total
from kaiin.domain.taxes import TaxedLine, TaxTotal, contained, refund_totals, tax_totals

amounts = st.integers(1, 1_000_000)
lines = st.lists(
    st.builds(TaxedLine, st.sampled_from(["a", "b"]), amounts.map(Money), st.sampled_from([8, 10])),
    min_size=1,
    max_size=6,
)


def test_examples() -> None:
    # 550 × 10/110 = 50; 1,080 × 8/108 = 80; 6,820 × 10/110 = 620
    assert contained(Money(550), 10) == Money(50)
    assert contained(Money(1080), 8) == Money(80)
    assert contained(Money(6820), 10) == Money(620)
    # 333 × 10/110 = 30.27…: dropped, of what is given back too
    assert contained(Money(333), 10) == Money(30)
    assert contained(Money(-333), 10) == Money(-30)
    assert contained(Money(550), 0) == Money(0)


def test_each_rate_is_rounded_once() -> None:
    # Line by line, 3 × floor(9.09…) would be 27.
    charged = [TaxedLine("fee", Money(100), 10)] * 3
    assert tax_totals(charged) == (TaxTotal(10, Money(300), Money(27)),)
    charged = [TaxedLine("fee", Money(105), 10)] * 3  # 3 × 9 = 27, but 315 × 10/110 = 28.6
    assert tax_totals(charged) == (TaxTotal(10, Money(315), Money(28)),)


def test_a_credit_lessens_its_own_rate() -> None:
    charged = (
        TaxedLine("membership_fee", Money(6600), 10),
        TaxedLine("handling_fee", Money(220), 10),
        TaxedLine("credit", Money(-330), 8),
    )
    assert tax_totals(charged) == (
        TaxTotal(10, Money(6820), Money(620)),
        TaxTotal(8, Money(-330), Money(-24)),
    )


@given(lines)
def test_totals_are_the_sum_and_tax_is_within_a_yen(charged: list[TaxedLine]) -> None:
    totals = tax_totals(charged)
    assert total(each.total for each in totals) == total(line.amount for line in charged)
    for each in totals:
        exact = each.total.amount * each.percent / (100 + each.percent)
        assert exact - 1 < each.tax.amount <= exact


@given(lines, st.lists(amounts, max_size=5))
def test_refunds_conserve_money_and_never_give_back_more_of_a_rate(
    charged: list[TaxedLine], refunds: list[int]
) -> None:
    already = Money(0)
    given_back: dict[int, Money] = {}
    for refund in map(Money, refunds):
        parts = refund_totals(charged, already=already, refund=refund)
        assert total(part.total for part in parts) == refund
        for part in parts:
            assert part.total.amount > 0
            given_back[part.percent] = given_back.get(part.percent, Money(0)) + part.total
        already += refund
    sums = {each.percent: each.total for each in tax_totals(charged)}
    for percent, amount in given_back.items():
        if percent:
            assert amount <= sums[percent]
    assert total(given_back.values()) == already


def test_a_refund_takes_the_fee_before_the_handling() -> None:
    charged = (TaxedLine("fee", Money(1080), 8), TaxedLine("handling", Money(220), 10))
    first = refund_totals(charged, already=Money(0), refund=Money(1000))
    assert first == (TaxTotal(8, Money(1000), Money(74)),)
    second = refund_totals(charged, already=Money(1000), refund=Money(400))
    assert second == (
        TaxTotal(8, Money(80), Money(5)),
        TaxTotal(10, Money(220), Money(20)),
        TaxTotal(0, Money(100), Money(0)),
    )
