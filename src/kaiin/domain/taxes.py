"""Consumption tax that is contained in prices: totals for each rate, rounded once for each.

Sources: what a qualified invoice and a qualified return invoice say is in article 57-4 (1) and (3)
of the Consumption Tax Act (消費税法); that its tax is worked out from the total of each rate, and
a fraction of a yen is dropped, raised or rounded once for each rate and invoice, in article 70-10
of its enforcement order (消費税法施行令). Which of the three is ours to choose: we drop it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kaiin.domain.money import Money

STANDARD_PERCENT = 10
# Since October 2019 the only rate of 8 % is the reduced one; invoices mark what it applies to.
REDUCED_PERCENT = 8


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line of a receipt: what it is for, as a code, its amount with tax, its rate. A credit
    is negative."""

    code: str
    amount: Money
    percent: int


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What was charged at one rate: `total` with tax, and the `tax` contained in it."""

    percent: int
    total: Money
    tax: Money


def contained(total: Money, percent: int) -> Money:
    """The tax in a total with tax. A fraction of a yen is dropped, of what is given back too."""
    tax = abs(total.amount) * percent // (100 + percent)
    return Money(tax if total.amount >= 0 else -tax, total.currency)


def tax_totals(lines: Iterable[TaxedLine]) -> tuple[TaxTotal, ...]:
    """The totals of each rate that occurs, the highest rate first."""
    sums: dict[int, Money] = {}
    for line in lines:
        known = sums.get(line.percent)
        sums[line.percent] = line.amount if known is None else known + line.amount
    return tuple(
        TaxTotal(percent, total, contained(total, percent))
        for percent, total in sorted(sums.items(), reverse=True)
    )


def refund_totals(
    lines: Iterable[TaxedLine], *, already: Money, refund: Money
) -> tuple[TaxTotal, ...]:
    """What a refund gives back at each rate, of a receipt of which `already` was given back.

    Lines are given back in their order, the fee before the handling. What exceeds them was no
    price of anything and contains no tax: its rate is 0.
    """
    kept = tuple(lines)
    before, after = _given_back(kept, already), _given_back(kept, already + refund)
    parts = {
        percent: part - before.get(percent, Money(0, part.currency))
        for percent, part in after.items()
    }
    return tuple(
        TaxTotal(percent, part, contained(part, percent)) for percent, part in parts.items() if part
    )


def _given_back(lines: tuple[TaxedLine, ...], amount: Money) -> dict[int, Money]:
    parts: dict[int, Money] = {}
    totals = {each.percent: each.total for each in tax_totals(lines)}
    for percent in dict.fromkeys(line.percent for line in lines):
        total = totals[percent]
        part = min(total, amount) if total.amount > 0 else Money(0, total.currency)
        parts[percent] = part
        amount -= part
    return {**parts, 0: parts.get(0, Money(0, amount.currency)) + amount}
