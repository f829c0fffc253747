"""Every account has a name and a class."""

import pytest

from kaiin.domain.accounting import USUAL_NAMES, Chart, fixed_percent, taxed
from kaiin.domain.ledger import Account, EntryKind


def test_every_account_has_a_name_of_its_own() -> None:
    assert set(USUAL_NAMES) == set(Account)
    assert len(set(USUAL_NAMES.values())) == len(Account)
    # What 弥生会計 takes: 24 half-width characters.
    assert all(name and len(name.encode("cp932")) <= 24 for name in USUAL_NAMES.values())


@pytest.mark.parametrize("account", Account)
def test_only_income_is_taxed(account: Account) -> None:
    income = account in (Account.INCOME, Account.HANDLING_INCOME)
    for kind in EntryKind:
        assert taxed(account, kind) is (income and kind is not EntryKind.KEPT)


def test_classes() -> None:
    chart = Chart()
    assert fixed_percent(Account.HANDLING_INCOME) == 10
    assert fixed_percent(Account.INCOME) is None
    assert chart.tax_class(10, debit=False) == "課税売上内10%"
    assert chart.tax_class(10, debit=True) == "課税売返内10%"
    assert chart.tax_class(8, debit=False) == "課税売上内軽減8%"
    assert chart.tax_class(None, debit=True) == "対象外"
