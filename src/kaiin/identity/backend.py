"""How the back office's login form reaches the one login flow, its throttle and its log."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from kaiin.identity.flows import login
from kaiin.identity.models import Member, MemberState


class MemberBackend(BaseBackend):
    """Our own way of authenticating a member; what they may do is `Member.has_perm`."""

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
            device=request.COOKIES.get(settings.KAIIN_DEVICE_COOKIE_NAME) if request else None,
            site_key=None,
            user_agent=request.headers.get("User-Agent", "") if request else "",
            at_staff_door=True,
        )
        if result.refusal is not None or result.member_pk is None:
            return None
        if request is not None:
            # Django's view makes the answer; the gate of staff's pages sends the cookie with it.
            request.device_cookie = result.device  # type: ignore[attr-defined]
        return Member.objects.filter(pk=result.member_pk).first()

    def get_user(self, user_id: int) -> Member | None:
        """Who a session is of; None once the account is disabled."""
        return Member.objects.filter(pk=user_id, state=MemberState.ACTIVE).first()
