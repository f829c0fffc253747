"""The demo's ready logins: one member for each thing worth seeing, and how they came to it.

Each story is made to happen, on days that are counted back from now: what refuses is the sandbox
provider, what ends is ended by the worker. `tests/journeys/test_demo.py` compares what each name
says with what is then diagnosed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
class _Member:
    """A story's member; `pk` is known once they are registered."""

    story: str
    kind: Kind
    way: Method | None
    site: str
    pk: int = 0


class Stories:
    """Plans the stories' members in a club, and lists their logins after it was played."""

    def __init__(self, club: Club, crowd: Crowd) -> None:
        self._club = club
        self._crowd = crowd
        self._members: list[_Member] = []

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
        return [*map(_login, self._members), _staff()]

    def _plan_paying_members(self) -> None:
        club = self._club
        self._joins("active_card", Kind.IN, "はなこ", Method.CARD, club.ago(400.0))
        self._joins("active_docomo", Kind.IN, "どこも", Method.DOCOMO, club.ago(200.3))
        self._joins("active_au", Kind.IN, "えーゆう", Method.AU, club.ago(130.2))
        both = self._joins("active_both", Kind.IN, "ふたつ", Method.CARD, club.ago(150.6))
        self._ago(90.2, lambda: club.join(both.pk, "mail", "monthly", Method.CARD))
        self._joins("lump_sum", Kind.IN, "まとめ", Method.KONBINI, club.ago(60.4), course="yearly")
        changed = self._joins("changed", Kind.IN, "のりかえ", Method.CARD, club.ago(140.4))
        self._ago(20.0, lambda: club.change(changed.pk, "official", "yearly", Method.CARD))
        granted = self._registers("granted", Kind.IN, "しょうたい", club.ago(6.0))
        self._ago(5.0, lambda: _grant(granted.pk, until=club.ago(-25.0)))

    def _plan_first_payments(self) -> None:
        club, kind, way = self._club, Kind.FIRST, Method.KONBINI
        self._joins(
            "pending_slip", kind, "これから", way, club.ago(1.2),
            course="yearly", at_provider=club.provider.pay,
        )  # fmt: skip
        reported_later = self._joins(
            "slip_paid", kind, "おまち", way, club.ago(1.1),
            course="yearly", at_provider=club.provider.pay,
        )  # fmt: skip
        self._ago(
            0.01, lambda: club.pay_at_store(reported_later.pk, report_after=timedelta(hours=3))
        )
        self._joins(
            "slip_expired", kind, "わすれた", way, club.ago(12.0),
            course="yearly", at_provider=club.provider.pay,
        )  # fmt: skip
        self._joins(
            "notice_lost", kind, "とどかない", Method.CARD, club.ago(0.001),
            at_provider=club.pays_unnoticed, ask=False,
        )  # fmt: skip
        self._joins(
            "turned_back", kind, "とちゅう", Method.CARD, club.ago(3.0),
            at_provider=club.provider.give_up,
        )  # fmt: skip
        self._joins(
            "declined",
            kind,
            "たりない",
            Method.CARD,
            club.ago(4.0),
            at_provider=club.provider.try_in_vain,
        )

    def _plan_refused_renewals(self) -> None:
        club = self._club
        for story, nickname, due_days_ago, code in (
            ("grace", "ゆうよ", 1, "limit_exceeded"),
            ("lapsed", "とまった", 5, "limit_exceeded"),
            ("dormant", "おやすみまえ", 15, "insufficient_funds"),
            ("withdrawn_unpaid", "きえた", 50, "carrier_declined"),
        ):
            due, joins_at = self._anniversary(due_days_ago)
            refused = self._joins(story, Kind.REFUSED, nickname, Method.SOFTBANK, joins_at)
            self._refuse(refused, due, code)
        due, joins_at = self._anniversary(6)
        ended = self._joins("contract_ended", Kind.REFUSED, "かいやく", Method.SOFTBANK, joins_at)
        club.at(days_after(due, -5), lambda: club.end_contract(ended.pk))

    def _plan_endings(self) -> None:
        club = self._club
        _, joins_at = self._anniversary(10)
        leaving = self._joins("leaving", Kind.ENDED, "そつぎょう", Method.SOFTBANK, joins_at)
        self._ago(1.5, lambda: leave_site(member_pk=leaving.pk, site_key="official"))
        withdrawn = self._joins(
            "withdrawn", Kind.ENDED, "おひさしぶり", Method.SOFTBANK, club.ago(100.0)
        )
        self._ago(30.0, lambda: leave_site(member_pk=withdrawn.pk, site_key="official"))
        self._joins(
            "expired", Kind.ENDED, "きげんぎれ", Method.CARD, club.ago(395.0), course="yearly"
        )
        paused = self._joins("paused", Kind.ENDED, "おやすみ", Method.CARD, club.ago(150.2))
        self._ago(40.0, lambda: club.pause(paused.pk, "official"))

    def _plan_money_that_went_back(self) -> None:
        club = self._club
        refunded = self._joins(
            "refunded", Kind.BACK, "さようなら", Method.CARD, club.ago(75.0), site="mail"
        )
        leaves_at = club.ago(2.0)
        while japanese_date(leaves_at).day > _HAS_DAYS_LEFT:
            leaves_at -= timedelta(days=1)
        club.at(leaves_at, lambda: leave_site(member_pk=refunded.pk, site_key="mail", at_once=True))
        denied = self._joins(
            "charged_back", Kind.BACK, "おぼえなし", Method.CARD, club.ago(100.0), course="yearly"
        )
        self._ago(12.0, lambda: club.dispute(denied.pk))
        self._ago(4.0, lambda: club.lose_dispute(denied.pk))
        twice = self._joins(
            "paid_twice", Kind.BACK, "にかい", Method.KONBINI, club.ago(10.3),
            course="yearly", at_provider=club.provider.pay,
        )  # fmt: skip
        self._ago(10.2, lambda: self._pay_twice(twice.pk))

    def _plan_accounts(self) -> None:
        club, kind = self._club, Kind.ACCOUNT
        self._joins("mail_only", kind, "めーるだけ", Method.CARD, club.ago(45.1), site="mail")
        self._joins(
            "legacy", kind, "ふるくから", Method.DOCOMO, club.ago(390.1), member_id=LEGACY_ID
        )
        self._joins(
            "former_address", kind, "きしゅへん", Method.AU, club.ago(380.1),
            former_email=FORMER_EMAIL,
        )  # fmt: skip
        disabled = self._joins("disabled", kind, "ていし", Method.CARD, club.ago(80.0))
        self._ago(
            3.0,
            lambda: disable_member(member_pk=disabled.pk, actor=ACTOR, reason="demo"),
        )

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

    def _refuse(self, member: _Member, due: datetime, code: str) -> None:
        self._club.at(due, lambda: self._club.refuse_renewals(member.pk, code))

    def _joins(
        self,
        story: str,
        kind: Kind,
        nickname: str,
        way: Method,
        at: datetime,
        *,
        site: str = "official",
        course: str = "monthly",
        at_provider: AtProvider | None = None,
        ask: bool = True,
        member_id: str | None = None,
        former_email: str = "",
    ) -> _Member:
        member = self._registers(
            story, kind, nickname, at,
            way=way, site=site, member_id=member_id, former_email=former_email,
        )  # fmt: skip
        self._club.at(
            at,
            lambda: self._club.join(member.pk, site, course, way, at_provider=at_provider, ask=ask),
        )
        return member

    def _registers(
        self,
        story: str,
        kind: Kind,
        nickname: str,
        at: datetime,
        *,
        way: Method | None = None,
        site: str = "official",
        member_id: str | None = None,
        former_email: str = "",
    ) -> _Member:
        person = self._crowd.next(
            japanese_date(self._club.now),
            nickname=nickname,
            email=f"{story.replace('_', '-')}@mail.example",
        )
        member = _Member(story, kind, way, site)
        self._members.append(member)

        def register() -> None:
            member.pk = self._club.register(person, member_id=member_id, former_email=former_email)

        self._club.at(at, register)
        return member

    def _ago(self, days: float, do: Callable[[], None]) -> None:
        self._club.at(self._club.ago(days), do)


def _grant(member_pk: int, *, until: datetime) -> None:
    grant_access(
        member_pk=member_pk, site_key="official", until=until, reason_text="demo", actor=ACTOR
    )


def _login(member: _Member) -> Login:
    view = members.member(member.pk)
    if view is None:
        raise RuntimeError(f"the member of the story {member.story} was not registered")
    return Login(
        member_id=view.member_id,
        email=view.email,
        nickname=view.nickname,
        password=PASSWORD,
        site_key=member.site,
        story=f"demo.story_{member.story}",
        kind=member.kind,
        way=member.way.value if member.way else "",
    )


def _staff() -> Login:
    _, member_id = create_staff(
        email="staff@mail.example",
        nickname="スタッフ",
        password=STAFF_PASSWORD,
        language="ja",
        rights=tuple(StaffRight),
        actor=ACTOR,
    )
    return Login(
        member_id=member_id,
        email="staff@mail.example",
        nickname="スタッフ",
        password=STAFF_PASSWORD,
        site_key=sites.sites()[0].key,
        story="demo.story_staff",
        kind=Kind.ACCOUNT,
        way="",
    )
