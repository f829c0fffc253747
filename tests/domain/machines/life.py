"""A membership's whole life as a composition of the domain's rules, without any database.

Billing does the same with rows, locks and mails around it. Course: monthly, by one term rule.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kaiin.domain import dunning, ledger
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.entitlements import Fact, Window, WindowKind, windows
from kaiin.domain.ledger import Account, Entry
from kaiin.domain.money import Money
from kaiin.domain.periods import PeriodSpan, TermRuleSpec, passed_over
from kaiin.domain.previews import continued, paid_period, unused_credit
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    may_revive,
    standing_after,
    subscription_after,
)

PRICE = Money(550)


class Mood(StrEnum):
    """How the provider answers a renewal."""

    PAYS = "pays"
    DECLINES = "declines"
    IS_SILENT = "is silent"


@dataclass
class Bought:
    span: PeriodSpan
    ended_early_at: datetime | None = None
    recognised: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.ended_early_at or self.span.ends_at


@dataclass
class Contract:
    state: SubscriptionState = SubscriptionState.PENDING
    periods: list[Bought] = field(default_factory=list)
    failures: int = 0
    due_at: datetime | None = None
    asked_at: datetime | None = None  # a renewal whose outcome is unknown
    leaving: bool = False
    paused_until: datetime | None = None
    end_reason: EndReason | None = None

    @property
    def last(self) -> Bought | None:
        return self.periods[-1] if self.periods else None


@dataclass
class Life:
    """One membership. Times are given by the caller, in order."""

    rule: TermRuleSpec
    policy: DunningPolicy
    rejoin_days: int
    standing: Standing = Standing.PENDING
    number: int | None = None
    numbers_given: int = 0
    withdrawn_at: datetime | None = None
    dormant_until: datetime | None = None
    contracts: list[Contract] = field(default_factory=list)
    graces: list[tuple[datetime, datetime]] = field(default_factory=list)
    book: list[Entry] = field(default_factory=list)

    @property
    def contract(self) -> Contract | None:
        """The open one."""
        return next((c for c in self.contracts if c.state.is_open), None)

    # Money

    def pays(self, contract: Contract, at: datetime, *, automatic: bool) -> bool:
        """Money came for a contract; False: it buys nothing, and is parked."""
        key = f"{len(self.book)}"
        self.book.append(ledger.payment(f"payment:{key}", at, PRICE))
        if not contract.state.is_open and not self._revives(contract):
            self.book[-1] = ledger.unapplied(f"unapplied:{key}", at, PRICE)
            return False
        span = paid_period(
            self.rule,
            paid_at=at,
            previous=continued(
                contract.last.span if contract.last else None,
                paused_until=contract.paused_until,
                paid_at=at,
                automatic=automatic,
            ),
            under_way=contract.state.is_open or automatic,
        )
        self.book.append(ledger.charge(f"charge:{key}", at, PRICE, Money(0)))
        replaced = self.contract
        if replaced is not None and replaced is not contract:
            replaced.state = subscription_after(replaced.state, SubscriptionEvent.ENDED)
            replaced.end_reason = EndReason.REPLACED
        contract.periods.append(Bought(span))
        contract.state = subscription_after(contract.state, SubscriptionEvent.PAID)
        contract.failures, contract.end_reason, contract.asked_at = 0, None, None
        contract.paused_until = None
        if not automatic:
            contract.leaving = False
        self._becomes_active(at)
        self.plans(contract, at)
        return True

    def plans(self, contract: Contract, at: datetime) -> None:
        """When the next period is charged, and the grace around it."""
        assert contract.last is not None
        contract.due_at = contract.last.span.ends_at
        if not contract.leaving:
            until = dunning.grace_until(self.policy, contract.due_at)
            self.graces.append((contract.due_at, until))

    def _revives(self, contract: Contract) -> bool:
        running = self.contract
        return may_revive(
            contract.end_reason,
            was_paid=bool(contract.periods),
            replaced=running is not None and bool(running.periods),
        )

    def _becomes_active(self, at: datetime) -> None:
        kept = dunning.keeps_number(
            withdrawn_at=self.withdrawn_at, paid_at=at, rejoin_days=self.rejoin_days
        )
        if self.number is None or not kept:
            self.numbers_given += 1
            self.number = self.numbers_given
        self.standing = standing_after(self.standing, StandingEvent.PAID)
        self.withdrawn_at = self.dormant_until = None

    # The worker

    def next_due(self) -> datetime | None:
        """When the worker has something to do next."""
        contract = self.contract
        dates = [self.dormant_until]
        if contract is not None:
            dates += [] if contract.asked_at else [contract.due_at]
        dates += [b.ends_at for c in self.contracts for b in c.periods if not b.recognised]
        return min((at for at in dates if at is not None), default=None)

    def works(self, at: datetime, mood: Mood) -> None:
        """Do what is due."""
        for contract in self.contracts:
            for bought in contract.periods:
                if not bought.recognised and bought.ends_at <= at:
                    self._recognises(bought)
        contract = self.contract
        if contract is not None and not contract.asked_at:
            due = contract.due_at
            if due is not None and due <= at:
                self._is_due(contract, at, mood)
        if self.dormant_until is not None and self.dormant_until <= at:
            self._withdraws(self.dormant_until)

    def _is_due(self, contract: Contract, at: datetime, mood: Mood) -> None:
        if contract.leaving:
            self.ends(contract, EndReason.LEFT, at)
        elif mood is Mood.PAYS:
            self.pays(contract, at, automatic=True)
        elif mood is Mood.DECLINES:
            self.fails(contract, at)
        else:
            contract.asked_at = at

    def fails(self, contract: Contract, at: datetime) -> None:
        """A renewal was declined."""
        contract.asked_at = None
        contract.failures += 1
        contract.state = subscription_after(contract.state, SubscriptionEvent.CHARGE_FAILED)
        assert contract.last is not None
        contract.due_at = dunning.next_step(
            self.policy,
            due_at=contract.paused_until or contract.last.span.ends_at,
            failures=contract.failures,
            failed_at=at,
        )
        if contract.due_at is None:
            self.ends(contract, EndReason.RENEWAL_FAILED, at)

    def ends(self, contract: Contract, reason: EndReason, at: datetime) -> None:
        contract.state = subscription_after(contract.state, SubscriptionEvent.ENDED)
        contract.end_reason, contract.due_at = reason, None
        self.graces = [(start, min(end, at)) for start, end in self.graces]
        if contract.last is None:
            return
        if reason is EndReason.LEFT:
            self._withdraws(contract.last.ends_at)
            return
        self.standing = standing_after(self.standing, StandingEvent.LAPSED)
        ended = contract.paused_until or contract.last.span.ends_at
        self.dormant_until = dunning.dormant_until(self.policy, ended)

    def _withdraws(self, at: datetime) -> None:
        self.standing = standing_after(self.standing, StandingEvent.WITHDRAWN)
        self.withdrawn_at, self.dormant_until = at, None

    def _recognises(self, bought: Bought) -> None:
        amount = PRICE
        if bought.ended_early_at:
            amount -= unused_credit(PRICE, bought.span, bought.ended_early_at)
        bought.recognised = True
        if amount:
            key = f"recognition:{len(self.book)}"
            self.book.append(ledger.recognition(key, bought.ends_at, amount))

    # The member

    def leaves(self, contract: Contract, at: datetime) -> None:
        """To the end of what is paid; at once where nothing is."""
        running = contract.last is not None and contract.last.ends_at > at
        if running:
            contract.leaving = True
            self.graces = [(start, min(end, at)) for start, end in self.graces]
        else:
            self.ends(contract, EndReason.LEFT, at)

    def leaves_at_once(self, contract: Contract, at: datetime) -> Money:
        """Give up the rest of the period; what of its price goes back."""
        bought = contract.last
        assert bought is not None
        back = unused_credit(PRICE, bought.span, at)
        bought.ended_early_at = at
        if back:
            sources = [(Account.DEFERRED_INCOME, back)]
            self.book.append(ledger.refund_due(f"refund_due:{len(self.book)}", at, sources))
            self.book.append(ledger.refund(f"refund:{len(self.book)}", at, back))
        self.ends(contract, EndReason.LEFT, at)
        return back

    def stays_after_all(self, contract: Contract, at: datetime) -> None:
        contract.leaving = False
        self.plans(contract, at)

    def pauses(self, contract: Contract, periods: int, at: datetime) -> None:
        assert contract.last is not None
        contract.paused_until = passed_over(self.rule, contract.last.span, periods).ends_at
        contract.due_at = contract.paused_until
        self.graces = [(start, min(end, at)) for start, end in self.graces]

    # The door

    def windows(self) -> tuple[Window, ...]:
        paid = [
            Fact(WindowKind.PAID, b.span.starts_at, b.ends_at, f"{number}:{index}")
            for number, contract in enumerate(self.contracts)
            for index, b in enumerate(contract.periods)
        ]
        grace = [
            Fact(WindowKind.GRACE, start, end, f"grace:{number}")
            for number, (start, end) in enumerate(self.graces)
        ]
        return windows([*paid, *grace])

    def balance(self, account: Account) -> int:
        """What the books say of an account."""
        return ledger.balances(self.book).get((account, "JPY"), Money(0)).amount
