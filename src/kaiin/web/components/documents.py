"""Terms of use and privacy policy: every version has a page, at every host."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.sites.queries import DocumentView
from kaiin.web.components.requests import Request


@require_safe
def show(http_request: HttpRequest, kind: str, version: str = "") -> HttpResponse:
    """A version's page; without a number, that of the one in force, or else of the newest."""
    request = cast(Request, http_request)
    now = clock.now()
    versions = [each for each in sites.documents() if each.kind == kind]
    current = next((each for each in sites.documents_in_force(now) if each.kind == kind), None)
    if version:
        shown = next((each for each in versions if each.version == int(version)), None)
    else:
        shown = current or (versions[-1] if versions else None)
    if shown is None:
        raise Http404
    coming = [each for each in versions if current and each.version > current.version]
    context = {
        "title": text(f"documents.title.{shown.kind.value}"),
        "document": shown,
        "language": _language(shown, request),
        "applies": shown.starts_at <= now,
        "current": current,
        "coming": coming[-1] if coming else None,
        "others": [each for each in reversed(versions) if each is not shown],
    }
    return render(request, "components/pages/document.html", context)


def _language(document: DocumentView, request: Request) -> str:
    """In which language the text is shown: the page's, if the version has it."""
    language = get_language() or request.language
    return language if language in document.texts else next(iter(document.texts), language)
