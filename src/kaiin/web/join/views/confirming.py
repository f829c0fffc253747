"""The final confirmation: everything that the law wants seen before paying, then one button."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kaiin.billing.actions.join import join_site
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.errors import (
    AlreadyMember,
    ConsentMissing,
    CourseNotOffered,
    NoMembership,
    OtherCourseRunning,
    PaymentUnderWay,
    SlipTooLate,
    WayNotOffered,
)
from kaiin.billing.membership.payable import missing_consents
from kaiin.billing.views.charges import OpenPaymentView, open_payment
from kaiin.billing.views.courses import CourseView, preview_join
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text
from kaiin.payments.errors import MethodUnavailable, ProviderUnavailable, TooManyErrors
from kaiin.sites import queries as sites
from kaiin.sites.queries import DocumentView, SiteView
from kaiin.web.base import consents
from kaiin.web.base.requests import Request
from kaiin.web.join import draft as drafts
from kaiin.web.join.draft import Draft
from kaiin.web.join.forms import ConfirmForm
from kaiin.web.join.views.other_way import slip_first, under_way_words
from kaiin.web.join.views.own import ASK_SECONDS, return_url
from kaiin.web.join.views.steps import chosen_course, show, site_of
from kaiin.web.parts.words import priced_lines


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, site_key: str) -> HttpResponse:
    """Course, period, every charge and its day, renewal, how to leave; then to the provider."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    course = chosen_course(site, draft.course)
    if course is None:
        return redirect("join:start", site.key)
    if draft.way not in {way.value for way in course.terms.ways}:
        return redirect("join:way", site.key)
    if request.member is None:
        return redirect("join:details", site.key)
    try:
        return _confirm(request, request.member, site, course, draft)
    except (AlreadyMember, NoMembership, OtherCourseRunning):
        return redirect("entrance:entry", site.key)
    except (CourseNotOffered, WayNotOffered) as error:
        # The page of ways says itself why there is no slip; else the tenant file was applied.
        too_late = isinstance(error, SlipTooLate)
        if not too_late:
            messages.info(request, error_text(error))
        return redirect("join:way" if too_late else "join:start", site.key)


def _confirm(
    request: Request, member: MemberView, site: SiteView, course: CourseView, draft: Draft
) -> HttpResponse:
    """Raises AlreadyMember, OtherCourseRunning, NoMembership, CourseNotOffered, WayNotOffered."""
    now = clock.now()
    preview = preview_join(
        site_key=site.key,
        course_key=course.key,
        method=Method(draft.way),
        at=now,
        member_pk=member.pk,
    )
    open_one = open_payment(member_pk=member.pk, site_key=site.key)
    if (first := _open_one(request, member, open_one, course, draft)) is not None:
        return first
    asked = consents.asked(missing_consents(member_pk=member.pk, purpose=preview.purpose, at=now))
    shown = {"course": course.key, "way": draft.way, "total": str(preview.total.amount)}
    initial = {**shown, "documents": consents.names(asked)}
    minor = _is_minor(member, now)
    form = ConfirmForm(request.POST or None, minor=minor, asked=asked, initial=initial)
    trouble: KaiinError | None = None
    # Another tab may have chosen otherwise, the price or the terms of use may be new: then it is
    # looked at again.
    changed = form.is_bound and (
        {name: form.data.get(name) for name in shown} != shown
        or not consents.were_shown(asked, form.data.get("documents"))
    )
    if not changed and request.method == "POST" and form.is_valid():
        try:
            return _pay(request, member, site, draft, asked)
        except ConsentMissing:
            changed = True
        except (PaymentUnderWay, ProviderUnavailable, MethodUnavailable, TooManyErrors) as error:
            trouble = error
    if changed:
        form = ConfirmForm(None, minor=minor, asked=asked, initial=initial)
    context = {
        "form": form,
        "asked": asked,
        "site": site,
        "course": course,
        "title": f"join.confirm_{preview.purpose}",
        "joins": preview.purpose is ChargePurpose.JOIN,
        "same_course": preview.purpose is ChargePurpose.DUE,
        "number": site.shown_number(preview.member_number),
        "other": "" if _is_same(open_one, course, draft) else under_way_words(open_one),
        "way": draft.way,
        "preview": preview,
        "last_day": last_day(preview.period.ends_at),
        "lines": priced_lines(preview.lines),
        "consent_age": sites.tenant().consent_age,
        "changed": changed,
        "trouble": trouble.code if trouble else "",
        "trouble_text": error_text(trouble) if trouble else "",
    }
    return show(request, "confirm", context, newcomer=draft.proven)


def _open_one(
    request: Request,
    member: MemberView,
    found: OpenPaymentView | None,
    course: CourseView,
    draft: Draft,
) -> HttpResponse | None:
    """Where to go first while a payment is open: to its own page if it is a slip. Any other is
    asked about before this page offers to pay again."""
    if found is None:
        return None
    if found.is_slip and _is_same(found, course, draft):
        return redirect("join:pay_return", found.payment.id)
    if request.method == "POST":
        return slip_first(request, member, found.site_key)
    refresh_open_payments(member_pk=member.pk, timeout_seconds=ASK_SECONDS)
    after = open_payment(member_pk=member.pk, site_key=found.site_key)
    if after is None:
        return redirect("join:pay_return", found.payment.id)
    return slip_first(request, member, found.site_key)


def _is_same(found: OpenPaymentView | None, course: CourseView, draft: Draft) -> bool:
    wanted = (course.key, draft.way)
    return found is not None and (found.course_key, found.payment.method.value) == wanted


def _pay(
    request: Request,
    member: MemberView,
    site: SiteView,
    draft: Draft,
    agrees_to: Sequence[DocumentView],
) -> HttpResponse:
    """Raises what `billing.actions.join` raises."""
    started = join_site(
        member_pk=member.pk,
        site_key=site.key,
        course_key=draft.course,
        method=Method(draft.way),
        return_url_for=return_url,
        language=request.language,
        agrees_to=agrees_to,
    )
    return redirect("join:pay", started.payment.id)


def _is_minor(member: MemberView, now: datetime) -> bool:
    """Younger than the tenant's age of consent, in Japan, today; without a birth date, no."""
    born: date | None = member.birth_date
    if born is None:
        return False
    today = japanese_date(now)
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < sites.tenant().consent_age
