"""Senders give typed values; templates write them out in the recipient's language."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail as outbox

from kaiin.domain.endings import Ending, Failure
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import EndReason
from kaiin.mail import operations as mail, values
from kaiin.sites.queries import Sender
from tests.tidy.source import PACKAGE

AT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
ENDING = Ending(1, EndReason.RENEWAL_FAILED, "", Method.CARD, AT, Failure("card_declined", AT))
CONTEXT: dict[str, object] = {
    "site": {"ja": "公式", "en": "Official"},
    "identity": {"ja": "会員ID", "en": "Member ID"},
    "course": {"ja": "月会費コース", "en": "Monthly"},
    "nickname": "はな",
    "paid": True,
    "paid_until": AT,
    "dormant_until": AT,
    "ending": ENDING,
    "my_url": "https://id.example/my",
    "sender": "Fans",
    "contact": "help@example.jp",
}


def test_a_value_is_stored_as_json_and_comes_back_typed() -> None:
    context = {
        **CONTEXT,
        "day": date(2026, 11, 30),
        "amount": Money(550),
        "tries": [AT],
        "no": None,
    }
    stored = json.loads(json.dumps(values.encode(context)))
    assert values.decode(stored) == context


def test_a_code_is_stored_as_its_text() -> None:
    assert values.encode([Method.CARD]) == ["card"]


@pytest.mark.parametrize("value", [1.5, {1}, object(), ENDING.failure])
def test_a_value_of_another_kind_is_refused_before_it_is_stored(value: object) -> None:
    with pytest.raises(TypeError):
        values.encode({"value": value})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["公式", "月会費コース", "2026年11月30日(月)", "2026年12月1日(火)の自動更新で"]),
        ("en", ["Official", "Monthly", "30 November 2026", "not approved on 1 December 2026"]),
    ],
)
def test_the_template_writes_in_the_recipients_language(language: str, words: list[str]) -> None:
    sender = Sender(name="Fans", address="fans@example.jp")
    payload: dict[str, Any] = {
        "to": "hana@example.jp",
        "template": "dormant",
        "language": language,
        "context": values.encode(CONTEXT),
        "sender": {"name": sender.name, "address": sender.address},
        "key": "dormant:1",
    }
    mail.send(payload)
    [sent] = outbox.outbox
    assert [each for each in words if each not in sent.body] == []


def test_no_sender_writes_a_date_or_a_sum_out() -> None:
    folder = PACKAGE / "billing"
    senders = [path for path in folder.rglob("*.py") if "mails.send(" in path.read_text()]
    senders += [*(folder / "membership").glob("*mails.py"), PACKAGE / "identity/flows/mails.py"]
    assert len(senders) > 10
    wording = ("kaiin.infra.texts", "kaiin.infra import texts", "membership.wording")
    found = [(path.name, each) for path in senders for each in wording if each in path.read_text()]
    assert found == []
