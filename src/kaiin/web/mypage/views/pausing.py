"""A pause after the paid period, and coming back from it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kaiin.billing.actions.pause import pause_membership, resume_membership
from kaiin.billing.errors import BillingError, NoMembership, PaymentUnderWay
from kaiin.billing.membership.wording import failure_words, renewal_price_words
from kaiin.billing.views.changes import PausePreview, pauses_offered, preview_resume
from kaiin.billing.views.memberships import find_membership
from kaiin.domain.changes import ChangeRefused
from kaiin.domain.payments import PaymentState
from kaiin.domain.periods import japanese_date, last_day
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, text
from kaiin.payments.errors import MandateEnded, ProviderUnavailable
from kaiin.web.base.requests import Request, site_of
from kaiin.web.join.views.other_way import slip_first
from kaiin.web.mypage.forms import SeenForm
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.parts.forms import Choice, ChoiceForm
from kaiin.web.parts.words import money_words, priced_lines, way_words

_TROUBLES = (MandateEnded, PaymentUnderWay, ProviderUnavailable)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def pause(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """For how long: each choice with its days; then it is done."""
    site = site_of(request, site_key)
    view = find_membership(member.pk, site_key, at=clock.now())
    previews = pauses_offered(member.pk, site_key, at=clock.now())
    if view is None or not previews:
        return redirect("mypage:home")
    form = ChoiceForm(
        request.POST or None,
        label=text("changing.pause_how_long"),
        missing=text("changing.pause_missing"),
        choices=[(str(each.periods), _choice(each)) for each in previews],
    )
    if request.method == "POST" and form.is_valid():
        try:
            pause_membership(
                member_pk=member.pk, site_key=site_key, periods=int(form.cleaned_data["choice"])
            )
        except (BillingError, ChangeRefused) as error:
            messages.info(request, error_text(error))
        else:
            messages.success(request, text("changing.said_paused", day=view.last_day))
        return redirect("mypage:home")
    number = site.shown_number(view.member_number)
    context = {"site": site, "view": view, "form": form, "number": number}
    return render(request, "mypage/pause.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def resume(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """Before the pause has begun it is taken back; within it the card or contract is charged."""
    site = site_of(request, site_key)
    view = find_membership(member.pk, site_key, at=clock.now())
    waits = view is not None and view.open_payment is not None
    if waits and (slip := slip_first(request, member, site_key)) is not None:
        return slip
    try:
        preview = preview_resume(member_pk=member.pk, site_key=site_key, at=clock.now())
    except NoMembership:
        return redirect("mypage:home")
    seen = {"kind": "resume", "total": str(preview.total.amount)}
    form = SeenForm(request.POST or None, initial=seen)
    changed = form.is_bound and {name: form.data.get(name) for name in seen} != seen
    if form.is_bound and not changed:
        return _resume(request, member, site_key)
    context = {
        "site": site,
        "view": view,
        "preview": preview,
        "way": way_words(view.method) if view else "",
        "form": SeenForm(None, initial=seen),
        "changed": changed,
        "lines": priced_lines(preview.lines),
        "anchor": preview.period.anchor_day if preview.moves_anchor else None,
        "button": text(
            "changing.resume_do" if preview.total else "changing.resume_cancel",
            amount=money_words(preview.total),
        ),
    }
    return render(request, "mypage/resume.html", context)


def _resume(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    try:
        payment = resume_membership(member_pk=member.pk, site_key=site_key)
    except _TROUBLES as error:
        messages.warning(request, error_text(error))
        return redirect("mypage:home")
    except NoMembership:
        return redirect("mypage:home")
    if payment is None:
        messages.success(request, text("changing.said_pause_undone"))
    elif payment.state is PaymentState.PAID:
        messages.success(request, text("changing.said_resumed"))
    elif payment.is_open:
        messages.info(request, text("changing.said_resume_waits"))
    else:
        said = failure_words(payment.failure_code)
        messages.warning(request, text("changing.said_resume_failed", said=said))
    return redirect("mypage:home")


def _choice(preview: PausePreview) -> Choice:
    return Choice(
        title=text(
            "changing.pause_until",
            start=japanese_date(preview.starts_at),
            until=last_day(preview.ends_at),
        ),
        detail=text(
            "changing.pause_then",
            day=japanese_date(preview.renewal.charge_at),
            amount=renewal_price_words(preview.renewal),
        ),
    )
