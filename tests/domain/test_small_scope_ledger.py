"""Every sequence of a few entries and reversals, folded in every way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations, permutations, product

import pytest

from kaiin.domain import ledger
from kaiin.domain.ledger import Account, Entry, EntryKind
from kaiin.domain.money import Money

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
LENGTH = 3

# One of each kind of fact, in amounts that never add up to each other by accident. The oracle
# beside it says what it does to the accounts: debits positive.
FACTS: dict[str, tuple[Callable[[str], Entry], dict[Account, int]]] = {
    "charge": (
        lambda key: ledger.charge(key, AT, Money(6600), Money(220)),
        {
            Account.RECEIVABLE: 6820,
            Account.DEFERRED_INCOME: -6600,
            Account.HANDLING_INCOME: -220,
        },
    ),
    "payment": (
        lambda key: ledger.payment(key, AT, Money(1001)),
        {Account.PROVIDER_CASH: 1001, Account.RECEIVABLE: -1001},
    ),
    "recognition": (
        lambda key: ledger.recognition(key, AT, Money(103)),
        {Account.DEFERRED_INCOME: 103, Account.INCOME: -103},
    ),
    "unapplied": (
        lambda key: ledger.unapplied(key, AT, Money(17)),
        {Account.PROVIDER_CASH: 17, Account.UNAPPLIED: -17},
    ),
    "kept": (
        lambda key: ledger.kept(key, AT, Money(13)),
        {Account.UNAPPLIED: 13, Account.INCOME: -13},
    ),
    "credit": (
        lambda key: ledger.credit(key, AT, Money(307)),
        {Account.DEFERRED_INCOME: 307, Account.RECEIVABLE: -307},
    ),
    "refund_due": (
        lambda key: ledger.refund_due(
            key, AT, [(Account.DEFERRED_INCOME, Money(40)), (Account.INCOME, Money(3))]
        ),
        {Account.DEFERRED_INCOME: 40, Account.INCOME: 3, Account.REFUNDS_DUE: -43},
    ),
    "refund": (
        lambda key: ledger.refund(key, AT, Money(29)),
        {Account.REFUNDS_DUE: 29, Account.PROVIDER_CASH: -29},
    ),
    "chargeback": (
        lambda key: ledger.chargeback(
            key, AT, [(Account.CHARGEBACKS, Money(5)), (Account.CHARGEBACKS, Money(6))]
        ),
        {Account.CHARGEBACKS: 11, Account.PROVIDER_CASH: -11},
    ),
}


def test_every_kind_of_entry_is_among_the_facts() -> None:
    made = {make(kind).kind for kind, (make, _) in FACTS.items()}
    assert made == set(EntryKind) - {EntryKind.REVERSAL}


def books() -> Iterator[tuple[list[Entry], dict[Account, int]]]:
    """Every book of up to three facts, each of them undone or not; and its balances."""
    for count in range(LENGTH + 1):
        for kinds in product(FACTS, repeat=count):
            entries = [FACTS[kind][0](f"{kind}:{number}") for number, kind in enumerate(kinds)]
            for undone_count in range(count + 1):
                for undone in combinations(range(count), undone_count):
                    expected = dict.fromkeys(Account, 0)
                    for number, kind in enumerate(kinds):
                        if number not in undone:
                            for account, amount in FACTS[kind][1].items():
                                expected[account] += amount
                    reversals = [ledger.reversal(entries[n], f"undo:{n}", AT) for n in undone]
                    yield [*entries, *reversals], expected


def folded(entries: list[Entry]) -> dict[Account, int]:
    found = dict.fromkeys(Account, 0)
    for (account, currency), money in ledger.balances(entries).items():
        assert currency == money.currency == "JPY"
        found[account] = money.amount
    return found


def test_every_small_book_balances_and_says_what_its_facts_say() -> None:
    for entries, expected in books():
        found = folded(entries)
        assert sum(found.values()) == 0
        assert found == expected
        effective = list(ledger.effective_entries(entries))
        assert folded(effective) == expected
        assert all(entry.kind is not EntryKind.REVERSAL for entry in effective)


def test_a_fold_does_not_depend_on_the_order_of_entries() -> None:
    for count in range(3):
        for kinds in product(FACTS, repeat=count):
            entries = [FACTS[kind][0](f"{kind}:{number}") for number, kind in enumerate(kinds)]
            if entries:
                entries.append(ledger.reversal(entries[0], "undo", AT))
            results = {tuple(folded(list(order)).items()) for order in permutations(entries)}
            assert len(results) == 1


def test_any_part_of_a_book_balances_too() -> None:
    # Exports are cut by time, but each entry in them is whole.
    for kinds in product(FACTS, repeat=3):
        entries = [FACTS[kind][0](f"{kind}:{number}") for number, kind in enumerate(kinds)]
        for count in range(4):
            for part in combinations(entries, count):
                assert sum(folded(list(part)).values()) == 0


@pytest.mark.parametrize("kind", FACTS)
def test_undoing_keeps_both_and_names_what_it_undoes(kind: str) -> None:
    entry = FACTS[kind][0](kind)
    undone = ledger.reversal(entry, "undo", AT)
    assert (undone.reverses, undone.kind) == (entry.key, EntryKind.REVERSAL)
    assert not any(folded([entry, undone]).values())
    assert ledger.effective_entries([entry, undone]) == ()


@pytest.mark.parametrize("kind", FACTS)
def test_each_fact_touches_the_accounts_that_it_should(kind: str) -> None:
    make, expected = FACTS[kind]
    found = {account: amount for account, amount in folded([make(kind)]).items() if amount}
    assert found == expected


def test_money_is_taken_from_accounts_in_their_order() -> None:
    # Coin by coin: each comes from the first account that still has one.
    accounts = (Account.UNAPPLIED, Account.DEFERRED_INCOME)
    for amount, *coins_in in product(range(5), range(-1, 4), range(4)):
        left = dict(zip(accounts, coins_in, strict=True))
        expected = dict.fromkeys((*accounts, Account.INCOME), 0)
        for _ in range(amount):
            source = next((a for a in accounts if left[a] > 0), Account.INCOME)
            left[source] = left.get(source, 0) - 1
            expected[source] += 1
        sources = [(a, Money(h)) for a, h in zip(accounts, coins_in, strict=True)]
        found = ledger.taken(Money(amount), sources, rest=Account.INCOME)
        assert {account: part.amount for account, part in found} == {
            account: coins for account, coins in expected.items() if coins
        }
