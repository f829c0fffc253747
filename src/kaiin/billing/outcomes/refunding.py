"""Money that goes back by a case of ours: opened, decided, asked for, done or failed.

Works on a `LockedMembership`, collects into its `UnitOfWork`. What begins at the provider or the
bank is in `reversals`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kaiin.billing import events
from kaiin.billing.choices import RefundReason
from kaiin.billing.ledger import posting
from kaiin.billing.membership import mails, staff_mails
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, Period, RefundCase, Subscription
from kaiin.domain import ledger
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from kaiin.domain.payments import RefundState
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.previews import unused_credit
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.domain.states import UnknownTransition
from kaiin.infra import event_log
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView, RefundView
from kaiin.sites import queries as sites

# The actor of what was done outside.
PROVIDER = "provider"
_UNDER_WAY = (RefundCaseState.REQUESTED, RefundCaseState.DONE)


@dataclass(frozen=True)
class Unused:
    """The unused days of one paid period: what goes back of which charges' payments. More than
    one where days that were paid for earlier were moved to this period by a change."""

    period: Period
    shares: tuple[tuple[Charge, Money], ...]

    @property
    def total(self) -> Money:
        return Money(sum(share.amount for _, share in self.shares), self.period.currency)


def running(subscription: Subscription, at: datetime) -> QuerySet[Period]:
    """The periods of a subscription that are still to be lived, in whole or in part."""
    return Period.objects.filter(subscription=subscription, ended_early_at=None, ends_at__gt=at)


def unused_days(period: Period, at: datetime) -> Unused:
    """What goes back for the days of a period that are given up at `at`."""
    fee = Money(period.amount, period.currency)
    span = PeriodSpan(period.starts_at, period.ends_at, period.ends_at.day)
    worth = fee if at < period.starts_at else unused_credit(fee, span, at)
    left = min(worth.amount, period.amount - period.credited)
    return Unused(period, _shares(left, most=left, source=period))


def moved_days(charge: Charge, period: Period) -> Unused:
    """What of a period was not paid by its own payment, but moved to it by a change."""
    if charge.credit_period is None:
        return Unused(period, ())
    left = min(charge.credit, period.amount - period.credited)
    return Unused(period, _shares(left, most=charge.credit, source=charge.credit_period))


def _shares(left: int, *, most: int, source: Period) -> tuple[tuple[Charge, Money], ...]:
    """`left`, shared among the payments of a period and of those whose days were moved to it;
    `most` of it is of `source` and what came before."""
    shares: list[tuple[Charge, Money]] = []
    while left > 0 and source.payment_id is not None:
        charge = Charge.objects.select_related("course", "credit_period").get(
            payment_id=source.payment_id
        )
        share = min(left, most, _refundable(charge))
        if share > 0:
            shares.append((charge, Money(share, source.currency)))
            left -= share
        if charge.credit_period is None:
            break
        most, source = charge.credit, charge.credit_period
    return tuple(shares)


def open_case(
    locked: LockedMembership, charge: Charge, amount: Money, reason: RefundReason
) -> RefundCase:
    """Money came that buys nothing: staff decide."""
    case = _case(locked, charge, amount, reason)
    _note("billing.refund_case_opened", locked, case)
    mails.refund(locked, "refund_opened", case)
    return case


def second_payment(
    locked: LockedMembership, charge: Charge, payment: PaymentView, amount: Money
) -> None:
    """A period was paid twice: the second money goes back by itself where the tenant wants that
    and the way to pay allows it; else it waits for staff, who ask the payer for an account."""
    case = _case(locked, charge, amount, RefundReason.PAID_TWICE)
    _note("billing.refund_case_opened", locked, case)
    direct = payments.can_refund(payment)
    if direct and sites.tenant().refund_second_payments:
        request(locked, charge, case, [(Account.UNAPPLIED, amount)])
    else:
        mails.refund(locked, "refund_opened" if direct else "second_payment_account", case)


def give_back(locked: LockedMembership, unused: Unused, reason: RefundReason) -> list[RefundCase]:
    """Have the unused days of a period paid back; one case for each payment that paid them."""
    cases = []
    for charge, amount in unused.shares:
        case = _case(locked, charge, amount, reason, unused.period)
        request(locked, charge, case, [(Account.DEFERRED_INCOME, amount)])
        cases.append(case)
    return cases


def request(
    locked: LockedMembership, charge: Charge, case: RefundCase, sources: ledger.Sources
) -> None:
    """It goes back: owed in the books from now on, paid out by payments."""
    case.become(RefundCaseState.REQUESTED)
    case.decided_at, case.decided_by = locked.now, locked.work.actor
    due = ledger.refund_due(f"refund_due:{case.key}", locked.now, sources)
    locked.work.post(due, charge=charge, period=case.period)
    _ask(locked, case)
    if case.reason == RefundReason.PAID_TWICE and case.opened_at == locked.now:
        mails.refund(locked, "second_payment_refunded", case)
    elif case.reason != RefundReason.LEFT:
        # The mail about the leaving named the refund already.
        mails.refund(locked, "refund_requested", case)


def retry(locked: LockedMembership, case: RefundCase) -> None:
    """A refund that failed is asked for anew; in the books it is still due."""
    case.become(RefundCaseState.REQUESTED)
    case.decided_at, case.decided_by = locked.now, locked.work.actor
    _ask(locked, case)


def keep(locked: LockedMembership, charge: Charge, case: RefundCase) -> None:
    """It stays with us; what was due by a refund that failed is due no more."""
    due = posting.in_force(f"refund_due:{case.key}")
    if due is not None:
        locked.work.reverse(due, charge=charge)
    case.become(RefundCaseState.DECLINED, case.failure_code)
    case.decided_at, case.decided_by = locked.now, locked.work.actor
    case.save()
    stays = ledger.kept(f"kept:{case.key}", locked.now, case.money, source=_source(case))
    locked.work.post(posting.again_if_reversed(stays), charge=charge, period=case.period)
    _note("billing.refund_declined", locked, case)


def settle(locked: LockedMembership, charge: Charge, case: RefundCase, refund: RefundView) -> None:
    """What payments says of the present try. Repeating it changes nothing."""
    if refund.state is RefundState.DONE and case.state != RefundCaseState.DONE:
        done(locked, charge, case, refund.done_at or locked.now)
    elif refund.state is RefundState.FAILED and case.state in _UNDER_WAY:
        _failed(locked, charge, case, refund.failure_code)


def done(locked: LockedMembership, charge: Charge, case: RefundCase, done_at: datetime) -> None:
    """The money has gone back; also where staff had kept it after the refund failed."""
    if case.state == RefundCaseState.DECLINED:
        _owe_again(locked, charge, case)
    case.become(RefundCaseState.DONE)
    case.settled_at = done_at
    case.save()
    paid_out = ledger.refund(f"refund:{case.refund_key}", done_at, case.money)
    locked.work.post(posting.again_if_reversed(paid_out), charge=charge, period=case.period)
    _note("billing.refund_done", locked, case)
    mails.refund(locked, "refund_done", case)


def _owe_again(locked: LockedMembership, charge: Charge, case: RefundCase) -> None:
    kept = posting.in_force(f"kept:{case.key}")
    if kept is None:
        # The same money went back another way: the provider can't have paid it out twice.
        raise UnknownTransition(state=case.state, event=RefundCaseState.DONE)
    locked.work.reverse(kept, charge=charge)
    sources = [(_source(case), case.money)]
    due = ledger.refund_due(f"refund_due:{case.key}", locked.now, sources)
    locked.work.post(posting.again_if_reversed(due), charge=charge, period=case.period)


def _source(case: RefundCase) -> Account:
    """Where money that buys nothing waits, or that of unused days."""
    return Account.UNAPPLIED if case.period is None else Account.DEFERRED_INCOME


def payment_of(charge: Charge) -> UUID:
    """The payment of a charge whose money came."""
    if charge.payment_id is None:
        raise RuntimeError(f"{charge} has no payment")
    return charge.payment_id


def _failed(locked: LockedMembership, charge: Charge, case: RefundCase, code: str) -> None:
    entry = posting.in_force(f"refund:{case.refund_key}")
    if entry is not None:
        # It had been paid out, and came back: it is due again.
        locked.work.reverse(entry, charge=charge)
    case.become(RefundCaseState.FAILED, code)
    case.settled_at = None
    case.save()
    _note("billing.refund_failed", locked, case, reason=code)
    locked.publish(events.REFUND_FAILED, case.refund_key, refund_case=case.pk)
    staff_mails.refund_failed(locked, case)


def _ask(locked: LockedMembership, case: RefundCase) -> None:
    case.tries += 1
    case.save()
    event_log.publish(
        topic=events.REFUND_WANTED,
        key=case.refund_key,
        payload={
            "payment_id": str(case.payment_id),
            "key": case.refund_key,
            "amount": case.amount,
            "currency": case.currency,
            "reason": case.reason,
            "actor": locked.work.actor,
        },
    )
    _note("billing.refund_requested", locked, case)


def _case(
    locked: LockedMembership,
    charge: Charge,
    amount: Money,
    reason: RefundReason,
    period: Period | None = None,
) -> RefundCase:
    return RefundCase.objects.create(
        membership_id=charge.membership_id,
        charge=charge,
        payment_id=payment_of(charge),
        period=period,
        key=f"{reason.value}:{charge.payment_id}",
        amount=amount.amount,
        currency=amount.currency,
        reason=reason,
        opened_at=locked.now,
    )


def _refundable(charge: Charge) -> int:
    """What is left of a charge's payment to give back for its time; handling never is."""
    fee = charge.price - charge.credit
    cases = RefundCase.objects.filter(charge=charge)
    gone = cases.exclude(state=RefundCaseState.DECLINED).exclude(reason=RefundReason.TOO_MUCH)
    return min(fee, fee + charge.handling - sum(gone.values_list("amount", flat=True)))


def _note(action: str, locked: LockedMembership, case: RefundCase, **details: object) -> None:
    locked.note(
        action,
        case=case.pk,
        payment=str(case.payment_id),
        amount=case.amount,
        currency=case.currency,
        refund_reason=case.reason,
        **details,
    )
