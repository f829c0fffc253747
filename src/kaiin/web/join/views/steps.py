"""What every step needs: the site, the chosen course, its place in the row of steps."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kaiin.billing.views.courses import CourseView, list_courses
from kaiin.infra.texts import text
from kaiin.sites.queries import SiteView
from kaiin.web.base import requests
from kaiin.web.base.requests import Request

# The details of someone who is logged in are known already.
_STEPS = ("course", "way", "details", "code", "confirm")
_STEPS_OF_MEMBERS = ("course", "way", "confirm")


def site_of(request: Request, site_key: str) -> SiteView:
    """The site that is joined, whose brand the next pages wear, too. Raises Http404."""
    site = requests.site_of(request, site_key)
    request.session["site"] = site.key
    return site


def chosen_course(site: SiteView, key: str) -> CourseView | None:
    """The course of a draft, if it can still be bought."""
    return next((each for each in list_courses(site.key) if each.key == key), None)


def show(
    request: Request,
    step: str,
    context: Mapping[str, Any],
    *,
    newcomer: bool | None = None,
) -> HttpResponse:
    """One step's page, with its place in the row of steps.

    `newcomer`: whether this visitor was asked for their details (default: is not logged in).
    """
    if newcomer is None:
        newcomer = request.member is None
    steps = _STEPS if newcomer else _STEPS_OF_MEMBERS
    place = {"now": steps.index(step) + 1, "of": len(steps), "label": text(f"join.step_{step}")}
    return render(request, f"join/{step}.html", {**context, "step": place})
