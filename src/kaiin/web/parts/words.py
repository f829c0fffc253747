"""Words for ways to pay, money, taxes and numbers of bills, in the current language."""

from collections.abc import Iterable

from kaiin.domain.money import Money
from kaiin.domain.taxes import REDUCED_PERCENT
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


def rate_words(percent: int) -> str:
    """A rate of the consumption tax."""
    if percent == 0:
        return text("receipt.rate_none")
    if percent == REDUCED_PERCENT:
        return text("receipt.rate_reduced", percent=percent)
    return text("receipt.rate", percent=percent)


def reference_words(kind: str) -> str:
    """What bills and slips call a number."""
    return text(f"payments.reference.{kind}")
