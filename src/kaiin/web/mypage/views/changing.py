"""Changing the course, the way to pay or the card: choose, see what it comes to, press once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kaiin.billing import operations, queries as billing
from kaiin.billing.operations import Agreed, BillingError, ChangeDiffers, PaymentUnderWay
from kaiin.billing.queries import ChangeOffer, ChangePreview, MembershipView
from kaiin.domain.changes import ChangeKind, ChangeRefused
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, format_date, localized, text
from kaiin.payments.operations import (
    MandateEnded,
    MethodUnavailable,
    ProviderUnavailable,
    TooManyErrors,
)
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.components.forms import Choice, ChoiceForm
from kaiin.web.components.requests import Request
from kaiin.web.join.views.other_way import CHANGES, slip_first
from kaiin.web.mypage.forms import SeenForm
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.mypage.views.places import membership_at, number_at, site_of
from kaiin.web.mypage.words import money_words, way_words

_TROUBLES = (MandateEnded, MethodUnavailable, PaymentUnderWay, ProviderUnavailable, TooManyErrors)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def choose(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """Everything that this membership can be changed to, each with when and how it begins."""
    site = site_of(request, site_key)
    view = membership_at(member, site_key)
    waits = view is not None and view.open_payment is not None
    if waits and (slip := slip_first(request, member, site_key)) is not None:
        return slip
    offers = billing.changes_offered(member.pk, site_key)
    if view is None or not offers:
        messages.info(request, text("changing.none"))
        return redirect("mypage:home")
    form = ChoiceForm(
        request.POST or None,
        label=text("changing.to_what"),
        missing=text("changing.to_what_missing"),
        choices=[(f"{o.course_key}/{o.method.value}", _choice(o, view)) for o in offers],
    )
    if request.method == "POST" and form.is_valid():
        course, way = form.cleaned_data["choice"].split("/")
        return redirect("mypage:change_confirm", site.key, course, way)
    context = {"site": site, "now": _running(view), "form": form}
    return render(request, "mypage/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def confirm(
    request: Request, member: MemberView, site_key: str, course_key: str, way: str
) -> HttpResponse:
    """What is charged and credited, from when, what becomes of the number; then one button."""
    site = site_of(request, site_key)
    view = membership_at(member, site_key)
    method = next((each for each in Method if each.value == way), None)
    if view is None or method is None:
        return redirect("mypage:home")
    if view.open_payment is not None:
        slip = _slip(request, member, site_key, course_key, method)
        if slip is not None:
            return slip
    now = clock.now()
    try:
        preview = billing.preview_change(
            member_pk=member.pk, site_key=site_key, course_key=course_key, method=method, at=now
        )
    except (BillingError, ChangeRefused) as error:
        # The back button after a change, or a link that is older than it.
        messages.info(request, error_text(error))
        return redirect("mypage:home")
    seen = {"kind": preview.kind.value, "total": str(preview.total.amount)}
    form = SeenForm(request.POST or None, initial=seen)
    trouble: KaiinError | None = None
    # The night or another tab may have changed what it comes to: then it is looked at again.
    changed = form.is_bound and {name: form.data.get(name) for name in seen} != seen
    if form.is_bound and not changed:
        try:
            return _change(request, member, site, preview)
        except ChangeDiffers:
            changed = True
        except _TROUBLES as error:
            trouble = error
        except (BillingError, ChangeRefused) as error:
            # Another tab has left, paused or changed since this page was made.
            messages.info(request, error_text(error))
            return redirect("mypage:home")
    context = {
        "site": site,
        "view": view,
        "form": SeenForm(None, initial=seen) if changed else form,
        "changed": changed,
        "trouble": trouble.code if trouble else "",
        "trouble_words": error_text(trouble) if trouble else "",
        **_shown(preview, view, site, now),
    }
    return render(request, "mypage/change_confirm.html", context)


def _slip(
    request: Request, member: MemberView, site_key: str, course_key: str, method: Method
) -> HttpResponse | None:
    """Where to go first while a slip is open: to its own page if it is of this very change."""
    found = billing.open_payment(member_pk=member.pk, site_key=site_key)
    if found is None or not found.is_slip:
        return None
    if found.purpose in CHANGES and (found.course_key, found.payment.method) == (
        course_key,
        method,
    ):
        return redirect("join:pay_return", found.payment.id)
    return slip_first(request, member, site_key)


def _change(
    request: Request, member: MemberView, site: SiteView, preview: ChangePreview
) -> HttpResponse:
    """Raises what `billing.operations.change` raises."""
    started = operations.change(
        member_pk=member.pk,
        site_key=site.key,
        course_key=preview.course_key,
        method=preview.method,
        return_url_for=_return_url,
        language=request.language,
        agreed=Agreed(preview.kind, preview.total),
    )
    if started.payment is not None:
        return redirect("join:pay", started.payment.id)
    said = "changing.said_undone" if preview.undoes else "changing.said_agreed"
    day = japanese_date(preview.from_at)
    messages.success(request, text(said, course=localized(preview.course_name), day=day))
    return redirect("mypage:home")


def _return_url(payment_id: UUID) -> str:
    return sites.identity_url(reverse("join:pay_return", args=[payment_id]))


def _choice(offer: ChangeOffer, view: MembershipView) -> Choice:
    kind = "undo" if offer.undoes else offer.kind.value
    if view.state is SubscriptionState.PAST_DUE:
        kind = "due"
    again = offer.kind is ChangeKind.REGISTER and view.method is Method.CARD
    other_card = again and offer.course_key == view.course_key
    return Choice(
        title=_words(offer.course_name, "" if other_card else way_words(offer.method)),
        detail=text(
            f"changing.how_{kind}",
            day=last_day(offer.from_at),
            amount=money_words(offer.total),
        ),
        price=billing.price_words(offer.price, offer.unit),
    )


def _running(view: MembershipView) -> str:
    card = billing.card_words(view.mandate) if view.mandate else ""
    return _words(view.course_name, f"{way_words(view.method)} {card}".strip())


def _words(course: Mapping[str, str], way: str) -> str:
    """A course and a way to pay; without one, the card is another one."""
    return text("changing.course_way", course=localized(course), way=way or text("changing.card"))


def _shown(
    preview: ChangePreview, view: MembershipView, site: SiteView, now: datetime
) -> dict[str, Any]:
    registers = preview.kind is ChangeKind.REGISTER
    at_once = "changing.from_registered" if registers else "changing.from_today"
    kind = "undo" if preview.undoes else preview.kind.value
    same_way = registers and view.method is Method.CARD and preview.course_key == view.course_key
    return {
        "preview": preview,
        "now": _running(view),
        "then": _words(preview.course_name, "" if same_way else way_words(preview.method)),
        "from_words": (
            text(at_once) if preview.from_at <= now else format_date(japanese_date(preview.from_at))
        ),
        "lines": [
            {"label": text(f"billing.line.{code}"), "amount": amount}
            for code, amount in preview.lines
        ],
        "button": text(f"changing.do_{kind}", amount=money_words(preview.total)),
        "number": number_at(view, site),
        "old_way": way_words(view.method),
        "anchor": preview.period.anchor_day if preview.moves_anchor else None,
    }
