"""The membership that a page under My page is about."""

from kaiin.billing.views.memberships import MembershipView, list_memberships
from kaiin.identity.queries import MemberView
from kaiin.infra import clock


def membership_at(member: MemberView, site_key: str) -> MembershipView | None:
    """The member's membership there, if they ever had one."""
    found = list_memberships(member.pk, at=clock.now())
    return next((each for each in found if each.site_key == site_key), None)
