"""How the back office's login form reaches the one login flow, its throttle and its log."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from kaiin.identity.flows import login
from kaiin.identity.models import Member


class MemberBackend(ModelBackend):
    """Django's permissions, and our own way of proving who somebody is."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_kwargs: Any,
    ) -> Member | None:
        """The member whose identifier and password these are, if not locked or disabled."""
        if username is None or password is None:
            return None
        result = login.log_in(
            typed=username,
            password=password,
            device=None,
            site_key=None,
            user_agent=request.headers.get("User-Agent", "") if request else "",
        )
        if result.refusal is not None or result.member_pk is None:
            return None
        return Member.objects.filter(pk=result.member_pk).first()
