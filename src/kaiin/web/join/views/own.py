"""A member's own payment, for the pages about it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kaiin.infra.texts import text
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request
from kaiin.web.parts.words import reference_words

# The member waits for this answer; what it does not bring, the worker learns later.
ASK_SECONDS = 2.0


def own_payment(request: Request, payment_id: UUID) -> PaymentView | None:
    """The payment, if it is this member's; None asks for a login. Raises Http404."""
    if request.member is None:
        return None
    payment = payments.payment(payment_id)
    if payment is None or payment.member_ref != request.member.pk:
        raise Http404
    return payment


def to_login(request: Request) -> HttpResponse:
    """In-app browsers come back without their cookie: after logging in, it goes on here."""
    return redirect(f"{reverse('entrance:login')}?next={request.path}")


def return_url(payment_id: UUID) -> str:
    """Where the provider's page leads back to."""
    return sites.identity_url(reverse("join:pay_return", args=[payment_id]))


def slip_rows(payment: PaymentView) -> list[dict[str, str]]:
    """The store and the numbers of a slip, in the order in which stores ask for them."""
    store = payments.store_name(payment.store)
    first = [{"label": text("join.store"), "value": store}] if store else []
    return first + [
        {"label": reference_words(number.kind), "value": number.value}
        for number in sorted(payment.references, key=lambda each: each.kind.place)
    ]
