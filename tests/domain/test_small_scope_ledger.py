"""Every sequence of a few entries and reversals, folded in every way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations, permutations, product

import pytest

from kaiin.domain import ledger
from kaiin.domain.ledger import Account, Entry, EntryKind
from kaiin.domain.money import Money

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
LENGTH = 4

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
}


def books() -> Iterator[tuple[list[Entry], dict[Account, int]]]:
    """Every book of up to four facts, each of them undone or not; and its balances."""
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
        standing = list(ledger.standing_entries(entries))
        assert folded(standing) == expected
        assert all(entry.kind is not EntryKind.REVERSAL for entry in standing)


def test_a_fold_does_not_depend_on_the_order_of_entries() -> None:
    for count in range(4):
        for kinds in product(FACTS, repeat=count):
            entries = [FACTS[kind][0](f"{kind}:{number}") for number, kind in enumerate(kinds)]
            if entries:
                entries.append(ledger.reversal(entries[0], "undo", AT))
            results = {tuple(folded(list(order)).items()) for order in permutations(entries)}
            assert len(results) == 1


def test_any_part_of_a_book_balances_too() -> None:
    # Exports are cut by time: whatever is in, each entry is whole.
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
    assert ledger.standing_entries([entry, undone]) == ()


@pytest.mark.parametrize("kind", FACTS)
def test_each_fact_touches_the_accounts_that_it_should(kind: str) -> None:
    make, expected = FACTS[kind]
    found = {account: amount for account, amount in folded([make(kind)]).items() if amount}
    assert found == expected
