"""The question after a login: do you agree to the new terms? Who does not goes in all the same."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kaiin.identity import queries as members
from kaiin.identity.choices import ConsentPage
from kaiin.identity.flows.consents import agree
from kaiin.infra import clock
from kaiin.web.base import consents
from kaiin.web.base.requests import Request
from kaiin.web.base.views import safe_next
from kaiin.web.login import visit

# What was put off in this session; another login asks again.
_PUT_OFF = "consent_put_off"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: Request) -> HttpResponse:
    """`/agree?next=…`: the documents in force that this member has not agreed to; then on."""
    if request.member is None:
        visit.go_next(request, request.get_full_path())
        return redirect("entrance:login")
    home = reverse("mypage:home")
    onward = safe_next(request.GET.get("next"), home)
    if _is_question(onward):
        onward = home
    missing = members.missing_consents(request.member.pk, clock.now())
    documents = consents.asked(missing)
    if not documents:
        return HttpResponseRedirect(onward)
    if "later" in request.POST:
        request.session[_PUT_OFF] = consents.names(documents)
        return HttpResponseRedirect(onward)
    changed = False
    if request.method == "POST":
        changed = not consents.were_shown(documents, request.POST.get("documents"))
        if not changed:
            agree(
                member_pk=request.member.pk,
                documents=documents,
                page=ConsentPage.QUESTION,
                language=request.language,
            )
            return HttpResponseRedirect(onward)
    context = {
        "documents": documents,
        "names": consents.names(documents),
        "titles": consents.titles(documents),
        "asked_at_login": any(each.asked for each in missing),
        "agreed_before": any(each.agreed for each in missing),
        "changed": changed,
    }
    return render(request, "entrance/agree.html", context)


def question_before(onward: str, *, member_pk: int, put_off: str) -> str:
    """Where a login leads: `onward`, or first to the question, where a document asks members and
    this one has neither agreed to it nor put it off."""
    documents = consents.asked(members.consents_to_ask_for(member_pk, clock.now()))
    if not documents or consents.were_shown(documents, put_off) or _is_question(onward):
        return onward
    return f"{reverse('entrance:agree')}?{urlencode({'next': onward})}"


def put_off_here(request: Request) -> str:
    """The names of what was put off in this session."""
    return str(request.session.get(_PUT_OFF, ""))


def _is_question(path: str) -> bool:
    return path.partition("?")[0] == reverse("entrance:agree")
