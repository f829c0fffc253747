"""To the provider's page, and back from it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kaiin.billing import operations, queries as billing
from kaiin.billing.queries import ChargePurpose
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import last_day
from kaiin.infra import clock
from kaiin.infra.texts import has_text, text
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.web.components.requests import Request, come_from
from kaiin.web.join import draft as drafts

# The member waits for this answer; what it does not bring, the worker learns later.
_ASK_SECONDS = 2.0


@require_http_methods(["GET", "HEAD"])
def go(request: Request, payment_id: UUID) -> HttpResponse:
    """On to the provider: a redirect, or a form to send where the provider wants one."""
    payment = _own(request, payment_id)
    if payment is None:
        return _to_login(request)
    if not payment.is_open or payment.checkout is None:
        return redirect("join:pay_return", payment_id)
    if payment.checkout.method == "get":
        return redirect(payment.checkout.url)
    return render(request, "join/pay.html", {"checkout": payment.checkout})


@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: Request, payment_id: UUID) -> HttpResponse:
    """Back from the provider's page. The browser's word counts for nothing: the provider is asked.

    Reloading asks again, and changes nothing twice.
    """
    payment = _own(request, payment_id)
    if payment is None or request.member is None:
        return _to_login(request)
    if payment.is_open:
        operations.refresh_open_payments(member_pk=request.member.pk, timeout_seconds=_ASK_SECONDS)
        payment = payments.payment(payment_id) or payment
    membership = billing.membership_of_payment(payment_id)
    if membership is None:
        raise Http404
    come_from(request, membership.site_key)
    changes = billing.purpose_of_payment(payment_id) in _CHANGES
    outcome = _outcome(payment, changes=changes)
    if outcome == "paid":
        drafts.forget(request, membership.site_key)
    context = {
        "title": _TITLES[outcome],
        "outcome": outcome,
        "changes": changes,
        "payment": payment,
        "membership": membership,
        "site": sites.site(membership.site_key),
        "tenant": sites.tenant(),
        "way": text(f"payments.method.{payment.method.value}"),
        "asked_at": clock.now(),
        **_details(payment, outcome),
    }
    if outcome in ("paid", "changed"):
        receipt = billing.receipt_of_payment(payment_id)
        context["receipt"] = receipt.number if receipt else ""
        context["valid_until"] = last_day(membership.paid_until) if membership.paid_until else None
        digits = sites.site(membership.site_key).member_number_digits
        context["member_number"] = f"{membership.member_number or 0:0{digits}}"
    return render(request, "join/returned.html", context)


_CHANGES = (ChargePurpose.CHANGE, ChargePurpose.REGISTRATION)
_TITLES = {
    "paid": "join.paid_title",
    "changed": "changing.returned_title",
    "registered": "changing.registered_title",
    "slip": "join.slip_title",
    "open": "join.open_title",
    "failed": "join.failed_page",
}


def _outcome(payment: PaymentView, *, changes: bool) -> str:
    if payment.state is PaymentState.REGISTERED:
        return "registered"
    if payment.state.holds_money:
        return "changed" if changes else "paid"
    if not payment.is_open:
        return "failed"
    return "slip" if payment.method is Method.KONBINI and payment.references else "open"


def _details(payment: PaymentView, outcome: str) -> Mapping[str, Any]:
    if outcome == "slip":
        numbers = [
            {"label": text(f"payments.reference.{number.kind}"), "value": number.value}
            for number in sorted(payment.references, key=lambda each: each.kind.place)
        ]
        return {"numbers": numbers}
    if outcome == "failed":
        known = f"payments.failure.{payment.failure_code}"
        return {"failure": text(known) if has_text(known) else ""}
    return {}


def _own(request: Request, payment_id: UUID) -> PaymentView | None:
    """The payment, if it is this member's; None asks for a login. Raises Http404."""
    if request.member is None:
        return None
    payment = payments.payment(payment_id)
    if payment is None or payment.member_ref != request.member.pk:
        raise Http404
    return payment


def _to_login(request: Request) -> HttpResponse:
    # In-app browsers come back without their cookie: after logging in, it goes on here.
    return redirect(f"{reverse('entrance:login')}?next={request.path}")
