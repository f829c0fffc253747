"""The device cookie: signed, a random name, and the members who have logged in there.

It proves only that the right password was once used this browser, which
gives those members failure counts of their own (OWASP's "device cookies").
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from kaiin.identity.accounts import Account
from kaiin.identity.digests import token

_SALT = "kaiin.identity.device"
_MAX_MEMBERS = 5  # a family's tablet
_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer


@dataclass(frozen=True)
class Device:
    """A browser by its random name, and whom it has logged in, newest first."""

    name: str
    members: tuple[int, ...]

    def knows(self, member_pk: int) -> bool:
        """Whether the member has logged in here before."""
        return member_pk in self.members

    def bucket(self, account: Account | None) -> str | None:
        """Where this device's own tries at the account are counted; None if it is a stranger."""
        if account is None or not self.knows(account.pk):
            return None
        # By the epoch, so that a new password ends the locks of every known browser.
        return f"device:{self.name}:{account.pk}:{account.session_epoch}"

    def with_member(self, member_pk: int) -> "Device":
        """The device after the member's login."""
        others = tuple(pk for pk in self.members if pk != member_pk)
        return Device(self.name or token(), (member_pk, *others)[:_MAX_MEMBERS])

    def cookie(self) -> str:
        """The cookie's value."""
        signer = signing.Signer(salt=_SALT)
        return str(signer.sign_object({"name": self.name, "members": list(self.members)}))


def read(cookie: str | None) -> Device:
    """The device of a cookie; a nameless one where the cookie is missing or not ours."""
    try:
        content = signing.Signer(salt=_SALT).unsign_object(cookie or "")
    except (signing.BadSignature, ValueError):
        return Device("", ())
    return Device(str(content["name"]), tuple(content["members"]))


def remember_device(*, member_pk: int, device: str | None) -> str:
    """The cookie of a browser in which the member has just proven themself by other means."""
    return read(device).with_member(member_pk).cookie()


def keep_device(response: HttpResponse, device: str) -> None:
    """Send the device cookie along: the public login and the staff's use the same one."""
    response.set_cookie(
        settings.KAIIN_DEVICE_COOKIE_NAME,
        device,
        max_age=_SECONDS,
        secure=settings.KAIIN.secure,
        httponly=True,
        samesite="Lax",
    )
