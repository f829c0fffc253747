"""Providers' notices. Their proof is the signature, so there is no CSRF token to ask for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kaiin.payments import inbox
from kaiin.payments.errors import NoSuchProvider

# Notices are small; anything larger is not one.
MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def notice(request: HttpRequest, provider: str) -> HttpResponse:
    """Hand the raw bytes over and answer as that provider wants it."""
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        answer = inbox.receive(
            provider=provider,
            headers=dict(request.headers),
            body=body,
            content_type=request.content_type or "",
        )
    except NoSuchProvider as error:
        raise Http404 from error
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


def _body(request: HttpRequest) -> bytes | None:
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return None
    if announced > MAX_BYTES:
        return None
    body = request.read(MAX_BYTES + 1)
    return body if len(body) <= MAX_BYTES else None
