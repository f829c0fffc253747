"""A member joins, pays, fails, leaves, comes back, pauses, pays late; months pass.

The rules are compared with a model that counts: ends of periods come from a calendar walked day by
day, money from a purse, the number from the days since the withdrawal.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.ledger import Account
from kaiin.domain.periods import TermRule, TermRuleSpec
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from tests.domain.calendar_oracle import (
    anniversary_ends,
    calendar_ends,
    day_in_japan,
    midnight_in_japan,
)
from tests.domain.machines.life import PRICE, Contract, Life, Mood

DAY = timedelta(days=1)
MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)
ANNIVERSARY = TermRuleSpec(TermRule.ANNIVERSARY)
START = midnight_in_japan(date(2027, 1, 28)) + timedelta(hours=5)


class Model:
    """What was paid for, by counting; one chain of periods goes on until it is broken."""

    def __init__(self, spec: TermRuleSpec) -> None:
        self._count = anniversary_ends if spec is ANNIVERSARY else calendar_ends
        self.stretches: list[tuple[datetime, datetime]] = []
        self.purse = self.parked = self.given_back = 0
        self._begun: date | None = None
        self._index = 0

    def end(self, ahead: int = 0) -> datetime:
        """The end of the last period paid for, or of one after it."""
        assert self._begun is not None
        index = self._index + ahead
        return midnight_in_japan(self._count(self._begun, 1, index + 1)[index])

    def pay(self, at: datetime, *, under_way: bool, passing_over: int = 0) -> None:
        self.purse += PRICE.amount
        ahead = passing_over + 1
        if self._begun and at < (self.end(ahead) if under_way else self.end()):
            self.stretches.append((self.end(ahead - 1), self.end(ahead)))
            self._index += ahead
        else:
            self._begun, self._index = day_in_japan(at), 0
            self.stretches.append((at, self.end()))

    def give_up(self, at: datetime) -> int:
        """Whole yen for the days after that of `at`, of all days of the last stretch."""
        starts_at, ends_at = self.stretches[-1]
        self.stretches[-1] = (starts_at, at)
        first, after, today = (day_in_japan(x) for x in (starts_at, ends_at, at))
        back = PRICE.amount * ((after - today).days - 1) // (after - first).days
        self.given_back += back
        # What follows is a new beginning.
        self._begun = None
        return back

    def covers(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.stretches)


class MembershipMachine(RuleBasedStateMachine):
    """One membership of a monthly course."""

    @initialize(
        spec=st.sampled_from([MONTH, ANNIVERSARY]),
        retry_days=st.sampled_from([(), (3, 7), (1, 2, 20)]),
        grace_days=st.integers(0, 5),
        dormant_months=st.integers(0, 2),
        rejoin_days=st.sampled_from([0, 30]),
    )
    def found_a_club(
        self,
        spec: TermRuleSpec,
        retry_days: tuple[int, ...],
        grace_days: int,
        dormant_months: int,
        rejoin_days: int,
    ) -> None:
        policy = DunningPolicy(retry_days, grace_days, dormant_months)
        self.life = Life(spec, policy, rejoin_days)
        self.model = Model(spec)
        self.now = START
        self.mood = Mood.PAYS
        self.passing_over = 0
        self.numbers = 0

    # The member

    @rule()
    @precondition(lambda self: self._may_pay())
    def joins_or_pays_by_hand(self) -> None:
        contract = self.life.contract
        if contract is None:
            contract = Contract()
            self.life.contracts.append(contract)
        self._pay(contract, automatic=False)

    @rule()
    @precondition(lambda self: self.life.contract is None)
    def joins_and_does_not_pay(self) -> None:
        self.life.contracts.append(Contract())

    @rule()
    @precondition(lambda self: self._running() and self._stays())
    def leaves(self) -> None:
        self.life.leaves(self.life.contract, self.now)

    @rule()
    @precondition(
        lambda self: self._running() and self.life.contract.last.span.starts_at < self.now
    )
    def leaves_at_once(self) -> None:
        contract = self.life.contract
        if contract.last.ends_at <= self.now or contract.asked_at or contract.paused_until:
            return
        back = self.life.leaves_at_once(contract, self.now)
        assert back.amount == self.model.give_up(self.now)

    @rule()
    @precondition(lambda self: self._running() and self.life.contract.leaving)
    def stays_after_all(self) -> None:
        self.life.stays_after_all(self.life.contract, self.now)

    @rule(periods=st.integers(1, 3))
    @precondition(lambda self: self._running() and self.life.contract.last.ends_at > self.now)
    def pauses(self, periods: int) -> None:
        contract = self.life.contract
        if contract.state is SubscriptionState.ACTIVE and not contract.leaving:
            self.life.pauses(contract, periods, self.now)
            self.passing_over = periods

    # The provider

    @rule(mood=st.sampled_from(Mood))
    def changes_its_mood(self, mood: Mood) -> None:
        self.mood = mood

    @rule(paid=st.booleans())
    @precondition(lambda self: self.life.contract and self.life.contract.asked_at)
    def breaks_its_silence(self, paid: bool) -> None:
        """The renewal had been made, or had not, when it was asked for."""
        contract = self.life.contract
        if paid:
            self._pay(contract, automatic=True, at=contract.asked_at)
        else:
            self.life.fails(contract, self.now)
        self._works()

    @rule(data=st.data())
    @precondition(lambda self: any(not c.state.is_open for c in self.life.contracts))
    def brings_late_money(self, data: st.DataObject) -> None:
        """A slip that had expired, a page that had been given up."""
        ended = [c for c in self.life.contracts if not c.state.is_open]
        contract = data.draw(st.sampled_from(ended))
        running = self.life.contract
        left = contract.end_reason is EndReason.LEFT and bool(contract.periods)
        if left or (running is not None and running.periods):
            assert not self.life.pays(contract, self.now, automatic=False)
            self.model.purse += PRICE.amount
            self.model.parked += PRICE.amount
        else:
            # An end is an end: what is bought begins now.
            contract.paused_until = None
            self._pay(contract, automatic=False, under_way=False)

    # Time

    @rule(hours=st.integers(1, 24 * 50))
    def time_passes_with_a_worker(self, hours: int) -> None:
        self._go_to(self.now + timedelta(hours=hours))

    @rule(times=st.integers(1, 6), ticks=st.sampled_from([-1, 0, 1]))
    def time_passes_to_what_is_due_next(self, times: int, ticks: int) -> None:
        """To the microsecond."""
        for _ in range(times):
            due = self.life.next_due() or self.now
            self._go_to(max(self.now, due + timedelta(microseconds=ticks)))

    def _go_to(self, target: datetime) -> None:
        while (due := self.life.next_due()) is not None and due <= target:
            self.now = max(self.now, due)
            self._works()
        self.now = target

    @rule(hours=st.integers(1, 24 * 50))
    def time_passes_and_the_worker_is_late(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while (due := self.life.next_due()) is not None and due <= self.now:
            self._works()

    # What must hold at any time

    @invariant()
    def who_paid_is_in_and_who_did_not_is_out_but_for_a_dated_grace(self) -> None:
        opened = [window.kind for window in self.life.windows() if self.now in window]
        assert (WindowKind.PAID in opened) == self.model.covers(self.now)
        if opened == [WindowKind.GRACE]:
            assert self.life.contract is not None
            assert not self.life.contract.leaving
            ended = self.life.contract.last.span.ends_at
            assert self.now - ended < DAY * self.life.policy.grace_days

    @invariant()
    def no_day_is_paid_twice(self) -> None:
        found = sorted(
            (b.span.starts_at, b.ends_at) for c in self.life.contracts for b in c.periods
        )
        assert found == sorted(self.model.stretches)
        for (_, end), (start, _) in pairwise(found):
            assert end <= start

    @invariant()
    def every_yen_is_accounted_for(self) -> None:
        life, model = self.life, self.model
        assert life.balance(Account.RECEIVABLE) == 0
        assert life.balance(Account.REFUNDS_DUE) == 0
        assert life.balance(Account.PROVIDER_CASH) == model.purse - model.given_back
        assert life.balance(Account.UNAPPLIED) == -model.parked
        periods = [b for c in life.contracts for b in c.periods]
        assert len(periods) * PRICE.amount + model.parked == model.purse
        earned = model.purse - model.parked - model.given_back
        unearned = sum(PRICE.amount for b in periods if not b.recognised)
        assert -life.balance(Account.DEFERRED_INCOME) <= unearned
        assert -life.balance(Account.INCOME) <= earned
        if all(b.recognised for b in periods):
            assert -life.balance(Account.INCOME) == earned

    @invariant()
    def the_standing_tells_the_truth(self) -> None:
        life = self.life
        running = life.contract is not None and bool(life.contract.periods)
        assert (life.standing is Standing.ACTIVE) == running
        assert (life.standing is Standing.DORMANT) == (life.dormant_until is not None)
        assert (life.standing is Standing.WITHDRAWN) == (life.withdrawn_at is not None)
        assert (life.standing is Standing.PENDING) == (not self.model.stretches)
        if life.dormant_until is not None:
            assert self.now < life.dormant_until

    @invariant()
    def at_most_one_contract_is_open(self) -> None:
        assert sum(contract.state.is_open for contract in self.life.contracts) <= 1

    def _pay(
        self,
        contract: Contract,
        *,
        automatic: bool,
        under_way: bool = True,
        at: datetime | None = None,
    ) -> None:
        at = at or self.now
        before, withdrawn_at = self.life.number, self.life.withdrawn_at
        over = self.passing_over if automatic or self._pause_is_over(contract, at) else 0
        came_back = bool(contract.paused_until) and not over and at >= contract.last.span.ends_at
        fresh = not contract.periods or came_back
        self.passing_over = 0
        self.model.pay(at, under_way=under_way and not fresh, passing_over=over)
        assert self.life.pays(contract, at, automatic=automatic)
        rejoined_late = (
            withdrawn_at is not None and at - withdrawn_at >= DAY * self.life.rejoin_days
        )
        if before is None or rejoined_late:
            self.numbers += 1
            assert self.life.number == self.numbers, "never given before"
        else:
            assert self.life.number == before, "kept"

    def _works(self) -> None:
        contract = self.life.contract
        due = contract is not None and contract.due_at is not None and contract.due_at <= self.now
        if due and not contract.leaving and not contract.asked_at and self.mood is Mood.PAYS:
            self._pay(contract, automatic=True)
        self.life.works(self.now, self.mood)

    def _pause_is_over(self, contract: Contract, at: datetime) -> bool:
        return contract.paused_until is not None and at >= contract.paused_until

    def _running(self) -> bool:
        return self.life.contract is not None and bool(self.life.contract.periods)

    def _stays(self) -> bool:
        contract = self.life.contract
        return not contract.leaving and not contract.paused_until

    def _may_pay(self) -> bool:
        contract = self.life.contract
        if contract is None:
            return True
        unpaid = contract.state in (SubscriptionState.PENDING, SubscriptionState.PAST_DUE)
        return unpaid and not contract.asked_at


TestMembership = MembershipMachine.TestCase
