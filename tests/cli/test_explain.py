"""`kaiin explain`: the answer and the records behind it, in clubs that really ran."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.billing.conftest import World
from tests.fixtures.clock import START
from typer.testing import CliRunner, Result

from kaiin.cli.app import app
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

DECEMBER = datetime(2026, 12, 1, tzinfo=JST)
JANUARY = datetime(2027, 1, 1, tzinfo=JST)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


def asked(*arguments: str) -> dict[str, Any]:
    """The one site of the answer."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    (site,) = json.loads(result.output)["sites"]
    return dict(site)


def member_id(pk: int) -> str:
    from kaiin.identity import queries

    found = queries.member(pk)
    assert found is not None
    return found.member_id


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_who_paid_is_in_and_every_record_is_named(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry
    from kaiin.billing.models import Period
    from kaiin.infra.models import AuditRow

    started = world.join(member := world.member())
    world.pay(started.payment)
    answer = asked(member_id(member), "--site", "official")
    assert answer["allowed"]
    assert answer["kind"] == "paid"
    assert at(answer["since"]) == START
    # Three days of grace follow the month.
    assert at(answer["until"]) == DECEMBER + timedelta(days=3)
    month, grace = answer["windows"]
    (period,) = month["periods"]
    assert period["id"] == Period.objects.get().pk
    keys = LedgerEntry.objects.order_by("pk").values_list("key", flat=True)
    assert period["ledger"] == list(keys)
    payment = period["payment"]
    assert payment["id"] == str(started.payment.id)
    assert {number["kind"] for number in payment["numbers"]} == {"card_payment", "card_last4"}
    assert "payment.paid" in {notice["kind"] for notice in payment["notices"]}
    actions = set(
        AuditRow.objects.filter(pk__in=[r["id"] for r in payment["audit"]]).values_list(
            "action", flat=True
        )
    )
    assert {"payments.paid", "billing.period_paid"} <= actions
    (grant,) = grace["grants"]
    assert grant["reason"] == "renewal"


@pytest.mark.parametrize(
    "identify",
    [
        member_id,
        lambda pk: member_id(pk)[1:].translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda _: "FAN1@example.jp",
    ],
)
def test_a_member_is_found_by_any_writing(world: World, identify: Callable[[int], str]) -> None:
    member = world.joined()
    assert asked(identify(member))["allowed"]


def test_a_payment_leads_to_its_member(world: World) -> None:
    started = world.join(world.member(), method=Method.DOCOMO)
    world.pay(started.payment)
    number = next(iter(world.payment(started.payment.id).references)).value
    assert asked(number)["allowed"]
    assert asked(str(started.payment.id))["allowed"]


def test_an_unknown_member_and_a_number_of_several(world: World) -> None:
    result = run("E0000000000", "--lang", "en")
    assert result.exit_code == 1
    assert "No member is found" in result.output
    first, second = world.joined(), world.joined()
    result = run("4242", "--lang", "en")
    assert result.exit_code == 1
    assert member_id(first) in result.output
    assert member_id(second) in result.output


def test_who_never_paid_and_who_never_joined(world: World) -> None:
    member = world.member()
    assert json.loads(run(member_id(member), "--json").output)["sites"] == []
    answer = asked(member_id(member), "--site", "official")
    assert (answer["allowed"], answer["membership"], answer["before"]) == (False, None, None)
    world.join(member)
    answer = asked(member_id(member))
    assert (answer["allowed"], answer["standing"], answer["before"]) == (False, "pending", None)
    assert "まだ利用期間がありません" in run(member_id(member)).output


def test_what_ended_it_and_when(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.go_to(DECEMBER + timedelta(days=1))
    answer = asked(member_id(member))
    assert not answer["allowed"]
    assert answer["ended"]["reason"] == "left"
    assert answer["ended"]["audit"]
    assert at(answer["before"]["ends_at"]) == DECEMBER
    assert answer["before"]["periods"][0]["payment"]["state"] == "paid"
    english = run(member_id(member), "--lang", "en").output
    assert "may not enter. It was open until 30 November 2026" in english
    assert "Why: You asked to leave." in english


def test_another_time_past_and_to_come(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.go_to(DECEMBER + timedelta(days=1))
    was = asked(member_id(member), "--at", "2026-11-30T23:59")
    assert was["allowed"]
    assert at(was["until"]) == DECEMBER
    assert not asked(member_id(member), "--at", "2026-12-01")["allowed"]
    early = asked(member_id(member), "--at", "2026-11-22T11:59")
    assert not early["allowed"]
    assert at(early["after"]["starts_at"]) == START


def test_months_are_one_stretch_without_a_gap(world: World) -> None:
    member = world.joined()
    world.go_to(DECEMBER + timedelta(days=2))
    answer = asked(member_id(member))
    assert at(answer["since"]) == START
    assert at(answer["until"]) == JANUARY + timedelta(days=3)
    assert [window["kind"] for window in answer["windows"]] == ["paid", "grace"]
    assert [period["number"] for period in answer["windows"][0]["periods"]] == [1, 2]
    shown = run(member_id(member)).output
    assert "入れます" in shown
    assert "猶予" in shown
    assert "現在の記録による" in shown


def test_staffs_grant_names_who_and_why(world: World) -> None:
    from kaiin.billing.actions.grants import grant_access

    member = world.member()
    until = world.clock.now() + timedelta(days=5)
    grant_access(
        member_pk=member,
        site_key="official",
        until=until,
        reason_text="paid at the event",
        actor="staff:1",
    )
    answer = asked(member_id(member))
    assert (answer["allowed"], answer["kind"], answer["standing"]) == (True, "grant", "pending")
    (grant,) = answer["windows"][0]["grants"]
    assert (grant["by"], grant["note"]) == ("staff:1", "paid at the event")


def test_imported_time_names_its_key(world: World) -> None:
    from kaiin.billing.actions.import_membership import import_membership

    member = world.member()
    import_membership(
        import_key="old:4711", member_pk=member, site_key="official", course_key="monthly",
        method=Method.CARD, joined_date=date(2023, 5, 31), member_number=4711,
        paid_through=date(2026, 11, 30), mandate=None, actor="staff:1",
    )  # fmt: skip
    (period,) = asked(member_id(member))["windows"][0]["periods"]
    assert (period["import_key"], period["payment"], period["fee"]) == ("old:4711", None, 0)
    assert [row["actor"] for row in period["audit"]] == ["staff:1"]
    said = run(member_id(member), "--lang", "en").output
    assert "Paid in another system" in said
    assert f"period:{period['id']} import:old:4711 audit:" in said
    assert "入れません" in run(member_id(member), "--at", "2026-12-02").output


def test_leaving_at_once_is_explained_as_the_early_end(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    world.clock.advance(days=2)
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    answer = asked(member_id(member))
    assert not answer["allowed"]
    (period,) = answer["before"]["periods"]
    assert at(period["ended_early_at"]) == world.clock.now()
    assert period["early_end"] == "left"
    english = run(member_id(member), "--lang", "en").output
    assert "Over earlier, on 24 November 2026, 12:00 JST: left at once." in english


def test_consents_are_listed_and_what_is_missing(world: World) -> None:
    from tests.sites.examples import with_terms

    from kaiin.billing.courses.tenant import apply_tenant

    member = member_id(world.joined())
    apply_tenant(with_terms(2))
    answer = json.loads(run(member, "--json").output)["member"]
    given = {(each["document"], each["version"], each["page"]) for each in answer["consents"]}
    assert given == {("terms", 1, "confirmation"), ("privacy", 1, "confirmation")}
    assert answer["missing_consents"] == [{"document": "terms", "version": 2}]
    words = run(member, "--lang", "en").output
    assert "Agreed to the privacy policy (version 1) on 22 November 2026, 12:00 JST" in words
    assert "Has not agreed to the terms of use (version 2). Access goes on" in words


def test_what_the_member_is_told_now_is_named_by_its_code(world: World) -> None:
    member = member_id(world.joined())
    (finding,) = asked(member)["findings"]
    assert finding["code"] == "access.ok"
    assert "JO1 OFFICIAL SITE" in finding["title"]
    assert f"{finding['title']}（access.ok）" in run(member).output
    assert "findings" not in asked(member, "--at", "2026-12-31")
