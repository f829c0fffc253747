"""Before another way to pay: a payment that is open may have been made, and is looked at first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kaiin.billing.actions.give_up import give_up_payment
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.errors import PaymentUnderWay
from kaiin.billing.views.charges import OpenPaymentView, open_payment
from kaiin.billing.views.memberships import membership_of_payment
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, text
from kaiin.payments.errors import ProviderUnavailable
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request, come_from
from kaiin.web.join import draft as drafts
from kaiin.web.join.views.own import ASK_SECONDS, own_payment, slip_rows, to_login
from kaiin.web.parts.words import money_words, way_words

_SEEN = "other_way"
CHANGES = (ChargePurpose.CHANGE, ChargePurpose.REGISTRATION)


def slip_first(request: Request, member: MemberView, site_key: str) -> HttpResponse | None:
    """The page about a slip that is open, unless the member has chosen another way there. Money
    may come of it hours after it was paid; of any other page the provider knows at once."""
    found = open_payment(member_pk=member.pk, site_key=site_key)
    if found is None or not found.is_slip:
        return None
    if request.session.get(_SEEN) == str(found.payment.id):
        return None
    return redirect("join:other_way", found.payment.id)


def under_way_words(found: OpenPaymentView | None) -> str:
    """What a page says of an open payment, for which money may still come, before it offers
    another; "" where none is open, or where only a card is being registered."""
    if found is None or not found.payment.amount:
        return ""
    amount, way = money_words(found.payment.amount), way_words(found.payment.method)
    if found.automatic:
        return text("join.unknown_what", method=way, amount=amount)
    return text("join.other_under_way", way=way, amount=amount)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, payment_id: UUID) -> HttpResponse:
    """What is open, asked about at this moment; then, as a second step, another way or none."""
    payment = own_payment(request, payment_id)
    if payment is None or request.member is None:
        return to_login(request)
    asked_at = clock.now()
    if payment.is_open:
        refresh_open_payments(member_pk=request.member.pk, timeout_seconds=ASK_SECONDS)
    membership = membership_of_payment(payment_id, at=clock.now())
    site_key = membership.site_key if membership else ""
    found = open_payment(member_pk=request.member.pk, site_key=site_key) if site_key else None
    if membership is None or found is None or found.payment.id != payment_id:
        return redirect("join:pay_return", payment_id)
    come_from(request, site_key)
    trouble = ""
    if request.method == "POST" and not found.automatic:
        if "give_up" not in request.POST:
            return _go_on(request, found)
        try:
            give_up_payment(payment_id=payment_id)
        except (PaymentUnderWay, ProviderUnavailable) as error:
            trouble = error_text(error)
        else:
            messages.success(request, text("join.said_given_up"))
            return redirect("mypage:home")
    answered_at = found.payment.answered_at
    context = {
        "site": sites.site(site_key),
        "payment": found.payment,
        "way": way_words(found.payment.method),
        "slip": found.is_slip,
        "numbers": slip_rows(found.payment),
        "automatic": found.automatic,
        "applies": found.purpose is ChargePurpose.JOIN,
        "answered": answered_at is not None and answered_at >= asked_at,
        "asked_at": asked_at,
        "trouble": trouble,
    }
    return render(request, "join/other_way.html", context)


def _go_on(request: Request, found: OpenPaymentView) -> HttpResponse:
    request.session[_SEEN] = str(found.payment.id)
    if found.purpose in CHANGES:
        return redirect("mypage:change", found.site_key)
    drafts.change(request, found.site_key, course=found.course_key, way="")
    return redirect("join:way", found.site_key)
