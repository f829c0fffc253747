"""The demo's members: fourteen months of a club's life, played through the real operations.

The sandbox provider's own code runs in this process meanwhile, on the demo's store; the clock is
walked a day at a time, and every day ends with a round of the worker.
"""

import logging
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import structlog
from rich.progress import track

from kaiin.billing.actions.leave import leave_site
from kaiin.billing.views.memberships import find_membership
from kaiin.cli.demo_club import Club
from kaiin.cli.demo_people import Crowd
from kaiin.cli.demo_stories import Stories
from kaiin.domain.payments import Method
from kaiin.infra import clock
from kaiin.lab.life import FAILS_AT_RENEWAL, GOOD_CARD
from kaiin.lab.sandbox.app import SandboxApp, create_app
from kaiin.payments.providers import registry
from kaiin.payments.providers.sandbox.provider import SandboxProvider
from kaiin.payments.queries import PaymentView
from kaiin.web.demo import logins

_SEED = 20261122
_DAYS = 425
# (site, course, way, how many)
_CROWD = (
    ("official", "monthly", Method.CARD, 82),
    ("official", "monthly", Method.DOCOMO, 38),
    ("official", "monthly", Method.AU, 30),
    ("official", "monthly", Method.SOFTBANK, 20),
    ("official", "yearly", Method.CARD, 34),
    ("official", "yearly", Method.KONBINI, 38),
    ("mail", "monthly", Method.CARD, 22),
    ("mail", "monthly", Method.DOCOMO, 12),
    ("mail", "yearly", Method.KONBINI, 8),
)


def fill_if_empty(*, crowd: bool = True) -> None:
    """Make the demo's members unless they are there already; `crowd`: not the ready logins only."""
    if logins.read():
        return
    print("Playing fourteen months of the club's life; this happens once, and takes a few minutes.")
    app = create_app(
        store_path=os.environ["KAIIN_SANDBOX_STORE"],
        secret=os.environ["KAIIN_SANDBOX_SECRET"],
        notice_url=os.environ["KAIIN_SANDBOX_NOTICE_URL"],
        public_url=os.environ["KAIIN_SANDBOX_PUBLIC_URL"],
        source=Random(_SEED),  # noqa: S311
    )
    # The worker's notes of so many days would drown the screen.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    provider = SandboxProvider(
        base_url=os.environ["KAIIN_SANDBOX_URL"],
        public_url=os.environ["KAIIN_SANDBOX_PUBLIC_URL"],
        secret=os.environ["KAIIN_SANDBOX_SECRET"],
        transport=httpx.WSGITransport(app),
    )
    registry.use("sandbox", provider)
    try:
        _play(app, _CROWD if crowd else ())
    finally:
        clock.unfreeze()
        registry.use("sandbox", None)
        app.service.store.close()


def _play(app: SandboxApp, crowd: Iterable[tuple[str, str, Method, int]]) -> None:
    source = Random(_SEED)  # noqa: S311
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
    club, people = Club(app, source, now=now, days=_DAYS), Crowd(source)
    for site, course, way, count in crowd:
        for _ in range(count):
            _plan_member(club, people, site, course, way)
    stories = Stories(club, people)
    stories.plan()
    club.play(lambda days: track(days, description="Days"))
    logins.write(stories.logins())


def _plan_member(club: Club, people: Crowd, site: str, course: str, way: Method) -> None:
    """Joins on some day; one in six leaves later, some change the course or take a break."""
    source = club.source
    # Clubs grow: later days are likelier. No member of the crowd joins in the last two days.
    share = source.random() ** 0.7
    joins = club.start + (club.ago(2) - club.start) * share
    person = people.next(joins.date())
    fails = way is Method.CARD and source.random() < 0.1
    member: list[int] = []

    def pays(payment: PaymentView) -> None:
        club.provider.pay(payment, FAILS_AT_RENEWAL if fails else GOOD_CARD)

    def join() -> None:
        member.append(club.register(person))
        by_card = way is Method.CARD
        club.join(member[0], site, course, way, at_provider=pays if by_card else None)

    def if_paid(do: Callable[[], None]) -> Callable[[], None]:
        return lambda: do() if _has_period(member[0], site) else None

    club.at(joins, join)
    if site == "official" and course == "monthly" and way is Method.CARD:
        later = joins + timedelta(days=source.randint(25, 200))
        drawn = source.random()
        if drawn < 0.06 and later < club.now:
            club.at(later, if_paid(lambda: club.change(member[0], site, "yearly", Method.CARD)))
        elif drawn < 0.12 and later < club.now:
            club.at(later, if_paid(lambda: club.pause(member[0], site)))
    leaves = joins + timedelta(days=source.randint(20, 300))
    if course == "monthly" and source.random() < 0.17 and leaves < club.now:
        club.at(leaves, lambda: _leave(member[0], site))


def _has_period(member_pk: int, site: str) -> bool:
    view = find_membership(member_pk, site, at=clock.now())
    return view is not None and view.period is not None


def _leave(member_pk: int, site: str) -> None:
    view = find_membership(member_pk, site, at=clock.now())
    if view is not None and view.paid_until and view.state.is_open:
        leave_site(member_pk=member_pk, site_key=site)
