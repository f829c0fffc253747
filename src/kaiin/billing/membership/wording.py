"""Facts of courses and memberships in words: one function a fact, for pages, mails and commands."""

from datetime import date, datetime

from kaiin.domain.endings import Ending
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRule, japanese_date, shown_end
from kaiin.domain.previews import PriceUnit, Renewal, ShortStart
from kaiin.domain.subscriptions import EndReason
from kaiin.infra.texts import format_date, format_money, has_text, text
from kaiin.payments.queries import MandateView

# Every month has days up to this one.
_SHORTEST_MONTH = 28


def price_words(amount: Money, unit: PriceUnit) -> str:
    """An amount and what it is for: 550円（月額・税込）, 3,960円（12か月分・税込）."""
    code = "fact.unit_month" if unit.each_month else "fact.unit_months"
    return text(
        "fact.price",
        amount=format_money(amount.amount, amount.currency),
        unit=text(code, months=unit.months),
    )


def renewal_price_words(renewal: Renewal) -> str:
    """What a renewal costs."""
    return price_words(renewal.amount, renewal.terms.unit)


def next_renewal_words(renewal: Renewal) -> str:
    """When the next renewal is charged and what it costs."""
    day = format_date(japanese_date(renewal.charge_at))
    return text("fact.next_renewal", day=day, price=renewal_price_words(renewal))


def renewal_words(renewal: Renewal) -> str:
    """The same, and how it goes on after that, as a sentence."""
    return text(
        "fact.renewal",
        day=format_date(japanese_date(renewal.charge_at)),
        price=renewal_price_words(renewal),
        rhythm=_rhythm(renewal),
    )


def stop_words(renewal: Renewal) -> str:
    """Until which day leaving or changing stops the next renewal."""
    charge = format_date(japanese_date(renewal.charge_at))
    return text("fact.stop", day=renewal.stop_day, charge=charge)


def refund_words(*, leave_at_once: bool) -> str:
    """What of a paid fee goes back to who leaves."""
    return text("fact.refund_days" if leave_at_once else "fact.no_refund")


def end_words(
    reason: EndReason,
    *,
    method: Method,
    paid_until: date | datetime | None,
    failure_code: str = "",
    failed_on: date | None = None,
) -> str:
    """Why a paid membership ended, with its dates and what the provider said: a sentence."""
    refused = reason is EndReason.RENEWAL_FAILED and failure_code and failed_on
    return text(
        "fact.ended",
        reason=reason.value,
        method=text(f"payments.method.{method.value}"),
        day=paid_until or "",
        refused="yes" if refused else "no",
        failed=failed_on or "",
        said=failure_words(failure_code) if refused else "",
    )


def ending_words(ending: Ending) -> str:
    """The same, of a subscription that has ended."""
    failure = ending.failure
    return end_words(
        ending.reason,
        method=ending.method,
        paid_until=shown_end(ending.paid_until) if ending.paid_until else None,
        failure_code=failure.code if failure else ending.detail,
        failed_on=japanese_date(failure.at) if failure else None,
    )


def card_words(card: MandateView) -> str:
    """A card by its brand and last four digits; "" where a carrier's contract has none."""
    if not card.last4:
        return ""
    return text("fact.card", brand=card.brand, last4=card.last4)


def failure_words(code: str) -> str:
    """The words of a provider's reason, also of one that we have none for."""
    for known in (f"payments.failure.{code}", f"payments.end_reason.{code}"):
        if has_text(known):
            return text(known)
    return text("payments.failure.other")


def days_left_words(short: ShortStart) -> str:
    """How much of its first month a payment buys, in brackets behind a period."""
    return text("fact.days_left", days=short.days)


def short_start_words(short: ShortStart, total: Money, unit: PriceUnit) -> str:
    """How many days the money buys of the first month, and from when it buys whole months."""
    return text(
        "fact.short_start" if unit.months == 1 else "fact.short_start_months",
        amount=format_money(total.amount, total.currency),
        days=short.days,
        whole_from=short.whole_from,
        months=unit.months,
    )


def _rhythm(renewal: Renewal) -> str:
    terms = renewal.terms
    if not terms.unit.each_month:
        return text("fact.rhythm_months", months=terms.rule.months)
    if terms.charge_day is ChargeDay.LAST_BUSINESS_DAY:
        return text("fact.rhythm_business")
    if terms.rule.kind is not TermRule.ANNIVERSARY:
        return text("fact.rhythm_first")
    short = renewal.anchor_day <= _SHORTEST_MONTH
    code = "fact.rhythm_day" if short else "fact.rhythm_day_or_last"
    return text(code, day=renewal.anchor_day)
