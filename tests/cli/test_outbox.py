"""`kaiin outbox`: what waits, what was given up, and trying it again."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.fixtures.clock import Clock
from tests.fixtures.deliveries import deliver_all
from typer.testing import CliRunner, Result

from kaiin.cli.app import app
from kaiin.infra import parking
from kaiin.infra.consumers import Consumer, Lane
from kaiin.infra.parking import Parked, Parking

pytestmark = pytest.mark.usefixtures("plusmember")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["outbox", *arguments])


def listed(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


@pytest.fixture
def given_up(clock: Clock) -> Iterator[Callable[[], None]]:
    """A message and a notice that could not be handled for days. Called: now they can."""
    from kaiin.config import wiring
    from kaiin.infra import consumers, event_log
    from kaiin.infra.locks import transaction
    from kaiin.payments import inbox
    from kaiin.payments.models import ProviderEvent

    broken = [True]

    def handler(_payload: dict[str, object]) -> None:
        if broken:
            raise ConnectionError("no answer")

    consumers.register({"test.said": [Consumer("test", Lane.OUTSIDE, handler)]})
    with transaction():
        event_log.publish(topic="test.said", key="a", payload={"secret": "of one reader"})
    ProviderEvent.objects.create(
        provider="sandbox", event_id="evt_1", kind="payment.paid", order_id="nobodyknows",
        received_at=clock.now(), due_at=clock.now(), body=b"",
    )  # fmt: skip
    for _ in range(20):
        deliver_all()
        inbox.apply_due(limit=10)
        clock.advance(hours=6)
    yield broken.clear
    wiring.connect()


@pytest.mark.django_db
def test_nothing_waits() -> None:
    assert run().output == "待っているものも、処理できなかったものもありません。\n"
    assert listed() == {"outbox": [], "inbox": [], "parked": []}


@pytest.mark.django_db
def test_what_was_given_up_is_listed_and_tried_again(given_up: Callable[[], None]) -> None:
    shown = run().output
    assert "no answer" in shown
    assert "nobodyknows" in shown
    assert "of one reader" not in shown
    (letter,) = listed()["outbox"]
    (event,) = listed()["inbox"]
    assert (letter["topic"], letter["attempts"], event["state"]) == ("test.said", 13, "failed")
    given_up()
    answer = listed("--retry", f"outbox:{letter['id']}", "--retry", f"inbox:{event['id']}")
    assert answer["retried"] == 2
    assert [each["dead_at"] for each in answer["outbox"]] == [None]
    assert answer["inbox"] == []
    assert deliver_all() == 1
    assert listed("--retry", "all")["retried"] == 0


@pytest.mark.django_db
def test_all_of_it(given_up: Callable[[], None]) -> None:
    given_up()
    assert "2件" in run("--retry", "all").output


@pytest.mark.django_db
def test_lane_by_lane(given_up: Callable[[], None]) -> None:
    shown = listed("--lane", "outside")
    assert [(each["lane"], each["consumer"]) for each in shown["outbox"]] == [("outside", "test")]
    assert shown["inbox"] == []
    assert listed("--lane", "mail") == {"outbox": [], "inbox": [], "parked": []}
    assert [event["state"] for event in listed("--lane", "money")["inbox"]] == ["failed"]
    assert listed("--lane", "mail", "--retry", "all")["retried"] == 0
    assert listed("--lane", "outside", "--retry", "all")["retried"] == 1
    assert run("--lane", "none").exit_code == 2


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["outbox:x", "letter:1", ":1", "outbox"])
def test_what_is_no_id_is_refused(wrong: str) -> None:
    refused = run("--retry", wrong)
    assert refused.exit_code == 1
    assert "is no id" in str(refused.exception)


@pytest.mark.django_db
def test_what_shall_never_be_delivered_is_settled(given_up: Callable[[], None]) -> None:
    from kaiin.infra.models import AuditRow

    before = listed()
    names = (f"outbox:{before['outbox'][0]['id']}", f"inbox:{before['inbox'][0]['id']}")
    after = listed(*(word for name in names for word in ("--abandon", name)))
    assert after == {"outbox": [], "inbox": [], "parked": [], "abandoned": 2}
    assert AuditRow.objects.get(action="staff.abandoned").actor.startswith("cli:")
    assert listed("--abandon", names[0])["abandoned"] == 0


@pytest.fixture
def row(clock: Clock) -> Parked:
    """A membership that could not be renewed, twice."""
    for _ in range(2):
        Parking[int]("membership.renew", clock.now()).park(7, ValueError("lunar"))
        clock.advance(minutes=1)
    return parking.parked(limit=1)[0]


@pytest.mark.django_db
def test_a_parked_row_is_listed_and_tried_again_at_once(row: Parked, clock: Clock) -> None:
    shown = run().output
    assert f"parked:{row.id}  membership.renew 7" in shown
    assert "ValueError: lunar" in shown
    (parked,) = listed()["parked"]
    assert (parked["kind"], parked["key"], parked["attempts"]) == ("membership.renew", "7", 2)
    assert row.due_at > clock.now()
    assert listed("--retry", f"parked:{row.id}")["retried"] == 1
    assert parking.parked(limit=1)[0].due_at == clock.now()
    assert listed("--retry", "all")["retried"] == 1


@pytest.mark.django_db
def test_a_parked_row_is_not_settled_by_hand(row: Parked) -> None:
    refused = run("--abandon", f"parked:{row.id}")
    assert refused.exit_code == 1
    assert "mend its cause" in str(refused.exception)
    assert parking.parked(limit=1)


@pytest.mark.django_db
def test_a_worker_that_ends_says_that_a_row_is_parked(row: Parked) -> None:
    from kaiin.cli import worker

    assert not worker.run_once([])
    parking.Parking[int]("membership.renew", row.due_at).settle([7])
    assert worker.run_once([])
