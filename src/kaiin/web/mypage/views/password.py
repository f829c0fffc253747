"""A new password for who is logged in: the old one, the new one, done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kaiin.identity.errors import Crowded, MemberDisabled
from kaiin.identity.flows.own_password import change_password
from kaiin.identity.queries import MemberView
from kaiin.infra.texts import text
from kaiin.web.base.errors import ask_again
from kaiin.web.base.requests import Request
from kaiin.web.login import visit
from kaiin.web.mypage.forms import PasswordForm
from kaiin.web.mypage.signed_in import for_members


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("old", "new")
@for_members
def change(request: Request, member: MemberView) -> HttpResponse:
    """The form; then My page says that it is done. Other devices are logged out, this one not."""
    form = PasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    try:
        result = change_password(
            member_pk=member.pk,
            old_password=form.cleaned_data["old"],
            new_password=form.cleaned_data["new"],
            device=request.COOKIES.get(visit.DEVICE_COOKIE),
        )
    except Crowded as error:
        form.add_error(None, text(error.code))
        return ask_again(_page(request, form))
    if result.changed:
        return _stay_logged_in(request, member)
    if result.refusal is not None:
        form.add_error("old", text(result.refusal, None, until=result.locked_until or ""))
    for problem in result.problems:
        form.add_error("new", text(problem))
    return _page(request, form)


def _stay_logged_in(request: Request, member: MemberView) -> HttpResponse:
    """Every session has ended, this browser's too: it begins another one."""
    response = redirect("mypage:home")
    try:
        visit.begin(request, response, member_pk=member.pk)
    except MemberDisabled:
        return redirect("entrance:login")
    messages.success(request, text("mypage.password_said"))
    return response


def _page(request: Request, form: PasswordForm) -> HttpResponse:
    return render(request, "mypage/password.html", {"form": form})
