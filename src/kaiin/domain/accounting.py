"""What Japanese accounting calls our accounts, and how their consumption tax is classed.

The names are those of a small company's usual chart of accounts (勘定科目); an operator's own
accountant may want others. Tax arises where income does: what is only owed, kept for others or
deferred is outside of it (対象外).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kaiin.domain.ledger import Account, EntryKind
from kaiin.domain.taxes import REDUCED_PERCENT, STANDARD_PERCENT

# The account's usual name in Japanese books; each account has one.
USUAL_NAMES: Mapping[Account, str] = MappingProxyType(
    {
        Account.RECEIVABLE: "売掛金",
        Account.PROVIDER_CASH: "未収入金",
        Account.DEFERRED_INCOME: "前受金",
        Account.INCOME: "売上高",
        Account.HANDLING_INCOME: "雑収入",
        Account.UNAPPLIED: "仮受金",
        Account.REFUNDS_DUE: "未払金",
        Account.FEES: "支払手数料",
        Account.CHARGEBACKS: "雑損失",
    }
)


@dataclass(frozen=True, slots=True)
class Chart:
    """An operator's names. In the tax classes `{rate}` becomes `10%` or `軽減8%`; `sales` is
    what is sold, `returns` what is given back of it, `untaxed` everything else. `by_site`: each
    site is a sub-account (補助科目)."""

    names: Mapping[Account, str] = field(default_factory=lambda: USUAL_NAMES)
    sales: str = "課税売上内{rate}"
    returns: str = "課税売返内{rate}"
    untaxed: str = "対象外"
    by_site: bool = True

    def tax_class(self, percent: int | None, *, debit: bool) -> str:
        """The class of a posting: of income with a rate, or of what has none."""
        if percent is None:
            return self.untaxed
        rate = f"軽減{percent}%" if percent == REDUCED_PERCENT else f"{percent}%"
        return (self.returns if debit else self.sales).format(rate=rate)


def taxed(account: Account, kind: EntryKind) -> bool:
    """Whether a posting is of taxable sales. Money that was left with us bought nothing."""
    return account in (Account.INCOME, Account.HANDLING_INCOME) and kind is not EntryKind.KEPT


def fixed_percent(account: Account) -> int | None:
    """The rate of accounts whose rate is the same for every course."""
    return STANDARD_PERCENT if account is Account.HANDLING_INCOME else None
