"""Changing the course, the way to pay or the card: choose, see what it comes to, press once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kaiin.billing.actions.change import Agreed, change_course
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.errors import BillingError, ChangeDiffers, PaymentUnderWay
from kaiin.billing.membership.change_plans import ChangePreview
from kaiin.billing.views.change_choices import change_choices
from kaiin.billing.views.changes import preview_change
from kaiin.billing.views.charges import open_payment
from kaiin.billing.views.memberships import MembershipView, find_membership
from kaiin.domain.changes import ChangeRefused
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, localized, text
from kaiin.payments.errors import (
    MandateEnded,
    MethodUnavailable,
    ProviderUnavailable,
    TooManyErrors,
)
from kaiin.sites.queries import SiteView
from kaiin.web.base.requests import Request, site_of
from kaiin.web.join.views.other_way import CHANGES, slip_first, under_way_words
from kaiin.web.join.views.own import ASK_SECONDS, return_url
from kaiin.web.mypage.change_words import (
    answers_of,
    choosing_url,
    course_options,
    facts_of,
    way_options,
)
from kaiin.web.mypage.forms import ChangeForm, SeenForm
from kaiin.web.mypage.signed_in import for_members

_TROUBLES = (MandateEnded, MethodUnavailable, PaymentUnderWay, ProviderUnavailable, TooManyErrors)


@require_safe
@for_members
def choose(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """Which course and which way to pay; the address carries the answers, and what the change
    would be is shown below them. Every pair has its answer, also one that can't be chosen."""
    site = site_of(request, site_key)
    view = find_membership(member.pk, site_key, at=clock.now())
    other, first = _under_way(request, member, view)
    if first is not None:
        return first
    choices = change_choices(member.pk, site_key, at=clock.now())
    if view is None or choices is None or len(choices.answers) == 1:
        messages.info(request, text("changing.none"))
        return redirect("mypage:home")
    known = {answer.key for answer in choices.answers}
    asked = (request.GET.get("course", ""), request.GET.get("way", ""))
    chosen = next(pair for pair in (asked, choices.coming, choices.present) if pair in known)
    context = {
        "site": site,
        "form": ChangeForm(
            courses=course_options(choices),
            ways=way_options(choices, view),
            initial={"course": chosen[0], "way": chosen[1]},
        ),
        "answers": answers_of(choices, view, chosen, clock.now()),
        "other": other,
    }
    return render(request, "mypage/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def confirm(
    request: Request, member: MemberView, site_key: str, course_key: str, way: str
) -> HttpResponse:
    """What is charged and credited, from when, what becomes of the number; then one button."""
    site = site_of(request, site_key)
    view = find_membership(member.pk, site_key, at=clock.now())
    method = next((each for each in Method if each.value == way), None)
    if view is None or method is None:
        return redirect("mypage:home")
    other, first = _under_way(request, member, view, (course_key, method))
    if first is not None:
        return first
    now = clock.now()
    try:
        preview = preview_change(
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
        "other": other,
        **facts_of(preview, view, now),
        "number": site.shown_number(view.member_number),
        "choosing": choosing_url(preview, view),
    }
    return render(request, "mypage/change_confirm.html", context)


def _under_way(
    request: Request,
    member: MemberView,
    view: MembershipView | None,
    wanted: tuple[str, Method] | None = None,
) -> tuple[str, HttpResponse | None]:
    """What the page says of a payment that is open, and where to go first instead: while a slip
    is open to its page, and to the outcome of one that the provider has meanwhile. `wanted`: the
    course and way of this very change, whose own payment is no other."""
    if view is None or view.open_payment is None:
        return "", None
    found = open_payment(member_pk=member.pk, site_key=view.site_key)
    if found is None:
        return "", None
    is_same = found.purpose in CHANGES and (found.course_key, found.payment.method) == wanted
    if found.is_slip:
        if is_same:
            return "", redirect("join:pay_return", found.payment.id)
        first = slip_first(request, member, view.site_key)
        return ("", first) if first is not None else (under_way_words(found), None)
    if request.method != "POST":
        refresh_open_payments(member_pk=member.pk, timeout_seconds=ASK_SECONDS)
        if open_payment(member_pk=member.pk, site_key=view.site_key) is None:
            return "", redirect("join:pay_return", found.payment.id)
    return ("" if is_same else under_way_words(found)), None


def _change(
    request: Request, member: MemberView, site: SiteView, preview: ChangePreview
) -> HttpResponse:
    """Raises what `billing.actions.change` raises."""
    started = change_course(
        member_pk=member.pk,
        site_key=site.key,
        course_key=preview.course_key,
        method=preview.method,
        return_url_for=return_url,
        language=request.language,
        agreed=Agreed(preview.kind, preview.total),
    )
    if started.payment is not None:
        return redirect("join:pay", started.payment.id)
    said = "changing.said_undone" if preview.undoes else "changing.said_agreed"
    day = japanese_date(preview.from_at)
    messages.success(request, text(said, course=localized(preview.course_name), day=day))
    return redirect("mypage:home")
