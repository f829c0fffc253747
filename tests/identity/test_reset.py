import re
from contextlib import suppress

import pytest

from kaiin.identity import operations, queries
from kaiin.identity.errors import AskedTooFast, LoginOutdated
from kaiin.identity.flows.reset import ResetResult, finish_reset, request_reset
from kaiin.identity.flows.sessions import start_session
from kaiin.identity.flows.staff import disable_member
from kaiin.identity.models import Member, OneTimeCode
from kaiin.infra.models import AuditRow, Event
from tests.fixtures.clock import Clock
from tests.identity.members import log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")

NEW = "kx9 mq2w vv3"


@pytest.fixture
def member() -> int:
    return make_member(member_id="E12345678", former=("former@example.jp",))


@pytest.fixture
def request_code(deliver, mailoutbox):
    """Ask for a code; returns its id and what the mail says it is."""

    def ask(typed: str = "E12345678") -> tuple[str, str]:
        code_id = request_reset(typed=typed, language="ja")
        deliver()
        found = re.search(r"確認コード：(\d{8})\n", mailoutbox[-1].body)
        assert found
        return code_id, found[1]

    return ask


def finish(code_id: str, digits: str, password: str = NEW) -> ResetResult:
    return finish_reset(code_id=code_id, typed_code=digits, new_password=password)


@pytest.mark.parametrize(
    "typed", ["E12345678", "１２３４５６７８", "Hanako@example.jp", "former@example.jp"]
)
def test_the_code_goes_to_the_present_address(
    member: int, request_code, mailoutbox, typed: str
) -> None:
    code_id, digits = request_code(typed)
    assert [mail.to for mail in mailoutbox] == [["hanako@example.jp"]]
    assert finish(code_id, digits).member_pk == member
    assert log_in("E12345678", NEW).member_pk == member
    assert log_in("E12345678").member_pk is None


def test_other_things_stay(member: int, request_code) -> None:
    before = queries.member(member)
    finish(*request_code())
    assert queries.member(member) == before


def test_every_session_ends_and_a_mail_is_sent(
    member: int, request_code, deliver, mailoutbox
) -> None:
    sids = [start_session(member_pk=member, user_agent="") for _ in range(3)]
    proof = log_in("E12345678").proof
    code_id, digits = request_code()
    mailoutbox.clear()
    finish(code_id, digits)
    assert [queries.session_member(sid) for sid in sids] == [None] * 3
    with pytest.raises(LoginOutdated):
        start_session(member_pk=member, user_agent="", proof=proof)
    deliver()
    (mail,) = mailoutbox
    assert mail.to == ["hanako@example.jp"]
    assert "変更されました" in mail.subject
    assert NEW not in mail.body
    assert "http://id.localhost:8000/reset" in mail.body
    event = Event.objects.get(topic="identity.password_changed")
    assert event.payload == {"member_pk": member}
    row = AuditRow.objects.get(action="identity.password_changed")
    assert row.subject == f"member:{member}"


def test_a_code_is_good_once(member: int, request_code) -> None:
    code_id, digits = request_code()
    finish(code_id, digits)
    again = finish(code_id, digits, "another one entirely")
    assert again.refusal == "identity.code_used"
    assert log_in("E12345678", NEW).member_pk == member


def test_other_codes_die_with_the_change(member: int, request_code) -> None:
    early = request_code()
    late = request_code()
    finish(*late)
    code_id, digits = early
    # Who has only guessed sees a code like any other: nothing says that the password was reset.
    wrong = finish(code_id, f"{int(digits) ^ 1:08}", "another one entirely")
    assert (wrong.refusal, wrong.words["left"]) == ("identity.code_wrong", 4)
    assert finish(*early, "another one entirely").refusal == "identity.code_used"


def test_codes_are_bound_to_their_request(member: int, request_code) -> None:
    _, digits = request_code()
    strangers, _ = request_code()
    assert finish(strangers, digits).refusal == "identity.code_wrong"


def test_ten_minutes(member: int, request_code, clock: Clock) -> None:
    code = request_code()
    clock.advance(minutes=10)
    assert finish(*code).refusal == "identity.code_expired"


def test_five_tries(member: int, request_code) -> None:
    code_id, digits = request_code()
    wrong = [finish(code_id, f"{int(digits) ^ 1:08}") for _ in range(5)]
    assert [result.words["left"] for result in wrong] == [4, 3, 2, 1, 0]
    assert finish(code_id, digits).refusal == "identity.code_used_up"
    assert finish(code_id, digits).words["tries"] == 5


class TestNewPassword:
    def test_a_refused_password_costs_no_try(self, member: int, request_code) -> None:
        code_id, digits = request_code()
        for _ in range(6):
            assert finish(code_id, digits, "short").problems == ("password.too_short",)
            assert finish(code_id, digits, "hanako12").problems == ("password.own_data",)
        assert finish(code_id, digits).member_pk == member

    def test_a_stranger_learns_no_data_by_trying_them_as_passwords(
        self, member: int, request_code
    ) -> None:
        code_id, digits = request_code()
        result = finish(code_id, f"{int(digits) ^ 1:08}", "hanako12")
        assert (result.problems, result.refusal) == ((), "identity.code_wrong")

    def test_a_sites_name_is_no_password(self, member: int, request_code) -> None:
        code_id, digits = request_code()
        assert finish(code_id, digits, "Plus member id 1").problems == ("password.site_name",)
        assert operations.password_problems("JO1OFFICIALSITE", {}) == ("password.site_name",)

    def test_staff_need_a_longer_one(self, member: int, request_code) -> None:
        Member.objects.filter(pk=member).update(is_staff=True)
        code_id, digits = request_code()
        assert finish(code_id, digits).problems == ("password.too_short_staff",)
        assert finish(code_id, digits, f"{NEW} tt7 pp").member_pk == member


class TestStrangers:
    def test_an_address_without_an_account_gets_a_mail_that_says_so(
        self, deliver, mailoutbox
    ) -> None:
        code_id = request_reset(typed="nobody@example.jp", language="ja")
        deliver()
        (mail,) = mailoutbox
        assert mail.to == ["nobody@example.jp"]
        assert "登録が見つかりません" in mail.subject
        assert finish(code_id, "00000000").refusal == "identity.code_wrong"

    @pytest.mark.parametrize("typed", ["E87654321", "090-1234-5678", "???", ""])
    def test_other_unknown_ids_send_no_mail(self, deliver, mailoutbox, typed: str) -> None:
        code_id = request_reset(typed=typed, language="ja")
        deliver()
        assert mailoutbox == []
        assert finish(code_id, "00000000").refusal == "identity.code_wrong"

    def test_every_request_does_the_same_work(self, member: int, cost) -> None:
        make_member(None, member_id="E22222222")
        typed = ["E12345678", "hanako@example.jp", "E87654321", "nobody@example.jp", "E22222222"]
        costs = [cost(lambda text=text: request_reset(typed=text, language="ja")) for text in typed]
        assert all(each == costs[0] for each in costs)
        for _ in range(6):
            request_reset(typed="E12345678", language="ja")
        over = cost(lambda: request_reset(typed="E12345678", language="ja"))
        assert over == costs[0]

    def test_every_wrong_code_does_the_same_work(self, member: int, cost) -> None:
        ids = [
            request_reset(typed=typed, language="ja")
            for typed in ("E12345678", "E87654321", "nobody@example.jp")
        ]
        costs = [cost(lambda code_id=code_id: finish(code_id, "x")) for code_id in ids]
        assert all(each == costs[0] for each in costs)
        assert costs[0].hashes == 1


class TestThrottle:
    def test_mails_are_counted_per_account_and_silently(
        self, member: int, deliver, mailoutbox
    ) -> None:
        for typed in ("E12345678", "hanako@example.jp", "former@example.jp") * 3:
            assert len(request_reset(typed=typed, language="ja")) == 43
        deliver()
        assert len(mailoutbox) == 5

    def test_a_stranger_cannot_use_up_a_known_devices_mails(
        self, member: int, deliver, mailoutbox
    ) -> None:
        device = log_in("E12345678").device
        for _ in range(6):
            request_reset(typed="E12345678", language="ja")
        deliver()
        mailoutbox.clear()
        request_reset(typed="E12345678", language="ja", device=device)
        deliver()
        assert len(mailoutbox) == 1

    def test_a_client_is_slowed_down(self, clock: Clock) -> None:
        for number in range(60):
            request_reset(typed=f"n{number}@example.jp", language="ja", client="192.0.2.1")
        # A carrier's address is many people's: past the limit one is let through at a time.
        request_reset(typed="x@example.jp", language="ja", client="192.0.2.1")
        with pytest.raises(AskedTooFast) as waits:
            request_reset(typed="y@example.jp", language="ja", client="192.0.2.1")
        assert waits.value.params == {"seconds": 5}
        clock.advance(seconds=5)
        request_reset(typed="y@example.jp", language="ja", client="192.0.2.1")

    def test_a_connections_addresses_of_ipv6_are_one(self) -> None:
        for number in range(75):
            with suppress(AskedTooFast):
                request_reset(
                    typed=f"n{number}@example.jp",
                    language="ja",
                    client=f"2001:db8:1:2:{number:x}::1",
                )
        assert OneTimeCode.objects.count() == 31

    def test_wrong_codes_count_against_the_accounts_passwords(
        self, member: int, request_code
    ) -> None:
        for _ in range(2):
            code_id, _ = request_code()
            for _ in range(5):
                finish(code_id, "00000000")
        assert log_in("E12345678").refusal == "identity.login_refused"

    def test_a_locked_account_opens_by_its_mailbox(self, member: int, request_code) -> None:
        for _ in range(11):
            log_in("E12345678", "wrong")
        finish(*request_code())
        assert log_in("E12345678", NEW).member_pk == member


def test_a_disabled_account_stays_disabled(member: int, request_code) -> None:
    disable_member(member_pk=member, actor="staff:1", reason="asked")
    assert finish(*request_code()).member_pk == member
    assert log_in("E12345678", NEW).refusal == "identity.disabled"
