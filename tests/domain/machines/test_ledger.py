"""A book that is written in any order, undone in part, and folded at any time.

The model is a purse for each account: coins that are carried from one to another.
"""

from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kaiin.domain import ledger
from kaiin.domain.ledger import Account, Entry
from kaiin.domain.money import Money

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
yen = st.integers(1, 10_000)


class LedgerMachine(RuleBasedStateMachine):
    """Charges, payments, credits, refunds; and what they leave in the purses."""

    def __init__(self) -> None:
        super().__init__()
        self.book: list[Entry] = []
        self.purses = dict.fromkeys(Account, 0)
        self.moved: dict[str, dict[Account, int]] = {}

    @rule(price=yen, handling=st.integers(0, 500))
    def charge(self, price: int, handling: int) -> None:
        self._write(
            ledger.charge(self._key(), AT, Money(price), Money(handling)),
            {
                Account.RECEIVABLE: price + handling,
                Account.DEFERRED_INCOME: -price,
                Account.HANDLING_INCOME: -handling,
            },
        )

    @rule(amount=yen)
    def payment(self, amount: int) -> None:
        self._carry(ledger.payment, amount, Account.RECEIVABLE, Account.PROVIDER_CASH)

    @rule(amount=yen)
    def unapplied(self, amount: int) -> None:
        self._carry(ledger.unapplied, amount, Account.UNAPPLIED, Account.PROVIDER_CASH)

    @rule(amount=yen)
    def kept(self, amount: int) -> None:
        self._carry(ledger.kept, amount, Account.INCOME, Account.UNAPPLIED)

    @rule(amount=yen)
    def recognition(self, amount: int) -> None:
        self._carry(ledger.recognition, amount, Account.INCOME, Account.DEFERRED_INCOME)

    @rule(amount=yen)
    def credit(self, amount: int) -> None:
        self._carry(ledger.credit, amount, Account.RECEIVABLE, Account.DEFERRED_INCOME)

    @rule(amount=yen)
    def refund(self, amount: int) -> None:
        self._carry(ledger.refund, amount, Account.PROVIDER_CASH, Account.REFUNDS_DUE)

    @rule(amount=yen, chargeback=st.booleans())
    def money_back(self, amount: int, chargeback: bool) -> None:
        """Out of what is still deferred, then out of what was earned."""
        held = max(-self.purses[Account.DEFERRED_INCOME], 0)
        deferred = min(held, amount)
        sources = ledger.taken(
            Money(amount), [(Account.DEFERRED_INCOME, Money(held))], rest=Account.INCOME
        )
        write = ledger.chargeback if chargeback else ledger.refund_due
        to = Account.PROVIDER_CASH if chargeback else Account.REFUNDS_DUE
        moved = {Account.DEFERRED_INCOME: deferred, Account.INCOME: amount - deferred, to: -amount}
        self._write(write(self._key(), AT, sources), moved)

    @rule(data=st.data())
    @precondition(lambda self: ledger.effective_entries(self.book))
    def undo(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(ledger.effective_entries(self.book)))
        back = {account: -amount for account, amount in self.moved[entry.key].items()}
        self._write(ledger.reversal(entry, self._key(), AT), back)

    @invariant()
    def the_book_says_what_is_in_the_purses(self) -> None:
        found = dict.fromkeys(Account, 0)
        for (account, _), money in ledger.balances(self.book).items():
            found[account] = money.amount
        assert found == self.purses

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        assert sum(self.purses.values()) == 0
        assert sum(money.amount for money in ledger.balances(self.book).values()) == 0

    @invariant()
    def what_was_undone_leaves_no_trace(self) -> None:
        whole = {k: m for k, m in ledger.balances(self.book).items() if m}
        standing = ledger.balances(ledger.effective_entries(self.book))
        assert {k: m for k, m in standing.items() if m} == whole

    def _carry(self, write, amount: int, credit: Account, debit: Account) -> None:  # type: ignore[no-untyped-def]
        self._write(write(self._key(), AT, Money(amount)), {debit: amount, credit: -amount})

    def _write(self, entry: Entry, moved: dict[Account, int]) -> None:
        self.book.append(entry)
        self.moved[entry.key] = moved
        for account, amount in moved.items():
            self.purses[account] += amount

    def _key(self) -> str:
        return f"entry:{len(self.book)}"


TestLedger = LedgerMachine.TestCase
