"""Money that goes back by a case of ours: opened, decided, asked for, done or failed.

Works on a `Holding` under its lock, collects into a `Batch`. What begins at the provider or the
bank is in `taking_back`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaiin.billing import events, letters, staff_letters
from kaiin.billing.batch import Batch
from kaiin.billing.choices import RefundReason, RefundState
from kaiin.billing.holding import Holding
from kaiin.billing.models import (
    Charge,
    LedgerEntry,
    Period,
    RefundCase,
    Subscription,
)
from kaiin.domain import ledger
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from kaiin.domain.payments import RefundState as Refunded
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.previews import unused_credit
from kaiin.infra import event_log
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView, RefundView
from kaiin.sites import queries as sites

# Who decided what nobody here did.
PROVIDER = "provider"
_UNDER_WAY = (RefundState.REQUESTED, RefundState.DONE)


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
    holding: Holding, charge: Charge, amount: Money, reason: RefundReason, batch: Batch
) -> RefundCase:
    """Money came that buys nothing: somebody decides."""
    case = _case(charge, amount, reason, batch, period=None)
    case.save(force_insert=True)
    _note("billing.refund_case_opened", holding, case, batch)
    letters.refund_opened(holding, case)
    return case


def second_payment(
    holding: Holding, charge: Charge, payment: PaymentView, amount: Money, batch: Batch
) -> None:
    """A period was paid twice: the second money goes back by itself where the tenant wants that
    and the way to pay allows it; else it waits for somebody who asks the payer for an account."""
    case = _case(charge, amount, RefundReason.PAID_TWICE, batch, period=None)
    case.save(force_insert=True)
    _note("billing.refund_case_opened", holding, case, batch)
    if payments.can_refund(payment) and sites.tenant().refund_second_payments:
        request(holding, charge, case, [(Account.UNAPPLIED, amount)], batch)
    else:
        letters.second_payment(holding, case, account=not payments.can_refund(payment))


def give_back(
    holding: Holding, unused: Unused, reason: RefundReason, batch: Batch
) -> list[RefundCase]:
    """Have the unused days of a period paid back; one case for each payment that paid them."""
    cases = []
    for charge, amount in unused.shares:
        case = _case(charge, amount, reason, batch, period=unused.period)
        case.save(force_insert=True)
        request(holding, charge, case, [(Account.DEFERRED_INCOME, amount)], batch)
        cases.append(case)
    return cases


def request(
    holding: Holding, charge: Charge, case: RefundCase, sources: ledger.Sources, batch: Batch
) -> None:
    """It goes back: owed in the books from now on, paid out by payments."""
    case.state, case.failure_code = RefundState.REQUESTED, ""
    case.decided_at, case.decided_by = batch.now, batch.actor
    due = ledger.refund_due(f"refund_due:{case.key}", batch.now, sources)
    batch.post(due, charge=charge, period=case.period)
    _ask(holding, case, batch)
    if case.reason == RefundReason.PAID_TWICE and case.opened_at == batch.now:
        letters.second_payment_goes_back(holding, case)
    elif case.reason != RefundReason.LEFT:
        # Who leaves has been told with the leaving.
        letters.refund_requested(holding, case)


def retry(holding: Holding, case: RefundCase, batch: Batch) -> None:
    """A refund that failed is asked for anew; in the books it is still due."""
    case.state, case.failure_code = RefundState.REQUESTED, ""
    case.decided_at, case.decided_by = batch.now, batch.actor
    _ask(holding, case, batch)


def keep(holding: Holding, charge: Charge, case: RefundCase, batch: Batch) -> None:
    """It stays with us; what was due by a refund that failed is due no more."""
    due = standing(f"refund_due:{case.key}")
    if due is not None:
        undo(due, charge, batch)
    case.state = RefundState.DECLINED
    case.decided_at, case.decided_by = batch.now, batch.actor
    case.save()
    source = Account.UNAPPLIED if case.period is None else Account.DEFERRED_INCOME
    stays = ledger.kept(f"kept:{case.key}", batch.now, _money(case), source=source)
    batch.post(stays, charge=charge, period=case.period)
    _note("billing.refund_declined", holding, case, batch)


def settle(
    holding: Holding, charge: Charge, case: RefundCase, refund: RefundView, batch: Batch
) -> None:
    """What payments says of the present try. Repeating it changes nothing."""
    if refund.state is Refunded.DONE and case.state != RefundState.DONE:
        done(holding, charge, case, refund.done_at or batch.now, batch)
    elif refund.state is Refunded.FAILED and case.state in _UNDER_WAY:
        _failed(holding, charge, case, refund.failure_code, batch)


def done(
    holding: Holding, charge: Charge, case: RefundCase, done_at: datetime, batch: Batch
) -> None:
    """The money has gone back."""
    case.state, case.settled_at, case.failure_code = RefundState.DONE, done_at, ""
    case.save()
    paid_out = ledger.refund(f"refund:{case.refund_key}", done_at, _money(case))
    batch.post(again_if_reversed(paid_out), charge=charge, period=case.period)
    _note("billing.refund_done", holding, case, batch)
    letters.refund_done(holding, case)


def standing(key: str) -> LedgerEntry | None:
    """The entry of a key, or of a repetition of it, that was not reversed."""
    return of_key(key).filter(reversed_by=None).order_by("-pk").first()


def of_key(key: str) -> QuerySet[LedgerEntry]:
    """Every entry of a fact, reversed or not: of its key, or repeating that."""
    return LedgerEntry.objects.filter(Q(key=key) | Q(repeats=key))


def undo(row: LedgerEntry, charge: Charge, batch: Batch) -> ledger.Entry:
    """Reverse an entry; returns what it was."""
    entry = ledger.Entry(
        row.key,
        ledger.EntryKind(row.kind),
        row.occurred_at,
        tuple(
            ledger.Posting(Account(posting.account), Money(posting.amount, posting.currency))
            for posting in row.postings.order_by("pk")
        ),
    )
    reversal = ledger.reversal(entry, f"reversal:{row.pk}", batch.now)
    batch.post(reversal, charge=charge, period=row.period, reverses=row)
    return entry


def again_if_reversed(entry: ledger.Entry) -> ledger.Entry:
    """The entry, as a repetition where the same fact was reversed before."""
    before = of_key(entry.key).count()
    return ledger.repetition(entry, before + 1) if before else entry


def payment_of(charge: Charge) -> UUID:
    """The payment of a charge whose money came."""
    if charge.payment_id is None:
        raise RuntimeError(f"{charge} has no payment")
    return charge.payment_id


def _failed(holding: Holding, charge: Charge, case: RefundCase, code: str, batch: Batch) -> None:
    entry = standing(f"refund:{case.refund_key}")
    if entry is not None:
        # It had been paid out, and came back: it is due again.
        undo(entry, charge, batch)
    case.state, case.failure_code, case.settled_at = RefundState.FAILED, code, None
    case.save()
    _note("billing.refund_failed", holding, case, batch, reason=code)
    batch.tell(holding, events.REFUND_FAILED, case.refund_key, {"refund_case": case.pk})
    staff_letters.refund_failed(holding, case)


def _ask(holding: Holding, case: RefundCase, batch: Batch) -> None:
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
            "actor": batch.actor,
        },
    )
    _note("billing.refund_requested", holding, case, batch)


def _case(
    charge: Charge, amount: Money, reason: RefundReason, batch: Batch, *, period: Period | None
) -> RefundCase:
    return RefundCase(
        membership_id=charge.membership_id,
        charge=charge,
        payment_id=payment_of(charge),
        period=period,
        key=f"{reason.value}:{charge.payment_id}",
        amount=amount.amount,
        currency=amount.currency,
        reason=reason,
        opened_at=batch.now,
    )


def _refundable(charge: Charge) -> int:
    """What is left of a charge's payment to give back for its time; handling never is."""
    fee = charge.price - charge.credit
    cases = RefundCase.objects.filter(charge=charge)
    gone = cases.exclude(state=RefundState.DECLINED).exclude(reason=RefundReason.TOO_MUCH)
    return min(fee, fee + charge.handling - sum(gone.values_list("amount", flat=True)))


def _money(case: RefundCase) -> Money:
    return Money(case.amount, case.currency)


def _note(action: str, holding: Holding, case: RefundCase, batch: Batch, **details: object) -> None:
    batch.note(
        action,
        holding,
        case=case.pk,
        payment=str(case.payment_id),
        amount=case.amount,
        currency=case.currency,
        refund_reason=case.reason,
        **details,
    )
