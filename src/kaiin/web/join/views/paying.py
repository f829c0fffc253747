"""To the provider's page, and back from it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kaiin.billing.actions.refresh import act_on_payment, refresh_open_payments
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.membership.wording import card_words, failure_words
from kaiin.billing.outcomes.recording import is_acted_on
from kaiin.billing.views.charges import purpose_of_payment, returns_of_payment
from kaiin.billing.views.memberships import membership_of_payment
from kaiin.billing.views.receipts import receipt_of_payment
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import japanese_date
from kaiin.infra import clock
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request, come_from
from kaiin.web.join import draft as drafts
from kaiin.web.join.views.other_way import CHANGES
from kaiin.web.join.views.own import ASK_SECONDS, own_payment, slip_rows, to_login
from kaiin.web.parts.words import way_words

# The member's own, time's or our doing: no answer of a provider.
_WITHOUT_REASON = frozenset(
    {"", "failed", "expired", "canceled", "not_executed", "amount_mismatch"}
)


@require_http_methods(["GET", "HEAD"])
def go(request: Request, payment_id: UUID) -> HttpResponse:
    """On to the provider: a redirect, or a form to send where the provider wants one."""
    payment = own_payment(request, payment_id)
    if payment is None:
        return to_login(request)
    if not payment.is_open or payment.checkout is None:
        return redirect("join:pay_return", payment_id)
    if payment.checkout.method == "get":
        return redirect(payment.checkout.url)
    return render(request, "join/pay.html", {"checkout": payment.checkout})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: Request, payment_id: UUID) -> HttpResponse:
    """Back from the provider's page. The browser's word counts for nothing: the provider is asked.

    Reloading asks again, and changes nothing twice. SBPS and GMO send the browser back by a form,
    from their site to ours: it comes without the session's cookie, which is `SameSite=Lax`, and is
    sent on to the same address by GET, which brings it. Nothing that was posted is read.
    """
    if request.method == "POST":
        response = redirect("join:pay_return", payment_id)
        response.status_code = 303
        return response
    payment = own_payment(request, payment_id)
    if payment is None or request.member is None:
        return to_login(request)
    asked_at = clock.now()
    if payment.is_open:
        refresh_open_payments(member_pk=request.member.pk, timeout_seconds=ASK_SECONDS)
    act_on_payment(payment_id=payment_id, timeout_seconds=ASK_SECONDS)
    payment = payments.payment(payment_id) or payment
    membership = membership_of_payment(payment_id, at=clock.now())
    if membership is None:
        raise Http404
    come_from(request, membership.site_key)
    site = sites.site(membership.site_key)
    purpose = purpose_of_payment(payment_id) or ChargePurpose.JOIN
    changes = purpose in CHANGES
    returns = returns_of_payment(payment_id)
    outcome = "parked" if returns is not None else _outcome(payment, changes=changes)
    if outcome == "paid":
        drafts.forget(request, membership.site_key)
    elif not changes and not drafts.read(request, membership.site_key).course:
        # Another browser than the one that chose: the next way to pay is for the same course.
        drafts.change(request, membership.site_key, course=membership.course_key)
    context = {
        "title": _TITLES.get(f"{outcome}_{purpose}") or _TITLES[outcome],
        "outcome": outcome,
        "purpose": purpose,
        "changes": changes,
        "returns": returns,
        "payment": payment,
        "membership": membership,
        "site": site,
        "tenant": sites.tenant(),
        "way": way_words(payment.method),
        "card": card_words(membership.mandate) if membership.mandate else "",
        "asked_at": asked_at,
        "answered": payment.answered_at is not None and payment.answered_at >= asked_at,
        **_details(payment, outcome),
    }
    if outcome in ("paid", "changed"):
        receipt = receipt_of_payment(payment_id)
        context["receipt"] = receipt.number if receipt else ""
        context["valid_until"] = membership.paid_until
        context["member_number"] = site.shown_number(membership.member_number or 0)
        paid_on = japanese_date(payment.paid_at or payment.created_at)
        context["kept"] = membership.joined_date is not None and membership.joined_date < paid_on
    return render(request, "join/returned.html", context)


_TITLES = {
    "paid": "join.paid_title",
    "paid_rejoin": "join.rejoined_title",
    "paid_renewal": "join.renewed_title",
    "paid_due": "join.paid_due_title",
    "changed": "changing.returned_title",
    "registered": "changing.registered_title",
    "slip": "join.slip_title",
    "open": "join.open_title",
    "parked": "join.parked_title",
    "moment": "join.moment_title",
    "failed": "join.failed_page",
    "expired": "join.expired_title",
    "canceled": "join.canceled_title",
}

# Ends that are no refusal: the member turned back, or the time was over.
_ENDS = {PaymentState.EXPIRED: "expired", PaymentState.CANCELED: "canceled"}


def _outcome(payment: PaymentView, *, changes: bool) -> str:
    if payment.state is PaymentState.REGISTERED:
        return "registered"
    if payment.state.has_money:
        if not is_acted_on(payment.id):
            return "moment"
        return "changed" if changes else "paid"
    if not payment.is_open:
        return _ENDS.get(payment.state, "failed")
    if payment.method is not Method.KONBINI or not payment.references:
        return "open"
    # What was paid just before the deadline is heard of hours after it.
    late = payment.expires_at is not None and payment.expires_at <= clock.now()
    return "expired" if late else "slip"


def _details(payment: PaymentView, outcome: str) -> Mapping[str, Any]:
    if outcome == "slip":
        return {"numbers": slip_rows(payment), "store_steps": payments.store_steps(payment.store)}
    if outcome == "failed":
        code = payment.failure_code
        return {
            "failure": failure_words(code),
            "said": code not in _WITHOUT_REASON,
            # What came was another sum: it is given back.
            "nothing_charged": code != "amount_mismatch",
        }
    return {}
