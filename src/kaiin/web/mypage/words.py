"""Words for ways to pay, money, numbers of bills and ends, in the current language."""

from datetime import datetime

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.references import ReferenceKind
from kaiin.infra.texts import format_end, format_money, text


def way_words(method: Method) -> str:
    """A way to pay."""
    return text(f"payments.method.{method.value}")


def money_words(amount: Money) -> str:
    """An amount."""
    return format_money(amount.amount, amount.currency)


def reference_words(kind: ReferenceKind) -> str:
    """What bills and slips call a number."""
    return text(f"payments.reference.{kind.value}")


def until_words(ends_at: datetime | None) -> str:
    """An exclusive end, where there is one."""
    return "" if ends_at is None else format_end(ends_at)
