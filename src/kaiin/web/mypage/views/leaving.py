"""Leaving a site: one page, one button; and taking it back.

Where the course lets members leave at once, with unused days paid back, the page asks when.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kaiin.billing.actions.leave import leave_site, undo_leave
from kaiin.billing.errors import LeaveAtOnceNotOffered, NoMembership, RefundDiffers
from kaiin.billing.views.memberships import MembershipView, find_membership
from kaiin.billing.views.refunds import refund_on_leaving
from kaiin.domain.money import Money
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, localized, text
from kaiin.sites.queries import SiteView
from kaiin.web.base.requests import Request, site_of
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.parts.forms import Choice, ChoiceForm
from kaiin.web.parts.words import money_words

AT_END, NOW = "at_end", "now"


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def leave(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """What leaving means, then the button; afterwards, at the same address, that it is done.

    Leaving twice, reloading and the back button change nothing more.
    """
    site = site_of(request, site_key)
    view = find_membership(member.pk, site_key, at=clock.now())
    if view is None or not view.state.is_open:
        # Left already, or never joined: My page shows the present state.
        return redirect("mypage:home")
    refund = _at_once(member, view)
    form = _when(request, view, refund) if refund else None
    if request.method == "POST" and (form is None or form.is_valid()):
        at_once = form is not None and form.cleaned_data["choice"] != AT_END
        return _leave(request, member, site, view, refund if at_once else None)
    # Past the lock day one more renewal is made first.
    ends_at = view.leaves_at or view.paid_until
    context = {
        "site": site,
        "view": view,
        "form": form,
        "running": view.paid_until is not None and view.paid_until > clock.now(),
        "past_due": view.state is SubscriptionState.PAST_DUE,
        "number": site.shown_number(view.member_number),
        "ends_at": ends_at,
        "keeps_until": days_after(ends_at, site.rejoin_days) if ends_at else None,
    }
    page = "give_up" if view.state is SubscriptionState.PENDING else "leave"
    page = "left" if view.cancel_at_period_end else page
    return render(request, f"mypage/{page}.html", context)


@require_POST
@for_members
def stay(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """Taking it back; where there is nothing to take back, My page shows the present state."""
    site = site_of(request, site_key)
    try:
        undo_leave(member_pk=member.pk, site_key=site_key)
    except NoMembership:
        return redirect("mypage:home")
    messages.success(request, text("mypage.said_stayed", site=localized(site.name)))
    return redirect("mypage:home")


def _at_once(member: MemberView, view: MembershipView) -> Money | None:
    """What leaving at once would bring; None where there is only one time to leave."""
    if view.cancel_at_period_end or not view.may_leave_at_once:
        return None
    try:
        refund = refund_on_leaving(member_pk=member.pk, site_key=view.site_key, at=clock.now())
    except NoMembership:
        # Another tab has left meanwhile.
        return None
    return refund or None


def _when(request: Request, view: MembershipView, refund: Money) -> ChoiceForm:
    """The question when to leave. The sum that was shown is part of the answer: should a day have
    passed since, it is asked anew."""
    at_end = Choice(
        title=text("changing.leave_at_end", day=view.last_day),
        detail=text("changing.leave_at_end_what"),
    )
    amount = money_words(refund)
    now = Choice(
        title=text("changing.leave_now"), detail=text("changing.leave_now_what", amount=amount)
    )
    return ChoiceForm(
        request.POST or None,
        label=text("changing.leave_when"),
        choices=[(AT_END, at_end), (f"{NOW}-{refund.amount}", now)],
        initial={"choice": AT_END},
    )


def _leave(
    request: Request,
    member: MemberView,
    site: SiteView,
    view: MembershipView,
    at_once: Money | None,
) -> HttpResponse:
    try:
        leave_site(
            member_pk=member.pk,
            site_key=site.key,
            at_once=at_once is not None,
            agreed=at_once,
        )
    except NoMembership:
        return redirect("mypage:home")
    except (LeaveAtOnceNotOffered, RefundDiffers) as error:
        # What was shown is not true any more: it is asked anew, with what is.
        messages.info(request, error_text(error))
        return redirect("mypage:leave", site.key)
    if at_once is not None:
        words = {"site": localized(site.name), "amount": money_words(at_once)}
        messages.success(request, text("changing.said_left_now", **words))
        return redirect("mypage:home")
    after = find_membership(member.pk, site.key, at=clock.now())
    if after is not None and after.cancel_at_period_end:
        return redirect("mypage:leave", site.key)
    given_up = view.state is SubscriptionState.PENDING
    said = "mypage.said_given_up" if given_up else "mypage.said_left"
    messages.success(request, text(said, site=localized(site.name)))
    return redirect("mypage:home")
