from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from kaiin.domain import ledger
from kaiin.domain.ledger import Account, Entry, EntryKind, Posting, Unbalanced
from kaiin.domain.money import Money

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
yen = st.integers(1, 10**7).map(Money)
sources = st.lists(st.tuples(st.sampled_from(Account), yen), min_size=1, max_size=4)
KINDS = [kind.value for kind in EntryKind]


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    found: list[Entry] = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(KINDS))
        key = f"{kind}:{number}"
        if kind == "charge":
            handling = Money(draw(st.integers(0, 500)))
            found.append(ledger.charge(key, AT, draw(yen), handling))
        elif kind == "reversal":
            standing = ledger.effective_entries(found)
            if standing:
                found.append(ledger.reversal(draw(st.sampled_from(standing)), key, AT))
        elif kind in ("refund_due", "chargeback"):
            found.append(getattr(ledger, kind)(key, AT, draw(sources)))
        else:
            found.append(getattr(ledger, kind)(key, AT, draw(yen)))
    return found


@given(entries())
def test_the_ledger_sums_to_zero(found: list[Entry]) -> None:
    assert sum(money.amount for money in ledger.balances(found).values()) == 0


@given(entries())
def test_reversed_entries_leave_no_trace_in_the_balances(found: list[Entry]) -> None:
    standing = {k: v for k, v in ledger.balances(ledger.effective_entries(found)).items() if v}
    assert {k: v for k, v in ledger.balances(found).items() if v} == standing


def test_a_period_paid_and_passed() -> None:
    found = [
        ledger.charge("c", AT, Money(6600), Money(220)),
        ledger.payment("p", AT, Money(6820)),
        ledger.recognition("r", AT, Money(6600)),
    ]
    assert ledger.balances(found) == {
        (Account.RECEIVABLE, "JPY"): Money(0),
        (Account.PROVIDER_CASH, "JPY"): Money(6820),
        (Account.DEFERRED_INCOME, "JPY"): Money(0),
        (Account.INCOME, "JPY"): Money(-6600),
        (Account.HANDLING_INCOME, "JPY"): Money(-220),
    }


def test_a_period_given_up_and_paid_back() -> None:
    found = [
        ledger.charge("c", AT, Money(6600), Money(220)),
        ledger.payment("p", AT, Money(6820)),
        ledger.refund_due("d", AT, [(Account.DEFERRED_INCOME, Money(6000))]),
        ledger.refund("r", AT, Money(6000)),
        ledger.recognition("i", AT, Money(600)),
    ]
    assert {k: v for k, v in ledger.balances(found).items() if v} == {
        (Account.PROVIDER_CASH, "JPY"): Money(820),
        (Account.INCOME, "JPY"): Money(-600),
        (Account.HANDLING_INCOME, "JPY"): Money(-220),
    }


def test_unused_days_pay_for_a_part_of_another_period() -> None:
    found = [
        ledger.charge("c", AT, Money(6600), Money(0)),
        ledger.credit("k", AT, Money(400)),
        ledger.payment("p", AT, Money(6200)),
    ]
    assert ledger.balances(found)[Account.RECEIVABLE, "JPY"] == Money(0)
    assert ledger.balances(found)[Account.DEFERRED_INCOME, "JPY"] == Money(-6200)


@given(
    yen,
    st.lists(
        st.tuples(st.sampled_from(Account), st.integers(0, 10**6).map(Money)),
        max_size=5,
        unique_by=lambda source: source[0],
    ),
)
def test_what_is_taken_is_the_amount_and_no_more_than_there_is(
    amount: Money, held: list[tuple[Account, Money]]
) -> None:
    parts = ledger.taken(amount, held, rest=Account.INCOME)
    assert sum(part.amount for _, part in parts) == amount.amount
    assert all(part.amount > 0 for _, part in parts)
    known = dict(held)
    left = sum(part.amount for part in known.values())
    assert all(
        part <= known.get(account, Money(0))
        for account, part in parts
        if account is not Account.INCOME or left >= amount.amount
    )


def test_a_charge_without_handling_has_no_empty_posting() -> None:
    assert len(ledger.charge("c", AT, Money(550), Money(0)).postings) == 2


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (Posting(Account.INCOME, Money(1)),),
        (
            Posting(Account.INCOME, Money(1, "EUR")),
            Posting(Account.PROVIDER_CASH, Money(-1, "JPY")),
        ),
    ],
)
def test_unbalanced_entries_cannot_exist(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(Unbalanced):
        Entry("x", EntryKind.CHARGE, AT, postings)


def test_each_currency_balances_for_itself() -> None:
    entry = Entry(
        "x",
        EntryKind.CHARGE,
        AT,
        (
            Posting(Account.INCOME, Money(-1, "EUR")),
            Posting(Account.PROVIDER_CASH, Money(1, "EUR")),
            Posting(Account.INCOME, Money(-550)),
            Posting(Account.PROVIDER_CASH, Money(550)),
        ),
    )
    assert ledger.balances([entry])[Account.INCOME, "EUR"] == Money(-1, "EUR")
