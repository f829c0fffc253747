"""Money: a whole number of a currency's smallest unit, never a float."""

from collections.abc import Iterable
from dataclasses import dataclass

from kaiin.domain.errors import KaiinError


class CurrencyMismatch(KaiinError):
    """Two currencies met in one sum."""

    code = "money.currency_mismatch"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit; for yen that is the yen itself."""

    amount: int
    currency: str = "JPY"

    def __post_init__(self) -> None:
        if type(self.amount) is not int:  # a bool is an int, and no money
            raise TypeError("money is a whole number of the smallest unit")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(ours=self.currency, theirs=other.currency)
        return other


def total(amounts: Iterable[Money], currency: str = "JPY") -> Money:
    """The sum; zero of `currency` when there is nothing to add."""
    result: Money | None = None
    for amount in amounts:
        result = amount if result is None else result + amount
    return result if result is not None else Money(0, currency)
