import pytest
from django.db import IntegrityError

from kaiin.identity import operations, queries
from kaiin.identity.errors import LoginOutdated, MemberUnknown
from kaiin.identity.flows.sessions import end_session, start_session
from kaiin.identity.flows.staff import disable_member, enable_member
from kaiin.identity.models import IdentifierKind, LoginIdentifier, Session
from kaiin.infra.locks import transaction
from tests.fixtures.clock import Clock
from tests.identity.members import log_in, make_member, statements

pytestmark = pytest.mark.usefixtures("tenant")


def start(member: int) -> str:
    return start_session(member_pk=member, user_agent="Browser\x00")


def test_the_member_of_a_session_is_read_by_one_query() -> None:
    member = make_member()
    sid = start(member)
    with statements() as seen:
        view = queries.session_member(sid)
    assert view == queries.member(member)
    assert view is not None
    assert (view.email, view.nickname, view.state) == ("hanako@example.jp", "はなこ", "active")
    assert len(seen) == 1


def test_a_stolen_table_can_not_be_used_to_log_in() -> None:
    sid = start(make_member())
    assert len(sid) >= 43
    assert sid not in str(list(Session.objects.values()))
    digest = Session.objects.get().session_key
    assert queries.session_member(digest) is None


@pytest.mark.parametrize("sid", ["", "x", "\x00", "x" * 5000, "é\ud800"])
def test_other_texts_are_no_sessions(sid: str) -> None:
    start(make_member())
    assert queries.session_member(sid) is None
    end_session(sid=sid)


def test_every_session_has_its_own_sid() -> None:
    member = make_member()
    assert start(member) != start(member)


def test_the_idle_limit_moves_with_use(clock: Clock) -> None:
    sid = start(make_member())
    for _ in range(5):
        clock.advance(days=13)
        assert queries.session_member(sid)
    clock.advance(days=14)
    assert queries.session_member(sid) is None


def test_the_absolute_limit_does_not_move(clock: Clock) -> None:
    sid = start(make_member())
    for _ in range(8):
        clock.advance(days=11)
        assert queries.session_member(sid)
    clock.advance(days=2)
    assert queries.session_member(sid) is None


def test_seeing_is_written_once_in_five_minutes(clock: Clock) -> None:
    sid = start(make_member())
    clock.advance(minutes=4)
    with statements() as seen:
        queries.session_member(sid)
    assert len(seen) == 1
    clock.advance(minutes=1)
    with statements() as seen:
        queries.session_member(sid)
        queries.session_member(sid)
    assert len(seen) == 3


def test_logging_out_ends_one_browser_only() -> None:
    member = make_member()
    here, there = start(member), start(member)
    end_session(sid=here)
    assert queries.session_member(here) is None
    assert queries.session_member(there)


def test_disabling_ends_sessions_for_good() -> None:
    member = make_member()
    sid = start(member)
    disable_member(member_pk=member, actor="staff:1", reason="asked")
    assert queries.session_member(sid) is None
    enable_member(member_pk=member, actor="staff:1", reason="asked")
    assert queries.session_member(sid) is None
    assert queries.session_member(start(member))


def test_a_login_of_before_a_change_begins_nothing() -> None:
    member = make_member()
    proof = log_in("hanako@example.jp").proof
    disable_member(member_pk=member, actor="staff:1", reason="asked")
    enable_member(member_pk=member, actor="staff:1", reason="asked")
    with pytest.raises(LoginOutdated):
        start_session(member_pk=member, user_agent="", proof=proof)
    assert not Session.objects.exists()


def test_a_proof_is_good_for_its_own_member_only() -> None:
    make_member()
    other = make_member("other@example.jp")
    proof = log_in("hanako@example.jp").proof
    with pytest.raises(LoginOutdated):
        start_session(member_pk=other, user_agent="", proof=proof)


def test_an_unknown_member_gets_no_session() -> None:
    with pytest.raises(MemberUnknown):
        start_session(member_pk=999, user_agent="")
    assert queries.member(999) is None


def test_several_members_by_one_query() -> None:
    first, second = make_member(), make_member("other@example.jp")
    with statements() as seen:
        views = queries.members([second, first, 999])
    assert [view.pk for view in views] == [first, second]
    assert len(seen) == 1


def test_the_database_itself_keeps_identifiers_apart() -> None:
    make_member(member_id="E12345678")
    second = make_member("other@example.jp")
    rows = [
        (second, IdentifierKind.EMAIL, "hanako@example.jp"),
        (second, IdentifierKind.MEMBER_ID, "hanako@example.jp"),
        (second, IdentifierKind.EMAIL, "E12345678"),
        (second, IdentifierKind.MEMBER_ID, "x@example.jp"),
        (second, IdentifierKind.EMAIL, "second-present@example.jp"),
    ]
    before = LoginIdentifier.objects.count()
    for member, kind, value in rows:
        with pytest.raises(IntegrityError), transaction():
            LoginIdentifier.objects.create(
                member_id=member,
                kind=kind,
                value=value,
                verified_at="2026-11-22T00:00:00Z",
            )
    assert LoginIdentifier.objects.count() == before


def test_old_rows_are_forgotten(clock: Clock) -> None:
    start(make_member())
    log_in("hanako@example.jp", "wrong")
    assert operations.forget_expired() == 0
    clock.advance(days=200)
    assert operations.forget_expired() == 2
