"""Words for ways to pay, money, numbers of bills and ends, in the current language."""

from datetime import datetime

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day, midnight
from kaiin.domain.references import ReferenceKind
from kaiin.infra.texts import format_date, format_datetime, format_money, has_text, text


def way_words(method: Method) -> str:
    """A way to pay."""
    return text(f"payments.method.{method.value}")


def money_words(amount: Money) -> str:
    """An amount."""
    return format_money(amount.amount, amount.currency)


def reference_words(kind: ReferenceKind) -> str:
    """What bills and slips call a number."""
    return text(f"payments.reference.{kind.value}")


def failure_words(code: str) -> str:
    """What a provider said."""
    known = f"payments.failure.{code}"
    return text(known if has_text(known) else "payments.failure.other")


def until_words(ends_at: datetime | None) -> str:
    """An exclusive end as people say it: the last whole day, or the very minute within a day."""
    if ends_at is None:
        return ""
    if ends_at == midnight(japanese_date(ends_at)):
        return format_date(last_day(ends_at))
    return format_datetime(ends_at)
