import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaiin.identity import hash_costs, operations, queries
from kaiin.identity.errors import AlreadyRegistered, MemberDisabled
from kaiin.identity.flows.devices import remember_device
from kaiin.identity.flows.register import import_member
from kaiin.identity.flows.sessions import start_session
from kaiin.identity.flows.staff import disable_member
from kaiin.identity.models import LoginAttempt, Member
from kaiin.identity.passwords import TODAY, Argon2id, Costs
from kaiin.infra import clock
from tests.fixtures.clock import Clock
from tests.identity.members import PASSWORD, log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def member() -> int:
    return make_member(member_id="E12345678", former=("old..mail.@docomo.ne.jp",))


@pytest.mark.parametrize(
    "typed",
    [
        "E12345678",
        "e12345678",
        "Ｅ１２３４５６７８",
        " 12345678 ",
        "e1234\u200b 5678",
        "hanako@example.jp",
        "ＨＡＮＡＫＯ＠ｅｘａｍｐｌｅ．ｊｐ",
        "Hanako@Example。jp",
        "old..mail.@docomo.ne.jp",
    ],
)
def test_any_readable_writing_of_any_identifier_logs_in(member: int, typed: str) -> None:
    result = log_in(typed)
    assert (result.member_pk, result.refusal) == (member, None)
    assert LoginAttempt.objects.get().outcome == "passed"


def test_a_generated_id_logs_in() -> None:
    pk = make_member()
    view = queries.member(pk)
    assert view is not None
    assert log_in(view.member_id.lower()).member_pk == pk


@pytest.mark.parametrize(
    "typed", ["E87654321", "nobody@example.jp", "090-1234-5678", "", "はなこ", "\x00", "x" * 5000]
)
def test_strangers_get_one_answer(member: int, typed: str) -> None:
    unknown = log_in(typed)
    wrong = log_in("hanako@example.jp", "wrong")
    for result in (unknown, wrong):
        assert result.refusal == "identity.login_refused"
        assert (result.member_pk, result.device, result.proof) == (None, None, None)


def test_legacy_passwords_verify_as_they_are_and_only_so() -> None:
    pk = make_member(password="Jo1fan2020ab")
    assert log_in("hanako@example.jp", "Jo1fan2020ab").member_pk == pk
    assert log_in("hanako@example.jp", "Ｊｏ１ｆａｎ２０２０ａｂ").member_pk is None
    assert log_in("hanako@example.jp", "Jo1fan2020ab ").member_pk is None


def test_a_hash_of_other_costs_is_made_anew_at_login(member: int) -> None:
    class Older(Argon2id):
        time_cost = 1

    Member.objects.filter(pk=member).update(password=Older().encode(PASSWORD, Older().salt()))
    log_in("E12345678", "wrong")
    assert "t=1" in Member.objects.get(pk=member).password
    assert log_in("E12345678").member_pk == member
    assert "m=19456,t=2,p=1" in Member.objects.get(pk=member).password
    assert log_in("E12345678").member_pk == member


def test_an_attempt_keeps_the_coarse_shape_of_its_password(member: int) -> None:
    log_in("E12345678", " ｗｒｏｎｇ ")
    assert LoginAttempt.objects.get().password_shape == [
        "password.full_width",
        "password.outer_spaces",
    ]


class Imported(Argon2id):
    memory_cost, time_cost = 8192, 1


def test_costs_of_imported_hashes_are_paid_at_every_try_until_none_is_left() -> None:
    pk = make_member("other@example.jp")
    assert hash_costs.known() == (TODAY,)
    import_member(
        member_id="E12345678", email=None, password_hash=Imported().encode(PASSWORD, "salt" * 4),
        details={}, language="ja", created_at=clock.now(), actor="system:test",
    )  # fmt: skip
    assert hash_costs.known() == (TODAY, Costs(8192, 1, 1))
    assert log_in("other@example.jp").member_pk == pk
    with CaptureQueriesContext(connection) as captured:
        operations.forget_expired()
    # No hash is read to know whether one is left.
    assert not [each for each in captured if '"password"' in each["sql"]]
    assert hash_costs.known() == (TODAY, Costs(8192, 1, 1))
    assert log_in("E12345678").refusal is None
    operations.forget_expired()
    assert hash_costs.known() == (TODAY,)


class TestConstantWork:
    def test_every_failure_costs_one_hash_and_the_same_statements(self, member: int, cost) -> None:
        closed = make_member("closed@example.jp")
        disable_member(member_pk=closed, actor="staff:1", reason="test")
        make_member("locked@example.jp")
        for _ in range(11):
            log_in("locked@example.jp", "wrong")
        known_device = log_in("E12345678").device
        failures = {
            "wrong": lambda: log_in("E12345678", "wrong"),
            "wrong by mail": lambda: log_in("hanako@example.jp", "wrong"),
            "wrong, known device": lambda: log_in("E12345678", "wrong", known_device),
            "unknown id": lambda: log_in("E87654321", "wrong"),
            "unknown mail": lambda: log_in("nobody@example.jp", "wrong"),
            "no identifier": lambda: log_in("???", "wrong"),
            "locked": lambda: log_in("locked@example.jp", "wrong"),
            "locked, right password": lambda: log_in("locked@example.jp"),
            "disabled": lambda: log_in("closed@example.jp", "wrong"),
            "no password": lambda: log_in("E12345678", ""),
            "endless password": lambda: log_in("E12345678", "x" * 5000),
        }
        costs = {name: cost(failure) for name, failure in failures.items()}
        assert {name: each.hashes for name, each in costs.items()} == dict.fromkeys(failures, 1)
        shape = costs["wrong"].statements
        assert [name for name, each in costs.items() if each.statements != shape] == []
        assert len(shape) <= 6

    def test_a_success_costs_one_hash(self, member: int, cost) -> None:
        assert cost(lambda: log_in("E12345678")).hashes == 1


class TestThrottle:
    def test_one_count_for_every_identifier_of_an_account(self, member: int) -> None:
        for typed in ["E12345678", "12345678", "hanako@example.jp", "old..mail.@docomo.ne.jp"] * 3:
            log_in(typed, "wrong")
        outcomes = list(LoginAttempt.objects.order_by("pk").values_list("outcome", flat=True))
        assert outcomes == ["wrong"] * 10 + ["locked"] * 2
        assert log_in("E12345678").refusal == "identity.login_refused"

    def test_unknown_identifiers_are_counted_too(self) -> None:
        for _ in range(11):
            log_in("nobody@example.jp", "wrong")
        assert LoginAttempt.objects.order_by("pk").last().outcome == "locked"

    def test_the_lock_ends_and_a_right_password_forgets_the_failures(
        self, member: int, clock: Clock
    ) -> None:
        for _ in range(11):
            log_in("E12345678", "wrong")
        clock.advance(minutes=16)
        assert log_in("E12345678").member_pk == member
        for _ in range(9):
            log_in("E12345678", "wrong")
        assert log_in("E12345678").member_pk == member

    def test_never_more_than_a_hundred_in_a_row(self, member: int, clock: Clock) -> None:
        for _ in range(12):
            for _ in range(10):
                log_in("E12345678", "wrong")
            clock.advance(minutes=16)
        assert LoginAttempt.objects.filter(outcome="wrong").count() == 100
        assert log_in("E12345678").refusal == "identity.login_refused"

    def test_a_strangers_failures_never_lock_out_a_known_device(self, member: int) -> None:
        device = log_in("E12345678").device
        for _ in range(12):
            log_in("E12345678", "wrong")
        assert log_in("E12345678").member_pk is None
        assert log_in("E12345678", device=device).member_pk == member
        # The device's success does not give the stranger new tries.
        assert log_in("E12345678").member_pk is None

    def test_a_device_has_limits_of_its_own(self, member: int) -> None:
        device = log_in("E12345678").device
        for _ in range(10):
            log_in("E12345678", "wrong", device)
        assert log_in("E12345678", device=device).member_pk is None
        assert log_in("E12345678").member_pk == member

    def test_a_device_is_known_to_whom_it_has_logged_in_only(self, member: int) -> None:
        make_member("other@example.jp")
        device = log_in("other@example.jp").device
        for _ in range(10):
            log_in("E12345678", "wrong", device)
        assert log_in("E12345678", device=device).member_pk is None
        assert log_in("other@example.jp", device=device).refusal is None
        # Those tries were the account's own: no other browser has any left.
        assert log_in("E12345678").member_pk is None

    def test_strangers_with_devices_of_their_own_get_no_more_tries(self, member: int) -> None:
        for number in range(3):
            own = f"own{number}@example.jp"
            make_member(own)
            device = log_in(own).device
            for _ in range(6):
                log_in("E12345678", "wrong", device)
        tried = LoginAttempt.objects.filter(member=member)
        assert tried.filter(outcome="wrong").count() == 10
        assert not tried.filter(known_device=True).exists()

    def test_forged_device_cookies_are_strangers(self, member: int) -> None:
        forged = json.dumps({"name": "x", "members": [member]})
        for device in (forged, "a:b", "é", "x" * 10000, ""):
            log_in("E12345678", "wrong", device)
        assert not LoginAttempt.objects.filter(known_device=True).exists()


def test_a_shared_device_knows_both_members(member: int) -> None:
    make_member("other@example.jp")
    device = log_in("E12345678").device
    device = log_in("other@example.jp", device=device).device
    log_in("E12345678", "wrong", device)
    assert LoginAttempt.objects.order_by("pk").last().known_device


def test_a_new_members_browser_is_a_known_device(member: int) -> None:
    device = remember_device(member_pk=member, device=None)
    for _ in range(11):
        log_in("E12345678", "wrong")
    assert log_in("E12345678", device=device).member_pk == member


class TestDisabled:
    def test_the_truth_after_proof_only(self, member: int) -> None:
        disable_member(member_pk=member, actor="staff:1", reason="asked")
        wrong = log_in("E12345678", "wrong")
        right = log_in("E12345678")
        assert (wrong.member_pk, wrong.refusal) == (None, "identity.login_refused")
        assert (right.member_pk, right.refusal, right.proof) == (member, "identity.disabled", None)
        with pytest.raises(MemberDisabled):
            start_session(member_pk=member, user_agent="")


class TestAttempts:
    def test_an_attempt_says_what_was_forgiven_and_never_what_was_typed(self, member: int) -> None:
        log_in("ｅ１２３４５６７８", "wrong")
        attempt = LoginAttempt.objects.get()
        assert (attempt.member_id, attempt.kind, attempt.site_key) == (
            member,
            "member_id",
            "official",
        )
        assert "identifier.full_width" in attempt.forgiven
        assert "12345678" not in str(vars(attempt))
        assert len(attempt.value_digest) == 64

    @pytest.mark.parametrize("typed", ["correct horse battery", "4242 4242 4242 4242"])
    def test_no_digest_is_kept_of_a_secret_in_the_wrong_field(self, typed: str) -> None:
        log_in(typed, "wrong")
        attempt = LoginAttempt.objects.get()
        assert attempt.value_digest == ""

    def test_a_mail_address_never_shadows_an_id(self, member: int) -> None:
        with pytest.raises(AlreadyRegistered):
            make_member("other@example.jp", member_id="E12345678")
        with pytest.raises(AlreadyRegistered):
            make_member("old..mail.@docomo.ne.jp")
        assert Member.objects.count() == 1


def test_the_worker_finds_a_member_by_any_writing_of_any_identifier(member: int) -> None:
    for typed in ("１２３４５６７８", "Hanako@example.jp", "old..mail.@docomo.ne.jp"):
        view = queries.find_member(typed)
        assert view is not None
        assert view.pk == member
    for typed in ("E87654321", "nobody@example.jp", "???", "\x00"):
        assert queries.find_member(typed) is None
