"""The demo's ready logins: one member for each thing worth seeing, and how they came to it.

Each story is made to happen, on days that are counted back from now: what refuses is the sandbox
provider, what ends is ended by the worker. `tests/journeys/test_demo.py` compares what each name
says with what is then diagnosed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kaiin.billing.actions.grants import grant_access
from kaiin.billing.actions.leave import leave_site
from kaiin.cli.demo_club import ACTOR, PASSWORD, AtProvider, Club
from kaiin.cli.demo_people import Crowd
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after, japanese_date, midnight, month_start
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import queries as members
from kaiin.identity.flows.staff import create_staff, disable_member
from kaiin.sites import queries as sites
from kaiin.web.demo.logins import Kind, Login

STAFF_PASSWORD = "hataraku-demo-2026"  # noqa: S105
FORMER_EMAIL = "juunenmae@mail.example"
LEGACY_ID = "E10203040"
# Late in a month a calendar month has no days left that could be paid back.
_HAS_DAYS_LEFT = 20


@dataclass
class _Story:
    """A member who is registered at `at`, and joins if there is a `way` to pay; `pk` is known after
    that. `at_provider`: what they do on the provider's page."""

    name: str
    kind: Kind
    at: datetime
    way: Method | None
    site: str = "official"
    course: str = "monthly"
    at_provider: AtProvider | None = None
    ask: bool = True
    member_id: str | None = None
    former_email: str = ""
    pk: int = 0


class Stories:
    """Plans the stories' members in a club, and lists their logins after it was played."""

    def __init__(self, club: Club, crowd: Crowd) -> None:
        self._club = club
        self._crowd = crowd
        self._stories: list[_Story] = []
        # A slip that is not paid yet.
        self._slip: dict[str, Any] = {
            "way": Method.KONBINI,
            "course": "yearly",
            "at_provider": club.provider.pay,
        }

    def plan(self) -> None:
        """Plan everything that shall have happened by now."""
        self._plan_paying_members()
        self._plan_first_payments()
        self._plan_refused_renewals()
        self._plan_endings()
        self._plan_money_that_went_back()
        self._plan_accounts()

    def logins(self) -> list[Login]:
        """The ready logins, staff last. Call it when the club was played."""
        return [*map(_login, self._stories), _staff()]

    def _plan_paying_members(self) -> None:
        club, kind = self._club, Kind.IN
        self._add("active_card", kind, "はなこ", club.ago(400.0), Method.CARD)
        self._add("active_docomo", kind, "どこも", club.ago(200.3), Method.DOCOMO)
        self._add("active_au", kind, "えーゆう", club.ago(130.2), Method.AU)
        both = self._add("active_both", kind, "ふたつ", club.ago(150.6), Method.CARD)
        self._ago(90.2, lambda: club.join(both.pk, "mail", "monthly", Method.CARD))
        self._add("lump_sum", kind, "まとめ", club.ago(60.4), Method.KONBINI, course="yearly")
        changed = self._add("changed", kind, "のりかえ", club.ago(140.4), Method.CARD)
        self._ago(20.0, lambda: club.change(changed.pk, "official", "yearly", Method.CARD))
        granted = self._add("granted", kind, "しょうたい", club.ago(6.0))
        self._ago(5.0, lambda: _grant(granted.pk, until=club.ago(-25.0)))

    def _plan_first_payments(self) -> None:
        club, kind, provider = self._club, Kind.FIRST, self._club.provider
        self._add("pending_slip", kind, "これから", club.ago(1.2), **self._slip)
        paid = self._add("slip_paid", kind, "おまち", club.ago(1.1), **self._slip)
        self._ago(0.01, lambda: club.pay_at_store(paid.pk, report_after=timedelta(hours=3)))
        self._add("slip_expired", kind, "わすれた", club.ago(12.0), **self._slip)
        for name, nickname, days, at_provider in (
            ("notice_lost", "とどかない", 0.001, club.pays_unnoticed),
            ("turned_back", "とちゅう", 3.0, provider.give_up),
            ("declined", "たりない", 4.0, provider.try_in_vain),
        ):
            asks, at = name != "notice_lost", club.ago(days)
            self._add(name, kind, nickname, at, Method.CARD, at_provider=at_provider, ask=asks)

    def _plan_refused_renewals(self) -> None:
        club, kind = self._club, Kind.REFUSED
        for name, nickname, due_days_ago, code in (
            ("grace", "ゆうよ", 1, "limit_exceeded"),
            ("lapsed", "とまった", 5, "limit_exceeded"),
            ("dormant", "おやすみまえ", 15, "insufficient_funds"),
            ("withdrawn_unpaid", "きえた", 50, "carrier_declined"),
        ):
            due, joins_at = self._anniversary(due_days_ago)
            refused = self._add(name, kind, nickname, joins_at, Method.SOFTBANK)
            self._refuse(refused, due, code)
        due, joins_at = self._anniversary(6)
        ended = self._add("contract_ended", kind, "かいやく", joins_at, Method.SOFTBANK)
        club.at(days_after(due, -5), lambda: club.end_contract(ended.pk))

    def _plan_endings(self) -> None:
        club, kind = self._club, Kind.ENDED
        _, joins_at = self._anniversary(10)
        leaving = self._add("leaving", kind, "そつぎょう", joins_at, Method.SOFTBANK)
        self._ago(1.5, lambda: leave_site(member_pk=leaving.pk, site_key="official"))
        withdrawn = self._add("withdrawn", kind, "おひさしぶり", club.ago(100.0), Method.SOFTBANK)
        self._ago(30.0, lambda: leave_site(member_pk=withdrawn.pk, site_key="official"))
        self._add("expired", kind, "きげんぎれ", club.ago(395.0), Method.CARD, course="yearly")
        paused = self._add("paused", kind, "おやすみ", club.ago(150.2), Method.CARD)
        self._ago(40.0, lambda: club.pause(paused.pk, "official"))

    def _plan_money_that_went_back(self) -> None:
        club, kind, card = self._club, Kind.BACK, Method.CARD
        refunded = self._add("refunded", kind, "さようなら", club.ago(75.0), card, site="mail")
        leaves_at = club.ago(2.0)
        while japanese_date(leaves_at).day > _HAS_DAYS_LEFT:
            leaves_at -= timedelta(days=1)
        club.at(leaves_at, lambda: leave_site(member_pk=refunded.pk, site_key="mail", at_once=True))
        denied = self._add(
            "charged_back", kind, "おぼえなし", club.ago(100.0), card, course="yearly"
        )
        self._ago(12.0, lambda: club.dispute(denied.pk))
        self._ago(4.0, lambda: club.lose_dispute(denied.pk))
        twice = self._add("paid_twice", kind, "にかい", club.ago(10.3), **self._slip)
        self._ago(10.2, lambda: self._pay_twice(twice.pk))

    def _plan_accounts(self) -> None:
        club, kind = self._club, Kind.ACCOUNT
        self._add("mail_only", kind, "めーるだけ", club.ago(45.1), Method.CARD, site="mail")
        joined_at = club.ago(390.1)
        self._add("legacy", kind, "ふるくから", joined_at, Method.DOCOMO, member_id=LEGACY_ID)
        joined_at, former = club.ago(380.1), FORMER_EMAIL
        self._add("former_address", kind, "きしゅへん", joined_at, Method.AU, former_email=former)
        disabled = self._add("disabled", kind, "ていし", club.ago(80.0), Method.CARD)
        self._ago(3.0, lambda: disable_member(member_pk=disabled.pk, actor=ACTOR, reason="demo"))

    # How it comes about

    def _pay_twice(self, member_pk: int) -> None:
        """Cash over the counter, whose report takes hours; and, impatient, by card at once."""
        self._club.pay_at_store(member_pk, report_after=timedelta(hours=2))
        self._club.join(member_pk, "official", "yearly", Method.CARD)

    def _anniversary(self, due_days_ago: int) -> tuple[datetime, datetime]:
        """The midnight on which a renewal was due so many days ago, and when to join for it, by
        SoftBank, whose periods run from the day of joining."""
        due = japanese_date(self._club.ago(due_days_ago))
        joined = month_start(due) - timedelta(days=1)
        while joined.day < due.day:
            joined = month_start(joined) - timedelta(days=1)
        return midnight(due), midnight(joined.replace(day=due.day)) + timedelta(hours=12)

    def _refuse(self, member: _Story, due: datetime, code: str) -> None:
        self._club.at(due, lambda: self._club.refuse_renewals(member.pk, code))

    def _add(
        self,
        name: str,
        kind: Kind,
        nickname: str,
        at: datetime,
        way: Method | None = None,
        **more: Any,
    ) -> _Story:
        """Plan that a member is registered, and joins where there is a way to pay."""
        story = _Story(name, kind, at, way, **more)
        person = self._crowd.next(
            japanese_date(self._club.now),
            nickname=nickname,
            email=f"{story.name.replace('_', '-')}@mail.example",
        )
        self._stories.append(story)

        def begin() -> None:
            story.pk = self._club.register(
                person, member_id=story.member_id, former_email=story.former_email
            )
            if story.way is not None:
                self._club.join(
                    story.pk, story.site, story.course, story.way,
                    at_provider=story.at_provider, ask=story.ask,
                )  # fmt: skip

        self._club.at(story.at, begin)
        return story

    def _ago(self, days: float, do: Callable[[], None]) -> None:
        self._club.at(self._club.ago(days), do)


def _grant(member_pk: int, *, until: datetime) -> None:
    grant_access(
        member_pk=member_pk, site_key="official", until=until, reason_text="demo", actor=ACTOR
    )


def _login(member: _Story) -> Login:
    view = members.member(member.pk)
    if view is None:
        raise RuntimeError(f"the member of the story {member.name} was not registered")
    return Login(
        member_id=view.member_id,
        email=view.email,
        nickname=view.nickname,
        password=PASSWORD,
        site_key=member.site,
        story=f"demo.story_{member.name}",
        kind=member.kind,
        way=member.way.value if member.way else "",
    )


def _staff() -> Login:
    account = {
        "email": "staff@mail.example",
        "nickname": "スタッフ",
        "password": STAFF_PASSWORD,
    }
    rights = tuple(StaffRight)
    _, member_id = create_staff(**account, language="ja", rights=rights, actor=ACTOR)
    return Login(
        **account,
        member_id=member_id,
        site_key=sites.sites()[0].key,
        story="demo.story_staff",
        kind=Kind.ACCOUNT,
        way="",
    )
