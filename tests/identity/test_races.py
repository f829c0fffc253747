"""Real threads on real connections: of several that come at once, exactly one wins."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.core import mail
from django.db import connection

from kaiin.identity import hashing
from kaiin.identity.errors import AlreadyRegistered, MemberDisabled
from kaiin.identity.flows.handover import issue_handover, redeem_handover, state_digest
from kaiin.identity.flows.register import check_join_code, register_member, send_join_code
from kaiin.identity.flows.reset import finish_reset, request_reset
from kaiin.identity.flows.sessions import end_session, start_session
from kaiin.identity.flows.staff import disable_member, enable_member
from kaiin.identity.models import LoginAttempt, Member, OneTimeCode, Session
from kaiin.infra.places import Places
from tests.identity.members import PASSWORD, hashed, log_in, make_member

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("racing_tenant")]

THREADS = 8
T = TypeVar("T")


def race(run: Callable[[int], T], threads: int = THREADS) -> list[T]:
    """Run on several threads that start together; their results."""
    start = threading.Barrier(threads)

    def one(number: int) -> T:
        try:
            connection.ensure_connection()
            start.wait()
            return run(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


@pytest.fixture(autouse=True)
def room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """No login is sent away: what is raced for here are counts, codes and rows."""
    monkeypatch.setattr(hashing, "places", Places(at_once=1, waiting=THREADS))


@pytest.fixture
def mailed(deliver) -> Callable[[], str]:
    """Deliver, and read the code in the last mail."""

    def read() -> str:
        deliver()
        found = re.search(r"コード：(\d+)\n", str(mail.outbox[-1].body))
        assert found
        return found[1]

    return read


def test_a_join_code_has_one_winner(mailed) -> None:
    code_id = send_join_code(email="new@example.jp", site_key="official", language="ja")
    digits = mailed()
    OneTimeCode.objects.update(tries=0)
    checks = race(lambda _: check_join_code(code_id=code_id, typed=digits), 5)
    assert sorted(check.refusal or "" for check in checks) == ["", *["identity.code_used"] * 4]


def test_parallel_guesses_share_no_try() -> None:
    code_id = send_join_code(email="new@example.jp", site_key="official", language="ja")
    race(lambda n: check_join_code(code_id=code_id, typed=f"{n:06}"))
    assert OneTimeCode.objects.get().tries == 5


def test_a_reset_is_won_once(mailed) -> None:
    member = make_member()
    code_id = request_reset(typed="hanako@example.jp", language="ja")
    digits = mailed()
    passwords = [f"kx9 mq2w vv{n}" for n in range(5)]
    results = race(
        lambda n: finish_reset(code_id=code_id, typed_code=digits, new_password=passwords[n]),
        5,
    )
    winners = [n for n, result in enumerate(results) if result.member_pk == member]
    assert len(winners) == 1
    assert log_in("hanako@example.jp", passwords[winners[0]]).member_pk == member
    assert {result.refusal for result in results if result.member_pk is None} == {
        "identity.code_used"
    }
    assert Member.objects.get().session_epoch == 1


def test_two_codes_of_one_member_reset_once(mailed) -> None:
    make_member()
    codes = []
    for _ in range(2):
        code_id = request_reset(typed="hanako@example.jp", language="ja")
        codes.append((code_id, mailed()))
    results = race(
        lambda n: finish_reset(
            code_id=codes[n][0], typed_code=codes[n][1], new_password=f"kx9 mq2w vv{n}"
        ),
        2,
    )
    assert sorted(result.refusal or "" for result in results) == ["", "identity.code_used"]


def test_a_handover_has_one_winner() -> None:
    sid = start_session(member_pk=make_member(), user_agent="")
    code = issue_handover(sid=sid, site_key="official", state_digest=state_digest("s"))
    sids = race(lambda _: redeem_handover(code=code, site_key="official", state="s"))
    assert sum(each is not None for each in sids) == 1
    assert Session.objects.count() == 2


def test_one_registration_of_a_double_click(mailed) -> None:
    code_id = send_join_code(email="new@example.jp", site_key="official", language="ja")
    assert check_join_code(code_id=code_id, typed=mailed()).refusal is None
    password_hash = hashed(PASSWORD)
    members = race(
        lambda _: register_member(
            code_id=code_id,
            email="new@example.jp",
            password_hash=password_hash,
            details={},
            language="ja",
        )
    )
    assert len(set(members)) == 1
    assert Member.objects.count() == 1


def test_two_browsers_register_one_address_once(mailed) -> None:
    ids = []
    for _ in range(2):
        code_id = send_join_code(email="new@example.jp", site_key="official", language="ja")
        assert check_join_code(code_id=code_id, typed=mailed()).refusal is None
        ids.append(code_id)
    password_hash = hashed(PASSWORD)

    def register(number: int) -> str:
        try:
            register_member(
                code_id=ids[number],
                email="new@example.jp",
                password_hash=password_hash,
                details={},
                language="ja",
            )
        except AlreadyRegistered as error:
            return error.code
        return "registered"

    assert sorted(race(register, 2)) == ["identity.already_registered", "registered"]
    assert Member.objects.count() == 1


def test_parallel_logins_never_exceed_the_count() -> None:
    make_member(member_id="E12345678")
    typed = ["E12345678", "hanako@example.jp", "１２３４５６７８"]
    race(lambda n: [log_in(typed[(n + i) % 3], "wrong") for i in range(3)])
    outcomes = list(LoginAttempt.objects.values_list("outcome", flat=True))
    assert outcomes.count("wrong") <= 10
    assert len(outcomes) == 24


def test_member_ids_drawn_at_once_differ() -> None:
    hashed(PASSWORD)
    members = race(lambda n: make_member(f"n{n}@example.jp"))
    assert Member.objects.filter(pk__in=members).values("member_id").distinct().count() == THREADS


def test_no_session_survives_a_disabling_at_the_same_moment() -> None:
    from kaiin.identity import queries

    member = make_member()

    def run(number: int) -> str | None:
        if number == 0:
            disable_member(member_pk=member, actor="staff:1", reason="test")
            return None
        try:
            return start_session(member_pk=member, user_agent="")
        except MemberDisabled:
            return None

    sids = [sid for sid in race(run) if sid]
    enable_member(member_pk=member, actor="staff:1", reason="test")
    assert [queries.session_member(sid) for sid in sids] == [None] * len(sids)


def test_logging_out_and_disabling_at_once_wait_for_each_other_in_order() -> None:
    member = make_member()
    sids = [start_session(member_pk=member, user_agent="") for _ in range(THREADS)]
    code = state_digest("s")
    for sid in sids:
        handover = issue_handover(sid=sid, site_key="mail", state_digest=code)
        assert redeem_handover(code=handover, site_key="mail", state="s")

    def run(number: int) -> None:
        if number == 0:
            disable_member(member_pk=member, actor="staff:1", reason="test")
        end_session(sid=sids[number])

    race(run)
    assert not Session.objects.filter(ended_at=None).exists()
