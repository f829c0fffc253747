"""Words for ways to pay, money and numbers of bills, in the current language."""

from collections.abc import Iterable

from kaiin.domain.money import Money
from kaiin.infra.texts import format_money, text


def way_words(method: str) -> str:
    """What a way to pay is called."""
    return text(f"payments.method.{method}")


def money_words(amount: Money) -> str:
    """550円 / ¥550."""
    return format_money(amount.amount, amount.currency)


def priced_lines(lines: Iterable[tuple[str, Money]]) -> list[dict[str, object]]:
    """What is charged and credited, as `components/money_table.html` lists it."""
    return [{"label": text(f"billing.line.{code}"), "amount": amount} for code, amount in lines]


def reference_words(kind: str) -> str:
    """What bills and slips call a number."""
    return text(f"payments.reference.{kind}")
