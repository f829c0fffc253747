"""My page is for members who are logged in; others log in first and come back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from kaiin.identity.queries import MemberView
from kaiin.web.base.requests import Request

P = ParamSpec("P")


def for_members(
    view: Callable[Concatenate[Request, MemberView, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Gives the view the member; keeps the page out of every cache."""

    @never_cache
    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.member is None:
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('entrance:login')}?{query}")
        return view(request, request.member, *args, **kwargs)

    return guarded
