"""What a member agrees to with a course: one value, from the tenant file to the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kaiin.domain import plain
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRuleSpec
from kaiin.domain.previews import LateRenewal, PriceUnit, Terms

_BOUNDS = {
    "price": (1, 10_000_000),
    "slip_days": (1, 60),
    "renewal_opens_months": (0, 60),
    "lock_day": (1, 31),
    "pause_periods": (0, 60),
    "tax_percent": (0, 100),
}


@dataclass(frozen=True)
class CourseTerms:
    """All that a version of a course fixes. `price` and `fees` are in the currency's smallest unit.

    `renews`: charged again each period where the way to pay can be; False: a lump sum. `term` is
    how a period ends, for some ways another one (`term_by_method`). `ways` are in the order in
    which they are shown, `fees` are added to each payment. `slip_days` and `renewal_opens_months`
    matter with konbini and with lump sums only. `lock_day`: from the day after, in the month of
    the end, the renewal is fixed; None: never. `pause_periods`: the most that may be paused.
    `leave_at_once`: members may, and get unused days back. The price contains `tax_percent`.

    It is stored for good: a term that is added later needs a default, which is what older versions
    of courses have meant.
    """

    price: int
    currency: str
    renews: bool
    term: TermRuleSpec
    term_by_method: Mapping[Method, TermRuleSpec]
    ways: tuple[Method, ...]
    fees: Mapping[Method, int]
    slip_days: int
    dunning: DunningPolicy
    renewal_opens_months: int
    late_renewal: LateRenewal
    charge_day: ChargeDay
    lock_day: int | None
    pause_periods: int
    leave_at_once: bool
    tax_percent: int

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name} is {value}, not from {low} to {high}")

    @property
    def unit(self) -> PriceUnit:
        """What the price is for."""
        return PriceUnit(self.term.months, self.renews and self.term.months == 1)

    def rule(self, method: Method) -> TermRuleSpec:
        """How a period ends when it is paid this way."""
        return self.term_by_method.get(method, self.term)

    def by(self, method: Method) -> Terms:
        """What a period costs and buys when it is paid this way."""
        return self._by_method[method]

    @cached_property
    def _by_method(self) -> Mapping[Method, Terms]:
        # Once: thousands of renewals in one transaction share a few courses.
        return {
            method: Terms(
                rule=self.rule(method),
                price=Money(self.price, self.currency),
                handling=Money(self.fees.get(method, 0), self.currency),
                renews=self.renews and method.can_renew,
                charge_day=self.charge_day,
                lock_day=self.lock_day,
            )
            for method in Method
        }

    def difference(self, other: "CourseTerms") -> dict[str, tuple[object, object]]:
        """What the other terms say otherwise, by name, with both values as JSON takes them."""
        ours, theirs = self.to_json(), other.to_json()
        return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}

    def to_json(self) -> dict[str, Any]:
        """Its values by name, as JSON takes them."""
        written: dict[str, Any] = plain.write(self)
        return written

    @classmethod
    def from_json(cls, stored: object) -> "CourseTerms":
        """The terms that were stored. Raises ValueError where a value is none of its type."""
        try:
            terms: CourseTerms = plain.read(cls, stored)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"these are no terms: {error}") from error
        return terms
