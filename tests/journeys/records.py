"""What is in a club's books and in the provider's, and members made without their pages.

Journeys act on pages; here they look up what came of it, or set the stage for it.
"""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from kaiin.domain.payments import Method
from tests.fixtures.hashes import at_real_cost
from tests.journeys.club import Club

if TYPE_CHECKING:
    from kaiin.billing.views.memberships import MembershipView
    from kaiin.identity.queries import MemberView
    from kaiin.payments.queries import PaymentView

_HASHES: dict[str, str] = {}


@dataclass(frozen=True)
class Books:
    """What one member has come to: numbers of rows, and the sum of the ledger."""

    memberships: int
    paid: int
    paid_at_provider: int
    periods: int
    receipts: int
    ledger: int
    unbalanced: int


ONE_OF_EACH = Books(1, 1, 1, 1, 1, 0, 0)
NOTHING_PAID = Books(1, 0, 0, 0, 0, 0, 0)


def books(club: Club, email: str) -> Books:
    """Everything that is recorded for a member."""
    from django.db.models import Sum

    from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting, Receipt
    from kaiin.billing.models import Membership, Period
    from kaiin.payments.models import Payment

    with club.inside():
        pk = _find(email).pk
        entries = LedgerEntry.objects.filter(membership__member=pk).annotate(
            total=Sum("postings__amount")
        )
        postings = LedgerPosting.objects.filter(entry__membership__member=pk)
        return Books(
            memberships=Membership.objects.filter(member=pk).count(),
            paid=Payment.objects.filter(member_ref=pk, state="paid").count(),
            paid_at_provider=len(paid_at_provider(club, email)),
            periods=Period.objects.filter(subscription__membership__member=pk).count(),
            receipts=Receipt.objects.filter(membership__member=pk).count(),
            ledger=postings.aggregate(total=Sum("amount"))["total"] or 0,
            unbalanced=entries.exclude(total=0).count(),
        )


def paid_at_provider(club: Club, email: str) -> list[int]:
    """The sums that the provider has taken from this member."""
    with sqlite3.connect(club.sandbox_store) as store:
        rows = store.execute(
            "SELECT amount FROM payment WHERE status = 'paid' AND customer IN"
            " (SELECT customer FROM payment WHERE email = ?)",
            (email,),
        )
        return [row[0] for row in rows]


def notices(club: Club, payment_id: UUID) -> int:
    """How many notices about a payment have come and been acted on."""
    from kaiin.payments.models import ProviderEvent
    from kaiin.payments.orders import order_id

    with club.inside():
        return ProviderEvent.objects.filter(order_id=order_id(payment_id), state="applied").count()


def member(club: Club, email: str) -> "MemberView":
    with club.inside():
        return _find(email)


def membership(club: Club, email: str, site: str = "official") -> "MembershipView":
    from kaiin.billing.views.memberships import list_memberships
    from kaiin.infra import clock

    with club.inside():
        found = list_memberships(_find(email).pk, at=clock.now())
        return next(view for view in found if view.site_key == site)


def open_payment(club: Club, email: str) -> "PaymentView":
    """The one payment that is under way."""
    from kaiin.payments import queries

    with club.inside():
        (payment,) = queries.open_payments(_find(email).pk)
        return payment


def switch(club: Club, payment_id: UUID, name: str, value: object) -> None:
    """Have the provider do something unpleasant to a payment."""
    from kaiin.payments.orders import order_id

    post(club, "/switches", scope=order_id(payment_id), name=name, value=str(value))


# Setting the stage


def make_member(club: Club, email: str, password: str) -> "MemberView":
    """A member who has an account and no membership."""
    from kaiin.identity import operations
    from kaiin.lab import life

    with club.inside():
        if password not in _HASHES:
            with at_real_cost():
                _HASHES[password] = operations.hash_password(password)
        life.register(
            email,
            actor="system:test",
            details={"nickname": "はな🌸", "legal_name": "髙﨑 花"},
            password_hash=_HASHES[password],
        )
        return _find(email)


def start_joining(
    club: Club, email: str, *, site: str = "official", course: str = "monthly", way: str = "card"
) -> "PaymentView":
    """The member has come to the provider's page."""
    from kaiin.lab import life

    with club.inside():
        return life.join(_find(email).pk, course, Method(way), site).payment


def pay(club: Club, payment: "PaymentView", card: str = "4242424242424242") -> None:
    """Pay on the provider's pages, and go no further; a slip is only issued."""
    assert payment.checkout is not None
    path = payment.checkout.url.rpartition(":")[2].partition("/")[2]
    if payment.method is Method.CARD:
        post(club, f"/{path}/card", number=card, expiry="12/49", cvc="123")
        post(club, f"/{path}/3ds", answer="proven")
    elif payment.method is Method.KONBINI:
        post(club, f"/{path}/slip", store="lawson")
    else:
        post(club, f"/{path}/pin", phone="090-1234-5678", pin="1234")
        post(club, f"/{path}/agree")


def make_paid_member(
    club: Club,
    email: str,
    password: str,
    *,
    card: str = "4242424242424242",
    site: str = "official",
    course: str = "monthly",
    way: str = "card",
) -> "MembershipView":
    """A member who has joined and paid, in every book."""
    make_member(club, email, password)
    pay(club, start_joining(club, email, site=site, course=course, way=way), card)
    club.until(lambda: membership(club, email, site).paid_until, seconds=30)
    return membership(club, email, site)


def _find(email: str) -> "MemberView":
    from kaiin.identity import queries

    found = queries.find_member(email)
    assert found is not None, f"no member has the address {email}"
    return found


def post(club: Club, path: str, status: int = 303, /, **typed: str) -> None:
    """Send a form to the provider; it leads on, or answers with another status."""
    response = httpx.post(f"http://127.0.0.1:{club.port + 1}{path}", data=typed, timeout=20)
    assert response.status_code == status, f"{path}: {response.status_code}"
