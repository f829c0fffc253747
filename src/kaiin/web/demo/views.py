"""The demo's own pages: ready logins, the mailbox, the clock. Served in demo mode only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from kaiin.domain.card_numbers import without_card_numbers
from kaiin.infra import clock
from kaiin.sites.queries import identity_url, site_url, sites
from kaiin.web.demo import logins, mailbox, stories
from kaiin.web.demo.forms import STEPS, ClockForm, StoriesForm


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where everything is, and whom to log in as: a few at first, or those that are asked for."""
    form = StoriesForm(request.GET or None)
    asked = form.is_bound
    # A choice that does not exist is left out.
    form.is_valid()
    chosen = stories.found(form.cleaned_data) if asked else stories.first()
    groups = stories.by_kind(chosen) if asked else stories.together(chosen)
    return render(
        request,
        "demo/home.html",
        {
            "form": form,
            "asked": asked,
            "groups": groups,
            "shown": len(chosen),
            "all": logins.read(),
            "sites": [(site, site_url(site.key, "/")) for site in sites()],
            "identity": identity_url("/"),
            "sandbox": settings.KAIIN_SANDBOX_PUBLIC_URL,
            "now": clock.now(),
        },
    )


@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails that Kaiin has sent."""
    to = without_card_numbers(request.GET.get("to", ""))
    return render(request, "demo/mailbox.html", {"mails": mailbox.newest(to=to), "to": to})


@require_GET
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, whole."""
    found = mailbox.one(name)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})


@require_http_methods(["GET", "POST"])
def turn_clock(request: HttpRequest) -> HttpResponse:
    """Ask the worker to walk the clock on, a day at a time."""
    form = ClockForm(request.POST or None, now=clock.now())
    if request.method == "POST" and form.is_valid():
        clock.ask_for(form.cleaned_data["target"])
        return redirect("demo:clock")
    return render(
        request,
        "demo/clock.html",
        {"form": form, "steps": tuple(STEPS), "now": clock.now(), "target": clock.target()},
    )
