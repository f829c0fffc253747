import pytest
from hypothesis import given, strategies as st

from kaiin.domain.money import CurrencyMismatch, Money, total

amounts = st.integers(min_value=-(10**12), max_value=10**12)


@given(st.lists(amounts))
def test_a_total_is_the_sum(values: list[int]) -> None:
    assert total(Money(value) for value in values) == Money(sum(values))


@given(amounts, amounts)
def test_what_is_added_can_be_taken_away(one: int, other: int) -> None:
    assert Money(one) + Money(other) - Money(other) == Money(one)
    assert -Money(one) + Money(one) == Money(0)
    assert Money(one) * 3 == Money(one) + Money(one) + Money(one)


def test_order_and_truth() -> None:
    assert Money(1) < Money(2) <= Money(2)
    assert not Money(0)
    assert Money(-1)


@pytest.mark.parametrize("operation", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b])
def test_currencies_never_mix(operation) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CurrencyMismatch):
        operation(Money(1, "JPY"), Money(1, "EUR"))


@pytest.mark.parametrize("amount", [1.0, True, "1", None])
def test_money_is_a_whole_number(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount)  # type: ignore[arg-type]
