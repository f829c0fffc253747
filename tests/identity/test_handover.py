from io import StringIO

import pytest

from kaiin.identity import queries
from kaiin.identity.errors import SessionEnded
from kaiin.identity.flows.handover import issue_handover, redeem_handover, state_digest
from kaiin.identity.flows.sessions import end_session, start_session
from kaiin.identity.flows.staff import disable_member
from kaiin.identity.models import Handover
from tests.fixtures.clock import Clock
from tests.identity.members import make_member

pytestmark = pytest.mark.usefixtures("tenant")

STATE = "the site's own secret"


@pytest.fixture
def member() -> int:
    return make_member()


@pytest.fixture
def sid(member: int) -> str:
    return start_session(member_pk=member, user_agent="Browser")


def issue(sid: str, site: str = "official") -> str:
    return issue_handover(sid=sid, site_key=site, state_digest=state_digest(STATE))


def redeem(code: str, site: str = "official", state: str = STATE) -> str | None:
    return redeem_handover(code=code, site_key=site, state=state)


def test_a_login_is_handed_over(member: int, sid: str, logged: StringIO) -> None:
    there = redeem(issue(sid))
    assert there is not None
    assert there != sid
    view = queries.session_member(there, site_key="official")
    assert view is not None
    assert view.pk == member
    assert logged.getvalue() == ""


def test_a_code_is_good_once_for_one_minute(sid: str, clock: Clock) -> None:
    code = issue(sid)
    assert redeem(code)
    assert redeem(code) is None
    late = issue(sid)
    clock.advance(seconds=60)
    assert redeem(late) is None


def test_a_code_is_good_for_one_site_and_one_state(sid: str) -> None:
    code = issue(sid)
    assert redeem(code, site="mail") is None
    assert redeem(code, state="another browser's") is None
    assert redeem(code, state="") is None
    assert redeem("no such code") is None
    assert redeem("") is None
    # Failed tries have not used it up.
    assert redeem(code)


def test_codes_are_stored_as_digests(sid: str) -> None:
    code = issue(sid)
    assert code not in str(list(Handover.objects.values()))
    assert STATE not in str(list(Handover.objects.values()))


def test_logging_out_anywhere_ends_it_everywhere(member: int, sid: str) -> None:
    elsewhere = start_session(member_pk=member, user_agent="Phone")
    official, mail = redeem(issue(sid)), redeem(issue(sid, "mail"), "mail")
    assert official
    assert mail
    end_session(sid=mail)
    for each, host in ((sid, ""), (official, "official"), (mail, "mail")):
        assert queries.session_member(each, site_key=host) is None
    assert queries.session_member(elsewhere)


def test_a_session_is_good_at_its_own_host_only(sid: str) -> None:
    there = redeem(issue(sid))
    assert there
    assert queries.session_member(there, site_key="mail") is None
    assert queries.session_member(there) is None
    assert queries.session_member(sid, site_key="official") is None
    with pytest.raises(SessionEnded):
        issue(there)


def test_an_ended_session_hands_nothing_over(member: int, sid: str) -> None:
    code = issue(sid)
    end_session(sid=sid)
    assert redeem(code) is None
    with pytest.raises(SessionEnded):
        issue(sid)


def test_a_disabled_member_is_not_handed_over(member: int, sid: str) -> None:
    code = issue(sid)
    disable_member(member_pk=member, actor="staff:1", reason="asked")
    assert redeem(code) is None


def test_a_sites_session_lives_no_longer_than_its_root(sid: str, clock: Clock) -> None:
    there = ""
    for _ in range(8):
        clock.advance(days=11)
        there = redeem(issue(sid)) or ""
    assert queries.session_member(there, site_key="official")
    clock.advance(days=2)
    assert queries.session_member(there, site_key="official") is None
