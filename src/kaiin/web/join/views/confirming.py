"""The final confirmation: everything that the law wants seen before paying, then one button."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kaiin.billing import operations, queries as billing
from kaiin.billing.operations import AlreadyMember, OtherCourseRunning, PaymentUnderWay
from kaiin.billing.queries import CourseView, JoinPreview
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, text
from kaiin.payments.operations import MethodUnavailable, ProviderUnavailable, TooManyErrors
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.components.requests import Request
from kaiin.web.join import draft as drafts
from kaiin.web.join.draft import Draft
from kaiin.web.join.forms import ConfirmForm
from kaiin.web.join.views.steps import chosen_course, show, site_of


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, site_key: str) -> HttpResponse:
    """Course, period, every charge and its day, renewal, how to leave; then to the provider."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    course = chosen_course(site, draft.course)
    if course is None:
        return redirect("join:start", site.key)
    if draft.way not in {way.value for way in course.ways}:
        return redirect("join:way", site.key)
    if request.member is None:
        return redirect("join:details", site.key)
    try:
        return _confirm(request, request.member, site, course, draft)
    except (AlreadyMember, OtherCourseRunning):
        return redirect("entrance:entry", site.key)


def _confirm(
    request: Request, member: MemberView, site: SiteView, course: CourseView, draft: Draft
) -> HttpResponse:
    """Raises AlreadyMember, OtherCourseRunning."""
    now = clock.now()
    preview = billing.preview(
        site_key=site.key,
        course_key=course.key,
        method=Method(draft.way),
        at=now,
        member_pk=member.pk,
    )
    shown = {"course": course.key, "way": draft.way, "total": str(preview.total.amount)}
    minor = _is_minor(member, now)
    form = ConfirmForm(request.POST or None, minor=minor, initial=shown)
    trouble: KaiinError | None = None
    # Another tab may have chosen otherwise, or the price may be new: then it is looked at again.
    changed = form.is_bound and {name: form.data.get(name) for name in shown} != shown
    if changed:
        form = ConfirmForm(None, minor=minor, initial=shown)
    elif request.method == "POST" and form.is_valid():
        try:
            return _pay(request, member, site, draft)
        except (PaymentUnderWay, ProviderUnavailable, MethodUnavailable, TooManyErrors) as error:
            trouble = error
    return show(
        request,
        "confirm",
        {
            "form": form,
            "site": site,
            "course": course,
            "way": draft.way,
            "way_code": f"payments.method.{draft.way}",
            "preview": preview,
            "last_day": last_day(preview.period.ends_at),
            "lines": _lines(preview),
            "consent_age": sites.tenant().consent_age,
            "changed": changed,
            "trouble": trouble.code if trouble else "",
            "trouble_text": error_text(trouble) if trouble else "",
            "may_pass": not isinstance(trouble, TooManyErrors),
        },
        step="confirm",
        newcomer=draft.proven,
    )


def _pay(request: Request, member: MemberView, site: SiteView, draft: Draft) -> HttpResponse:
    """Raises what `billing.operations.join` raises."""
    started = operations.join(
        member_pk=member.pk,
        site_key=site.key,
        course_key=draft.course,
        method=Method(draft.way),
        return_url_for=_return_url,
        language=request.language,
    )
    return redirect("join:pay", started.payment.id)


def _return_url(payment_id: UUID) -> str:
    return sites.identity_url(reverse("join:pay_return", args=[payment_id]))


def _lines(preview: JoinPreview) -> list[dict[str, object]]:
    return [
        {"label": text(f"billing.line.{code}"), "amount": amount} for code, amount in preview.lines
    ]


def _is_minor(member: MemberView, now: datetime) -> bool:
    """Younger than the tenant's age of consent, in Japan, today; without a birth date, no."""
    born: date | None = member.birth_date
    if born is None:
        return False
    today = japanese_date(now)
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < sites.tenant().consent_age
