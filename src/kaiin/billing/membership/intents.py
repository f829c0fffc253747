"""Intents to charge: written down, unique in the database, before payments hears of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F, Max

from kaiin.billing import events
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.courses import catalog
from kaiin.billing.membership import payable
from kaiin.billing.models import Charge, Course, Period, Subscription
from kaiin.domain.charges import ChargeState
from kaiin.domain.payments import Method
from kaiin.infra import event_log, texts
from kaiin.sites import queries as sites


def open_charge(
    subscription: Subscription,
    course: Course,
    method: Method,
    *,
    now: datetime,
    purpose: ChargePurpose | None = None,
    credit: int = 0,
    credit_period: Period | None = None,
) -> Charge:
    """The intent for a payment that the member makes for the subscription's next period.

    Call it under the membership's lock; the database refuses a second live one. `credit` is what
    the unused days of `credit_period` are worth; a REGISTRATION costs nothing.
    """
    last = _last_attempts([subscription])
    charge = _charge(subscription, course, method, last, automatic=False, now=now)
    charge.purpose = purpose or payable.purpose(subscription.membership, subscription)
    if purpose is ChargePurpose.REGISTRATION:
        charge.price = charge.handling = 0
    charge.credit, charge.credit_period = credit, credit_period
    charge.save(force_insert=True)
    return charge


def renewals(subscriptions: Sequence[Subscription], *, now: datetime) -> list[Charge]:
    """The intents for automatic renewals, yet to be stored; one query for all."""
    last = _last_attempts(subscriptions)
    return [
        _charge(each, catalog.coming(each), Method(each.method), last, automatic=True, now=now)
        for each in subscriptions
    ]


# Why an intent was given up, where the member has left.
LEFT = "left"


def supersede(charge: Charge, reason: str, now: datetime) -> None:
    """Give an open intent up: what it led to must not be paid any more."""
    charge.become(ChargeState.CLOSED, now, reason)
    void(charge)


def void(charge: Charge) -> None:
    """Have payments void the payment of an intent that was given up."""
    if charge.payment_id is not None:
        event_log.publish(
            topic=events.PAYMENT_SUPERSEDED,
            key=str(charge.payment_id),
            payload={"payment_id": str(charge.payment_id)},
        )


def description(charge: Charge, language: str) -> str:
    """What the provider's page and the bill call it: the site and the course."""
    site = next(view for view in sites.sites() if view.id == charge.course.site_id)
    site_name = texts.localized(site.name, language)
    return f"{site_name} {texts.localized(charge.course.name, language)}"


def _last_attempts(subscriptions: Sequence[Subscription]) -> Mapping[int, int]:
    tried = Charge.objects.filter(
        subscription__in=subscriptions, period_index=F("subscription__period_count") + 1
    )
    by_subscription = tried.values("subscription").annotate(last=Max("attempt"))
    return dict(by_subscription.values_list("subscription", "last"))


def _charge(
    subscription: Subscription,
    course: Course,
    method: Method,
    last_attempts: Mapping[int, int],
    *,
    automatic: bool,
    now: datetime,
) -> Charge:
    index = subscription.period_count + 1
    attempt = last_attempts.get(subscription.pk, 0) + 1
    terms = course.terms.by(method)
    return Charge(
        membership=subscription.membership,
        subscription=subscription,
        period_index=index,
        attempt=attempt,
        # Subscription, period and attempt: the same wherever and however often it is made.
        intent_key=f"subscription:{subscription.pk}:{index}:{attempt}",
        course=course,
        method=method.value,
        purpose=ChargePurpose.RENEWAL if subscription.period_count else ChargePurpose.JOIN,
        price=terms.price.amount,
        handling=terms.handling.amount,
        automatic=automatic,
        created_at=now,
    )
