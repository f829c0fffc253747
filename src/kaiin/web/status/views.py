"""`/metrics`, for Prometheus and what understands it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector
from prometheus_client.exposition import generate_latest

from kaiin.web.base.views import without_member
from kaiin.web.status.figures import Figures

# `process_…` is about the process that happened to answer, `kaiin_…` about the installation.
_registry = CollectorRegistry()
ProcessCollector(registry=_registry)
_registry.register(Figures())


@require_safe
@without_member
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The figures of this moment; the gate has seen to it that the asker is one of ours."""
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)
