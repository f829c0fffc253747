"""Members who renew, come back or pay what is due: straight to the confirmation."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from kaiin.billing.views.memberships import find_membership
from kaiin.infra import clock
from kaiin.web.base.requests import Request
from kaiin.web.join import draft as drafts
from kaiin.web.join.views.other_way import slip_first
from kaiin.web.join.views.steps import chosen_course, site_of


@require_safe
def pay_again(request: Request, site_key: str) -> HttpResponse:
    """Choose what the member has had, course and way to pay, and go on to the confirmation; to
    the question what is not offered any more."""
    site = site_of(request, site_key)
    if request.member is None:
        # The confirmation of a newcomer asks for a login or for details by itself.
        return redirect("join:start", site.key)
    view = find_membership(request.member.pk, site.key, at=clock.now())
    if view is None:
        return redirect("join:start", site.key)
    if (slip := slip_first(request, request.member, site.key)) is not None:
        return slip
    course = chosen_course(site, view.course_key)
    if course is None:
        return redirect("join:start", site.key)
    way = view.method.value if view.method in course.terms.ways else ""
    drafts.change(request, site.key, course=course.key, way=way)
    return redirect("join:confirm" if way else "join:way", site.key)
