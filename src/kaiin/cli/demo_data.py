"""The demo's members: fourteen months of a club's life, played through the real operations.

The sandbox provider's own code runs in this process meanwhile, on the demo's store; the clock is
walked a day at a time, and every day ends with a round of the worker.
"""

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import httpx
import structlog
from rich.progress import track

from kaiin.billing import operations as billing, queries as memberships
from kaiin.cli import worker
from kaiin.cli.demo_people import Crowd, Person
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, midnight, month_start
from kaiin.domain.references import ReferenceKind
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import operations as identity, queries as members
from kaiin.infra import clock
from kaiin.payments import operations as payments, providers
from kaiin.payments.providers.sandbox import SandboxProvider
from kaiin.payments.queries import PaymentView
from kaiin.sandbox import cards, switches
from kaiin.sandbox.app import SandboxApp, create_app
from kaiin.sites import queries as sites
from kaiin.web.demo import logins
from kaiin.web.demo.logins import Login

PASSWORD = "tanoshii-demo-2026"  # noqa: S105
STAFF_PASSWORD = "hataraku-demo-2026"  # noqa: S105
_SEED = 20261122
_DAYS = 425
_GOOD_CARD, _CARD_THAT_FAILS_LATER = cards.CARDS[0], cards.CARDS[-1]
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


@dataclass(order=True)
class _Event:
    """Something that a member does at an instant."""

    at: datetime
    order: int
    do: Callable[[], None] = field(compare=False)


def fill_if_empty(*, crowd: bool = True) -> None:
    """Make the demo's members unless they are there already; `crowd`: not the ready logins only."""
    if logins.read():
        return
    print(
        "Playing fourteen months of the club's life; this happens once, and takes a minute or two."
    )
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
    providers.use("sandbox", provider)
    try:
        _Club(app).play(_CROWD if crowd else ())
    finally:
        clock.unfreeze()
        providers.use("sandbox", None)
        app.service.store.close()


class _Club:
    """The play: events in the order of time, a round of the worker at the end of each day."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app
        self._source = Random(_SEED)  # noqa: S311
        self._crowd = Crowd(self._source)
        self._now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
        self._start = self._now - timedelta(days=_DAYS)
        # One hash for all: the demo's passwords are no secret, and three hundred cost ten seconds.
        self._password_hash = identity.hash_password(PASSWORD)
        self._events: list[_Event] = []
        self._logins: list[Login] = []
        self._contracts: dict[int, str] = {}

    def play(self, crowd: Iterable[tuple[str, str, Method, int]]) -> None:
        for site, course, way, count in crowd:
            for _ in range(count):
                self._plan_somebody(site, course, way)
        self._plan_the_ready_logins()
        events = sorted(self._events)
        for day in track(range(_DAYS + 1), description="Days"):
            evening = min(self._start + timedelta(days=day), self._now)
            while events and events[0].at <= evening:
                event = events.pop(0)
                clock.freeze(event.at)
                event.do()
            clock.freeze(evening)
            self._end_the_day()
        self._staff()
        logins.write(self._logins)

    def _end_the_day(self) -> None:
        jobs = worker.jobs()
        worker.run_once(jobs)
        while self._app.deliver_due(_receive):
            worker.run_once(jobs)

    def _plan_somebody(self, site: str, course: str, way: Method) -> None:
        """Joins on some day; one in six leaves later, some change the course or take a break."""
        # Clubs grow: later days are likelier. Nobody of the crowd joins in the last two days.
        share = self._source.random() ** 0.7
        joins = self._start + (self._now - timedelta(days=2) - self._start) * share
        person = self._crowd.next(joins.date())
        fails = way is Method.CARD and self._source.random() < 0.1
        card = _CARD_THAT_FAILS_LATER if fails else _GOOD_CARD
        member: list[int] = []

        def join() -> None:
            member.append(self._register(person))
            self._join(member[0], site, course, way, card=card)

        def leave() -> None:
            views = memberships.memberships(member[0])
            if any(
                each.site_key == site and each.paid_until and each.state.is_open for each in views
            ):
                billing.leave(member_pk=member[0], site_key=site)

        def act(do: Callable[[int], None]) -> Callable[[], None]:
            def if_paid() -> None:
                views = memberships.memberships(member[0])
                if any(view.site_key == site and view.period for view in views):
                    do(member[0])

            return if_paid

        self._plan(joins, join)
        if site == "official" and course == "monthly" and way is Method.CARD:
            later = joins + timedelta(days=self._source.randint(25, 200))
            drawn = self._source.random()
            if drawn < 0.12 and later < self._now:
                self._plan(later, act(self._to_lump_sum if drawn < 0.06 else self._pause))
        leaves = joins + timedelta(days=self._source.randint(20, 300))
        if course == "monthly" and self._source.random() < 0.17 and leaves < self._now:
            self._plan(leaves, leave)

    def _plan_the_ready_logins(self) -> None:
        self._plan_login("active_card", "はなこ", Method.CARD, 400.0)
        self._plan_login("active_docomo", "どこも", Method.DOCOMO, 200.3)
        self._plan_login("active_au", "えーゆう", Method.AU, 130.2)
        both = self._plan_login("active_both", "ふたつ", Method.CARD, 150.6)
        self._plan_ago(90.2, lambda: self._join(both[0], "mail", "monthly", Method.CARD))
        self._plan_login("lump_sum", "まとめ", Method.KONBINI, 60.4, course="yearly")
        self._plan_login(
            "pending_slip", "これから", Method.KONBINI, 1.2, course="yearly", pays=False
        )
        self._plan_grace()
        lapsed = self._plan_login("lapsed", "とまった", Method.SOFTBANK, 69.0)
        self._plan_ago(20.0, lambda: self._end_contract(lapsed[0]))
        self._plan_login("expired", "きげんぎれ", Method.CARD, 395.0, course="yearly")
        leaving = self._plan_login("leaving", "そつぎょう", Method.CARD, 190.0)
        self._plan_ago(1.5, lambda: billing.leave(member_pk=leaving[0], site_key="official"))
        withdrawn = self._plan_login("withdrawn", "おひさしぶり", Method.SOFTBANK, 100.0)
        self._plan_ago(30.0, lambda: billing.leave(member_pk=withdrawn[0], site_key="official"))
        paused = self._plan_login("paused", "おやすみ", Method.CARD, 150.2)
        self._plan_ago(40.0, lambda: self._pause(paused[0]))
        changed = self._plan_login("changed", "のりかえ", Method.CARD, 140.4)
        self._plan_ago(20.0, lambda: self._to_lump_sum(changed[0]))
        refunded = self._plan_login("refunded", "さようなら", Method.CARD, 75.0, site="mail")
        self._plan_ago(
            5.0, lambda: billing.leave(member_pk=refunded[0], site_key="mail", at_once=True)
        )
        twice = self._plan_login(
            "paid_twice", "にかい", Method.KONBINI, 10.3, course="yearly", pays=False
        )
        self._plan_ago(10.2, lambda: self._pay_twice(twice[0]))
        self._plan_login("mail_only", "めーるだけ", Method.CARD, 45.1, site="mail")
        self._plan_login("legacy", "ふるくから", Method.DOCOMO, 390.1, member_id="E10203040")
        disabled = self._plan_login("disabled", "ていし", Method.CARD, 80.0)
        self._plan_ago(3.0, lambda: _disable(disabled[0]))

    def _plan_grace(self) -> None:
        """Somebody by SoftBank, whose periods run from the day of joining: yesterday's charge was
        refused, and so was that of all who had joined on the same day of a month."""
        due = japanese_date(self._now - timedelta(days=1))
        joined = month_start(due) - timedelta(days=1)
        while joined.day < due.day:
            joined = month_start(joined) - timedelta(days=1)
        noon = midnight(joined.replace(day=due.day)) + timedelta(hours=12)
        days_ago = (self._now - noon) / timedelta(days=1)
        self._plan_login("grace", "ゆうよ", Method.SOFTBANK, days_ago)
        self._plan(midnight(due), lambda: self._decline_all("limit_exceeded"))

    def _plan_login(
        self,
        story: str,
        nickname: str,
        way: Method,
        days_ago: float,
        *,
        site: str = "official",
        course: str = "monthly",
        pays: bool = True,
        member_id: str | None = None,
    ) -> list[int]:
        """Somebody whose login is shown; the list holds the member's key once they joined."""
        person = self._crowd.next(
            self._now.date(), nickname=nickname, email=f"{story.replace('_', '-')}@mail.example"
        )
        member: list[int] = []

        def join() -> None:
            member.append(self._register(person, member_id))
            self._join(member[0], site, course, way, pays=pays)
            view = members.member(member[0])
            if view is None:
                raise RuntimeError("somebody who has just joined is not there")
            self._logins.append(
                Login(
                    member_id=view.member_id,
                    email=view.email,
                    nickname=view.nickname,
                    password=PASSWORD,
                    site_key=site,
                    story=f"demo.story_{story}",
                )
            )

        self._plan_ago(days_ago, join)
        return member

    def _plan_ago(self, days: float, do: Callable[[], None]) -> None:
        self._plan(self._now - timedelta(days=days), do)

    def _plan(self, at: datetime, do: Callable[[], None]) -> None:
        self._events.append(_Event(at, len(self._events), do))

    def _register(self, person: Person, member_id: str | None = None) -> int:
        return identity.import_member(
            member_id=member_id,
            email=person.email,
            password_hash=self._password_hash,
            details=person.details,
            language="ja",
            created_at=clock.now(),
            actor="system:demo",
        )

    def _join(
        self,
        member_pk: int,
        site: str,
        course: str,
        way: Method,
        *,
        card: cards.Card = _GOOD_CARD,
        pays: bool = True,
    ) -> None:
        started = billing.join(
            member_pk=member_pk,
            site_key=site,
            course_key=course,
            method=way,
            return_url_for=_return_url,
            language="ja",
        )
        self._pay(member_pk, started.payment, card, pays=pays)
        while self._app.deliver_due(_receive):
            payments.apply_waiting_events(limit=100)
        billing.refresh_open_payments(member_pk=member_pk)

    def _pay(self, member_pk: int, payment: PaymentView, card: cards.Card, *, pays: bool) -> None:
        if payment.checkout is None:
            raise RuntimeError("the sandbox provider gave no page to pay on")
        token = payment.checkout.url.rstrip("/").rpartition("/")[2]
        provider, now = self._app.service, clock.now()
        match payment.method:
            case Method.CARD:
                provider.enter_card(token, card, now)
                provider.answer_three_ds(token, now, proven=True)
            case Method.KONBINI:
                slip = provider.issue_slip(token, "lawson", now)
                if pays:
                    provider.pay_at_store(slip["slip"], now, report_after=timedelta())
            case _:
                provider.enter_pin(token, now)
                self._contracts[member_pk] = provider.agree(token, now)["mandate_id"]

    def _pause(self, member_pk: int) -> None:
        """A break of two months, for those who may take one."""
        if len(memberships.pauses_offered(member_pk, "official")) >= 2:
            billing.pause(member_pk=member_pk, site_key="official", periods=2)

    def _to_lump_sum(self, member_pk: int) -> None:
        """From the monthly course to the lump sum, the days left taken off."""
        offers = memberships.changes_offered(member_pk, "official")
        if not any((o.course_key, o.method) == ("yearly", Method.CARD) for o in offers):
            return
        started = billing.change(
            member_pk=member_pk,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            return_url_for=_return_url,
            language="ja",
        )
        if started.payment is not None and started.payment.checkout is not None:
            self._pay(member_pk, started.payment, _GOOD_CARD, pays=True)
        billing.refresh_open_payments(member_pk=member_pk)

    def _pay_twice(self, member_pk: int) -> None:
        """Cash over the counter, whose report takes hours; and, impatient, by card at once."""
        payment = memberships.memberships(member_pk)[0].open_payment
        numbers = {each.kind: each.value for each in payment.references} if payment else {}
        self._app.service.pay_at_store(
            numbers[ReferenceKind.KONBINI_SLIP], clock.now(), report_after=timedelta(hours=2)
        )
        self._join(member_pk, "official", "yearly", Method.CARD)

    def _end_contract(self, member_pk: int) -> None:
        """The carrier ends the contract behind a member's subscription."""
        self._app.service.end_mandate(self._contracts[member_pk], "ended_by_carrier", clock.now())

    def _decline_all(self, code: str) -> None:
        with self._app.service.store.transaction() as tx:
            switches.put(tx, scope=switches.GLOBAL, name="decline", value=code)
        self._end_the_day()
        with self._app.service.store.transaction() as tx:
            switches.put(tx, scope=switches.GLOBAL, name="decline", value="")

    def _staff(self) -> None:
        _, member_id = identity.create_staff(
            email="staff@mail.example",
            nickname="スタッフ",
            password=STAFF_PASSWORD,
            language="ja",
            rights=tuple(StaffRight),
            actor="system:demo",
        )
        self._logins.append(
            Login(
                member_id=member_id,
                email="staff@mail.example",
                nickname="スタッフ",
                password=STAFF_PASSWORD,
                site_key=sites.sites()[0].key,
                story="demo.story_staff",
            )
        )


def _return_url(payment_id: UUID) -> str:
    return sites.identity_url(f"/pay/return/{payment_id}")


def _receive(body: bytes, headers: dict[str, str]) -> int:
    """The sandbox's notice, handed over as the webhook page would."""
    return payments.receive_notice(
        provider="sandbox",
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        content_type=headers["Content-Type"],
    ).status


def _disable(member_pk: int) -> None:
    identity.disable_member(member_pk=member_pk, actor="system:demo", reason="demo")
