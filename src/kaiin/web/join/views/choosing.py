"""What membership gives, which course, which way to pay."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.errors import AlreadyMember, SlipTooLate
from kaiin.billing.membership.wording import price_words
from kaiin.billing.views.charges import open_payment
from kaiin.billing.views.courses import CourseView, list_courses, next_purpose, preview_join
from kaiin.domain.payments import Method
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import error_text, localized, text
from kaiin.sites.queries import SiteView
from kaiin.web.base.requests import Request
from kaiin.web.join import draft as drafts
from kaiin.web.join.views.other_way import slip_first, under_way_words
from kaiin.web.join.views.steps import chosen_course, show, site_of
from kaiin.web.parts.forms import Choice, ChoiceForm
from kaiin.web.parts.words import money_words, way_words


@require_http_methods(["GET", "HEAD", "POST"])
def choose_course(request: Request, site_key: str) -> HttpResponse:
    """The first page: what one gets, and the courses with their prices."""
    site = site_of(request, site_key)
    courses = list_courses(site.key)
    if request.member and courses and not _may_pay(request.member, site, courses):
        # Back after paying, or a link to join that a member has followed: they are in.
        return redirect("entrance:entry", site.key)
    purpose = ChargePurpose.JOIN
    if request.member:
        if (slip := slip_first(request, request.member, site.key)) is not None:
            return slip
        purpose = next_purpose(site_key=site.key, member_pk=request.member.pk)
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
    context = {
        "form": form,
        "site": site,
        "courses": courses,
        "joins": purpose is ChargePurpose.JOIN,
    }
    return show(request, "course", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_way(request: Request, site_key: str) -> HttpResponse:
    """How to pay the chosen course."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    course = chosen_course(site, draft.course)
    if course is None:
        return redirect("join:start", site.key)
    purpose, other = ChargePurpose.JOIN, ""
    if request.member:
        if (slip := slip_first(request, request.member, site.key)) is not None:
            return slip
        purpose = next_purpose(site_key=site.key, member_pk=request.member.pk)
        other = under_way_words(open_payment(member_pk=request.member.pk, site_key=site.key))
    ways, no_slip = course.terms.ways, _no_slip(request.member, site, course)
    if no_slip is not None:
        ways = tuple(way for way in ways if way is not Method.KONBINI)
    form = ChoiceForm(
        request.POST or None,
        label=text("join.way"),
        choices=[(way.value, _way(course, way)) for way in ways],
        initial={"choice": draft.way},
    )
    if request.method == "POST" and form.is_valid():
        drafts.change(request, site.key, way=form.cleaned_data["choice"])
        return redirect("join:confirm" if request.member else "join:details", site.key)
    context = {
        "form": form,
        "site": site,
        "course": course,
        "ways": ways,
        "other": other,
        "no_slip": error_text(no_slip) if no_slip else "",
        "joins": purpose is ChargePurpose.JOIN,
    }
    return show(request, "way", context)


def _no_slip(member: MemberView | None, site: SiteView, course: CourseView) -> SlipTooLate | None:
    """Why this member can't pay the course with a slip now, though others can; None if they can."""
    if member is None or Method.KONBINI not in course.terms.ways:
        return None
    refused = _refused(member, site, course, Method.KONBINI)
    return refused if isinstance(refused, SlipTooLate) else None


def _may_pay(member: MemberView, site: SiteView, courses: Sequence[CourseView]) -> bool:
    """Whether the member may buy any of the courses now."""
    refused = (_refused(member, site, course, course.terms.ways[0]) for course in courses)
    return any(not isinstance(error, AlreadyMember) for error in refused)


def _refused(
    member: MemberView, site: SiteView, course: CourseView, way: Method
) -> AlreadyMember | SlipTooLate | None:
    """Why the member can't buy the course by this way now."""
    try:
        preview_join(
            site_key=site.key,
            course_key=course.key,
            method=way,
            at=clock.now(),
            member_pk=member.pk,
        )
    except (AlreadyMember, SlipTooLate) as error:
        return error
    return None


def _course(course: CourseView) -> Choice:
    return Choice(
        title=localized(course.name),
        detail=localized(course.summary),
        price=price_words(course.price, course.unit),
    )


def _way(course: CourseView, way: Method) -> Choice:
    fee = course.fees.get(way)
    return Choice(
        title=way_words(way),
        detail=text(f"join.way_{way}"),
        note=text("join.way_fee", fee=money_words(fee)) if fee else "",
    )
