"""Terms of use and privacy policy: every version has a page, at every host."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.sites import queries as sites


@require_safe
def show(request: HttpRequest, kind: str, version: int | None = None) -> HttpResponse:
    """A version's page; without a number, that of the one in force, or else of the newest."""
    now = clock.now()
    versions = [each for each in sites.documents() if each.kind == kind]
    current = next((each for each in sites.documents_in_force(now) if each.kind == kind), None)
    if version is None:
        shown = current or (versions[-1] if versions else None)
    else:
        shown = next((each for each in versions if each.version == version), None)
    if shown is None:
        raise Http404
    coming = [each for each in versions if current and each.version > current.version]
    context = {
        "title": text(f"documents.title.{shown.kind.value}"),
        "document": shown,
        "applies": shown.starts_at <= now,
        "current": current,
        "coming": coming[-1] if coming else None,
        "others": [each for each in reversed(versions) if each is not shown],
    }
    return render(request, "components/pages/document.html", context)
