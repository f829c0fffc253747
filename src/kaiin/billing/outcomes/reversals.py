"""Money that goes back from outside: refunds on the provider's own pages, disputes, chargebacks.

We hear of it when it has happened. What it had bought ends; the books follow; nothing is charged
again. Works on a `LockedMembership` under its lock, collects into a `UnitOfWork`.
"""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing import events
from kaiin.billing.choices import RefundReason
from kaiin.billing.ledger import posting
from kaiin.billing.ledger.models import LedgerEntry
from kaiin.billing.membership import endings, intents, mails, scheduling, staff_mails
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, EarlyEnd, Period, RefundCase, Subscription
from kaiin.billing.outcomes import refunding
from kaiin.domain import ledger
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState, RefundState
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.domain.subscriptions import EndReason
from kaiin.infra.locks import for_update
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView, RefundView

_END_REASONS = {
    EarlyEnd.REFUNDED: EndReason.REFUNDED,
    EarlyEnd.CHARGED_BACK: EndReason.CHARGED_BACK,
}


def follow(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """Act on what became of money whose coming was recorded. Repeating it changes nothing."""
    refunds = payments.refunds(payment.id)
    _refunded(locked, charge, payment, refunds)
    if payment.state is PaymentState.DISPUTED:
        _disputed(locked, charge, payment)
    elif payment.state is PaymentState.CHARGED_BACK:
        _charged_back(locked, charge, payment, refunds)
    elif payment.state.has_money:
        _won(locked, charge)


def _refunded(
    locked: LockedMembership, charge: Charge, payment: PaymentView, refunds: Sequence[RefundView]
) -> None:
    cases = {case.refund_key: case for case in _cases(charge)}
    for refund in refunds:
        case = cases.get(refund.key)
        if case is not None:
            refunding.settle(locked, charge, case, refund)
        elif refund.state is RefundState.DONE:
            _from_outside(locked, charge, refund)
    if payment.state is PaymentState.REFUNDED:
        period = _period(charge)
        if period is not None:
            _take_back(locked, charge, period, EarlyEnd.REFUNDED)


def _disputed(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """The member's bank asks for the money back. Nothing is decided: what it bought stays."""
    key = str(payment.id)
    locked.publish(events.PAYMENT_DISPUTED, key, payment_id=key)
    staff_mails.disputed(locked, charge, payment)


def _charged_back(
    locked: LockedMembership, charge: Charge, payment: PaymentView, refunds: Sequence[RefundView]
) -> None:
    """The bank took the money back: what it bought is over, nothing is charged again."""
    key = f"chargeback:{payment.id}"
    if posting.in_force(key) is not None:
        return
    received = payment.received or payment.amount
    gone = sum(refund.amount.amount for refund in refunds if refund.state is RefundState.DONE)
    amount = Money(received.amount - gone, received.currency)
    freed = _supersede_cases(locked, charge, amount)
    if amount:
        memberships = [*freed, *_balances(charge, None)[:1]]
        sources = ledger.taken(amount, memberships, rest=Account.CHARGEBACKS)
        back = ledger.chargeback(key, locked.now, sources)
        locked.work.post(posting.again_if_reversed(back), charge=charge)
    locked.note("billing.charged_back", payment=str(payment.id), amount=amount.amount)
    staff_mails.charged_back(locked, charge, payment)
    period = _period(charge)
    if period is not None:
        _take_back(locked, charge, period, EarlyEnd.CHARGED_BACK)


def _won(locked: LockedMembership, charge: Charge) -> None:
    """The money of a payment is with us (again): a chargeback of it, if any, is undone, and what
    it bought is back."""
    entry = posting.in_force(f"chargeback:{charge.payment_id}")
    if entry is None:
        return
    locked.work.reverse(entry, charge=charge)
    period = _period(charge)
    if period is not None and period.early_end == EarlyEnd.CHARGED_BACK:
        locked.work.access_changes(period.ended_early_at or period.starts_at)
        period.ended_early_at, period.early_end = None, ""
        period.save(update_fields=["ended_early_at", "early_end"])
    locked.note("billing.chargeback_undone", payment=str(charge.payment_id))


def _from_outside(locked: LockedMembership, charge: Charge, refund: RefundView) -> None:
    """Money went back without a case of ours: what it had become is given up for it."""
    period = _period(charge)
    freed = _supersede_cases(locked, charge, refund.amount)
    sources = ledger.taken(refund.amount, [*freed, *_balances(charge, period)], rest=Account.INCOME)
    # What a case had taken before counts as given back already.
    deferred = _of(sources, Account.DEFERRED_INCOME) - _of(freed, Account.DEFERRED_INCOME)
    if period is not None and deferred:
        period.credited += deferred
        period.save(update_fields=["credited"])
    case = RefundCase(
        membership_id=charge.membership_id,
        charge=charge,
        payment_id=refunding.payment_of(charge),
        period=period,
        key=refund.key,
        amount=refund.amount.amount,
        currency=refund.amount.currency,
        reason=RefundReason.OUTSIDE,
        opened_at=locked.now,
        decided_at=locked.now,
        decided_by=refunding.PROVIDER,
    )
    due = ledger.refund_due(f"refund_due:{case.key}", locked.now, sources)
    locked.work.post(due, charge=charge, period=period)
    refunding.done(locked, charge, case, refund.done_at or locked.now)


def _of(sources: ledger.Sources, account: Account) -> int:
    return sum(part.amount for taken_from, part in sources if taken_from is account)


def _supersede_cases(
    locked: LockedMembership, charge: Charge, amount: Money
) -> list[tuple[Account, Money]]:
    """Cases that wait for staff are over as far as the money goes back another way; returns
    where money that was due by them is again."""
    freed: list[tuple[Account, Money]] = []
    left = amount.amount
    for case in _cases(charge):
        if case.state not in (RefundCaseState.OPEN, RefundCaseState.FAILED) or not left:
            continue
        if case.amount > left:
            if case.state == RefundCaseState.OPEN:
                case.amount, left = case.amount - left, 0
                case.save(update_fields=["amount"])
            continue
        left -= case.amount
        due = posting.in_force(f"refund_due:{case.key}")
        if due is not None:
            was = locked.work.reverse(due, charge=charge)
            freed += [(p.account, p.amount) for p in was.postings if p.amount.amount > 0]
        case.become(RefundCaseState.DECLINED, case.failure_code)
        case.decided_at, case.decided_by = locked.now, refunding.PROVIDER
        case.save()
    return freed


def _take_back(locked: LockedMembership, charge: Charge, period: Period, why: EarlyEnd) -> None:
    """What a payment bought is over; the subscription goes on only as far as others paid. After
    a chargeback nothing is charged again."""
    running = period.ended_early_at is None and period.ends_at > locked.now
    if running and why is EarlyEnd.REFUNDED:
        # Days that a change had moved here were paid by other payments: that money goes back, too.
        moved = refunding.moved_days(charge, period)
        endings.end_early(locked, period, locked.now, why, credited=moved.total.amount)
        refunding.give_back(locked, moved, RefundReason.STAFF)
    elif running:
        endings.end_early(locked, period, locked.now, why)
    elif why is EarlyEnd.REFUNDED:
        return
    locked.note(
        "billing.period_taken_back",
        payment=str(charge.payment_id),
        subscription=charge.subscription_id,
        period=period.index,
        reason=why.value,
    )
    subscription = locked.open_subscription
    if subscription is None or subscription.pk != charge.subscription_id:
        return
    until = _paid_until(subscription)
    if until is not None and until > locked.now:
        _stop_renewing(locked, subscription, until, why)
        return
    open_charge = locked.open_charge
    if open_charge is not None and not open_charge.automatic:
        intents.supersede(open_charge, "superseded", locked.now)
    subscription.paid_until = endings.lived_until(subscription, locked.now)
    endings.end(locked, subscription, _END_REASONS[why])


def _stop_renewing(
    locked: LockedMembership, subscription: Subscription, until: datetime, why: EarlyEnd
) -> None:
    """Another payment still pays for some time: it is lived to its end, and nothing follows. A
    refund of an earlier period than the last changes nothing of what follows."""
    if why is EarlyEnd.REFUNDED and until == subscription.paid_until:
        return
    renewed = scheduling.renews(subscription)
    subscription.paid_until = until
    subscription.mandate_end_reason = why.value
    endings.release(subscription.mandate_id)
    locked.work.revoked.append(locked.membership.pk)
    scheduling.plan(locked, subscription)
    if renewed:
        mails.send(
            locked,
            "mandate_ended",
            f"{subscription.pk}:{subscription.mandate_id}",
            course=subscription.course.name,
            paid_until=until,
            reason=why.value,
        )


def _paid_until(subscription: Subscription) -> datetime | None:
    standing = Period.objects.filter(subscription=subscription, ended_early_at=None)
    return standing.order_by("-ends_at").values_list("ends_at", flat=True).first()


def _cases(charge: Charge) -> list[RefundCase]:
    return list(for_update(RefundCase.objects.filter(charge=charge)).order_by("pk"))


def _period(charge: Charge) -> Period | None:
    """What a charge bought. Locked, since its income may be recognised meanwhile."""
    return for_update(Period.objects.filter(payment_id=refunding.payment_of(charge))).first()


def _balances(charge: Charge, period: Period | None) -> list[tuple[Account, Money]]:
    """What a payment's money is now, by the books: first what bought nothing, then time that is
    still to come, then what was earned."""
    mine = LedgerEntry.objects.filter(payment_id=refunding.payment_of(charge))
    found = [(Account.UNAPPLIED, mine), (Account.HANDLING_INCOME, mine)]
    if period is not None:
        of_period = LedgerEntry.objects.filter(period=period)
        found[1:1] = [(Account.DEFERRED_INCOME, of_period), (Account.INCOME, of_period)]
    currency = charge.course.terms.currency
    return [(account, posting.credit(entries, account, currency)) for account, entries in found]
