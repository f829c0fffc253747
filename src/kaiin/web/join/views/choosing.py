"""What membership gives, which course, which way to pay."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kaiin.billing import queries as billing
from kaiin.billing.operations import AlreadyMember
from kaiin.billing.queries import CourseView
from kaiin.domain.payments import Method
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import localized, text
from kaiin.sites.queries import SiteView
from kaiin.web.components.forms import Choice, ChoiceForm
from kaiin.web.components.requests import Request
from kaiin.web.components.templatetags.kaiin import money
from kaiin.web.join import draft as drafts
from kaiin.web.join.views.steps import chosen_course, show, site_of


@require_http_methods(["GET", "HEAD", "POST"])
def choose_course(request: Request, site_key: str) -> HttpResponse:
    """The first page: what one gets, and the courses with their prices."""
    site = site_of(request, site_key)
    courses = billing.courses(site.key)
    if request.member and courses and not _may_pay(request.member, site, courses):
        # Back after paying, or a link to join that a member has followed: they are in.
        return redirect("entrance:entry", site.key)
    draft = drafts.read(request, site.key)
    form = ChoiceForm(
        request.POST or None,
        label=text("join.course"),
        choices=[(course.key, _course(course)) for course in courses],
        # A link of the site's own page names the course that was looked at.
        initial={"choice": request.GET.get("course", draft.course)},
    )
    if request.method == "POST" and form.is_valid():
        drafts.change(request, site.key, course=form.cleaned_data["choice"])
        return redirect("join:way", site.key)
    return show(
        request,
        "course",
        {"form": form, "site": site, "courses": courses},
        step="course",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def choose_way(request: Request, site_key: str) -> HttpResponse:
    """How to pay the chosen course."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    course = chosen_course(site, draft.course)
    if course is None:
        return redirect("join:start", site.key)
    form = ChoiceForm(
        request.POST or None,
        label=text("join.way"),
        choices=[(way.value, _way(course, way)) for way in course.ways],
        initial={"choice": draft.way},
    )
    if request.method == "POST" and form.is_valid():
        drafts.change(request, site.key, way=form.cleaned_data["choice"])
        return redirect("join:confirm" if request.member else "join:details", site.key)
    return show(
        request,
        "way",
        {"form": form, "site": site, "course": course},
        step="way",
    )


def _may_pay(member: MemberView, site: SiteView, courses: Sequence[CourseView]) -> bool:
    """Whether the member may buy any of the courses now."""
    for course in courses:
        try:
            billing.preview(
                site_key=site.key,
                course_key=course.key,
                method=course.ways[0],
                at=clock.now(),
                member_pk=member.pk,
            )
        except AlreadyMember:
            continue
        return True
    return False


def _course(course: CourseView) -> Choice:
    cycle = "join.price_monthly" if course.renews else "join.price_once"
    return Choice(
        title=localized(course.name),
        detail=localized(course.summary),
        price=text(cycle, price=money(course.price)),
    )


def _way(course: CourseView, way: Method) -> Choice:
    fee = course.fees.get(way)
    return Choice(
        title=text(f"payments.method.{way}"),
        detail=text(f"join.way_{way}"),
        note=text("join.way_fee", fee=money(fee)) if fee else "",
    )
