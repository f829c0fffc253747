import re
from datetime import date

import pytest
from django.core.mail import EmailMessage

from kaiin.domain.identifiers.member_ids import is_valid_member_id
from kaiin.identity import queries
from kaiin.identity.errors import AlreadyRegistered, AskedTooFast, MailNotProven, TooManyMails
from kaiin.identity.flows.register import check_join_code, register_member, send_join_code
from kaiin.identity.flows.reset import finish_reset
from kaiin.identity.models import (
    IssuedMemberId,
    LoginIdentifier,
    Member,
    OneTimeCode,
    Session,
)
from kaiin.infra import randomness
from kaiin.infra.models import AuditRow, Event
from tests.fixtures.clock import Clock
from tests.identity.members import PASSWORD, hashed, log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")

DETAILS: dict[str, object] = {
    "nickname": "🎤はなこ",
    "legal_name": "髙﨑 花子",
    "legal_name_kana": "タカサキ ハナコ",
    "birth_date": date(1990, 4, 1),
    "prefecture": "JP-13",
    "phone": "+819012345678",
}


def send(email: str = "new@example.jp", language: str = "ja", **options: str) -> str:
    return send_join_code(email=email, site_key="official", language=language, **options)


def code_of(mail: EmailMessage) -> str:
    found = re.search(r"(?:コード：|Code: )(\d+)", str(mail.body))
    assert found
    return found[1]


def refusal(code_id: str, typed: str) -> str | None:
    return check_join_code(code_id=code_id, typed=typed).refusal


def right(code_id: str, typed: str) -> bool:
    return refusal(code_id, typed) is None


def refused(code_id: str, typed: str) -> bool:
    return not right(code_id, typed)


def register_new(code_id: str, email: str = "new@example.jp") -> int:
    return register_member(
        code_id=code_id,
        email=email,
        password_hash=hashed(PASSWORD),
        details=DETAILS,
        language="ja",
    )


@pytest.fixture
def proven(deliver, mailoutbox) -> str:
    """The id of a code that proved new@example.jp."""
    code_id = send()
    deliver()
    assert right(code_id=code_id, typed=code_of(mailoutbox[-1]))
    mailoutbox.clear()
    return code_id


class TestCode:
    def test_a_new_address_gets_a_code(self, deliver, mailoutbox) -> None:
        code_id = send()
        deliver()
        (mail,) = mailoutbox
        assert mail.to == ["new@example.jp"]
        assert re.fullmatch(r"\d{6}", code_of(mail))
        assert "JO1 OFFICIAL SITE" in mail.subject
        assert right(code_id=code_id, typed=code_of(mail))

    def test_it_can_be_typed_in_any_way(self, deliver, mailoutbox) -> None:
        code_id = send(language="en")
        deliver()
        digits = code_of(mailoutbox[0])
        wide = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        assert right(code_id=code_id, typed=f"\u3000{wide[:3]} - \u200b{wide[3:]}\n")

    def test_it_is_good_once(self, deliver, mailoutbox, proven: str) -> None:
        code_id = send("second@example.jp")
        deliver()
        digits = code_of(mailoutbox[-1])
        assert right(code_id=code_id, typed=digits)
        assert refusal(code_id, digits) == "identity.code_used"

    def test_five_tries(self, deliver, mailoutbox) -> None:
        code_id = send()
        deliver()
        digits = code_of(mailoutbox[0])
        wrong = f"{int(digits) ^ 1:06}"
        checks = [check_join_code(code_id=code_id, typed=wrong) for _ in range(5)]
        assert [check.left for check in checks] == [4, 3, 2, 1, 0]
        assert [check.refusal for check in checks] == [
            *["identity.code_wrong"] * 4,
            "identity.code_used_up",
        ]
        assert refusal(code_id, digits) == "identity.code_used_up"

    def test_the_subject_and_the_whole_mail_can_be_pasted(self, deliver, mailoutbox) -> None:
        for language in ("ja", "en"):
            code_id = send(f"{language}@example.jp", language)
            deliver()
            mail = mailoutbox[-1]
            subject = str(mail.subject).replace(" ", "\u3000")
            # A text without one code takes no try.
            for odd in ("", "12345", f"{code_of(mail)} 000000") * 3:
                assert refusal(code_id, odd) in {
                    "identity.code_not_read",
                    "identity.code_several",
                }
            assert refusal(code_id, "000000") == "identity.code_wrong"
            for typed in (subject, str(mail.body)):
                assert refusal(code_id, typed) in {None, "identity.code_used"}

    def test_ten_minutes(self, deliver, mailoutbox, clock: Clock) -> None:
        code_id = send()
        deliver()
        clock.advance(minutes=10)
        assert refusal(code_id, code_of(mailoutbox[0])) == "identity.code_expired"

    def test_it_is_bound_to_the_request(self, deliver, mailoutbox) -> None:
        send()
        other = send("attacker@example.jp")
        deliver()
        digits = {mail.to[0]: code_of(mail) for mail in mailoutbox}
        assert refused(code_id=other, typed=digits["new@example.jp"])
        assert refused(code_id="no such id", typed="000000")

    def test_it_is_stored_as_a_digest(self, deliver, mailoutbox) -> None:
        code_id = send()
        deliver()
        row = OneTimeCode.objects.values().get()
        assert code_of(mailoutbox[0]) not in str(row)
        assert row["id"] == code_id

    def test_it_opens_no_reset(self, deliver, mailoutbox) -> None:
        code_id = send()
        deliver()
        result = finish_reset(
            code_id=code_id, typed_code=f"{code_of(mailoutbox[0])}00", new_password="kx9 mq2w vv3"
        )
        assert result.refusal == "identity.code_expired"


class TestKnownAddress:
    def test_only_a_mail_says_so(self, deliver, mailoutbox) -> None:
        make_member("new@example.jp")
        code_id = send()
        deliver()
        (mail,) = mailoutbox
        assert "http://id.localhost:8000/login?site=official" in mail.body
        assert not re.search(r"\b\d{6}\b", str(mail.body))
        assert refused(code_id=code_id, typed="000000")

    def test_the_link_keeps_the_choices(self, deliver, mailoutbox) -> None:
        make_member("new@example.jp")
        send(login_path="/login?site=official&next=/join/official/monthly")
        send(login_path="//evil.example/login")
        send(login_path="https://evil.example/login")
        deliver()
        kept, *hostile = [mail.body for mail in mailoutbox]
        assert "http://id.localhost:8000/login?site=official&next=/join/official/monthly" in kept
        assert all("evil" not in body for body in hostile)

    def test_a_former_address_is_known_too(self, deliver, mailoutbox) -> None:
        make_member(former=("new@example.jp",))
        send()
        deliver()
        assert "http://id.localhost:8000/login" in mailoutbox[0].body

    def test_both_cases_do_the_same_work(self, cost) -> None:
        make_member("known@example.jp")
        known = cost(lambda: send("known@example.jp"))
        new = cost(lambda: send("new@example.jp"))
        assert known == new
        assert known.hashes == 0
        answers = {len(send(email)) for email in ("known@example.jp", "new@example.jp")}
        assert answers == {43}


class TestLimits:
    def test_five_mails_an_hour_to_an_address_known_or_not(self, clock: Clock) -> None:
        make_member("known@example.jp")
        for email in ("known@example.jp", "new@example.jp"):
            for _ in range(5):
                send(email)
            with pytest.raises(TooManyMails) as refused:
                send(email)
            assert refused.value.params == {"minutes": 60}
        mails = Event.objects.filter(topic="mail.queued").count()
        assert mails == 10
        clock.advance(hours=1)
        send()

    def test_fifteen_a_day(self, clock: Clock) -> None:
        for _ in range(3):
            for _ in range(5):
                send()
            clock.advance(hours=1, minutes=1)
        with pytest.raises(TooManyMails):
            send()

    def test_sixty_an_hour_for_a_client_then_one_at_a_time(self) -> None:
        for number in range(60):
            send(f"n{number}@example.jp", client="192.0.2.1")
        send("one@example.jp", client="192.0.2.1")
        with pytest.raises(AskedTooFast):
            send("another@example.jp", client="192.0.2.1")
        send("another@example.jp", client="192.0.2.2")


class TestRegistering:
    def test_nothing_exists_before_the_address_is_proven(self) -> None:
        send()
        assert not Member.objects.exists()
        assert not LoginIdentifier.objects.exists()
        assert not IssuedMemberId.objects.exists()

    def test_a_member_is_registered_as_typed(self, proven: str) -> None:
        view = queries.member(register_new(proven))
        assert view is not None
        assert is_valid_member_id(view.member_id)
        assert re.fullmatch(r"E\d{9}", view.member_id)
        assert (view.email, view.language, view.state) == ("new@example.jp", "ja", "active")
        assert {name: getattr(view, name) for name in DETAILS} == DETAILS
        assert log_in(view.member_id).member_pk == view.pk

    def test_it_is_published_and_audited_once(self, proven: str) -> None:
        pk = register_new(proven)
        assert register_new(proven) == pk
        assert Member.objects.count() == 1
        (row,) = AuditRow.objects.filter(action="identity.member_registered")
        assert (row.subject, row.actor) == (f"member:{pk}", f"member:{pk}")
        event = Event.objects.get(topic="identity.member_registered")
        assert event.payload == {"member_pk": pk}

    def test_no_proof_no_member(self, proven: str) -> None:
        unproven = send("victim@example.jp")
        for code_id, email in [
            (unproven, "victim@example.jp"),
            (proven, "victim@example.jp"),
            ("", "victim@example.jp"),
        ]:
            with pytest.raises(MailNotProven):
                register_new(code_id, email)
        assert not Member.objects.exists()

    def test_a_proof_grows_old(self, proven: str, clock: Clock) -> None:
        clock.advance(hours=2, minutes=1)
        with pytest.raises(MailNotProven):
            register_new(proven)

    def test_an_address_that_was_taken_meanwhile_is_refused(self, proven: str) -> None:
        make_member("new@example.jp")
        members = Member.objects.count()
        with pytest.raises(AlreadyRegistered):
            register_new(proven)
        assert Member.objects.count() == members
        assert IssuedMemberId.objects.count() == members


class TestMemberIds:
    def test_a_used_id_is_drawn_again(self, proven: str, monkeypatch: pytest.MonkeyPatch) -> None:
        draws = iter(["00000000", "00000000", "00000001"])
        monkeypatch.setattr(randomness, "digits", lambda _count: next(draws))
        first = queries.member(make_member())
        second = queries.member(register_new(proven))
        assert first is not None
        assert second is not None
        assert first.member_id != second.member_id

    def test_the_id_of_a_deleted_member_is_not_given_again(self) -> None:
        make_member(member_id="E12345678")
        Session.objects.all().delete()
        Member.objects.all().delete()
        assert not LoginIdentifier.objects.exists()
        with pytest.raises(AlreadyRegistered):
            make_member(member_id="E12345678")

    def test_a_full_range_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(randomness, "digits", lambda _count: "00000000")
        make_member()
        with pytest.raises(RuntimeError, match="more digits"):
            make_member("other@example.jp")
