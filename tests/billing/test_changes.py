"""Changing course, way to pay or card in one step: what is shown is what is posted."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from kaiin.domain.changes import ChangeKind
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World, balances, windows_survive_a_rebuild

if TYPE_CHECKING:
    from kaiin.billing.operations import ChangeStarted
    from kaiin.billing.queries import ChangePreview


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def preview(world: World, member: int, course: str, method: Method) -> "ChangePreview":
    from kaiin.billing import queries

    return queries.preview_change(
        member_pk=member,
        site_key="official",
        course_key=course,
        method=method,
        at=world.clock.now(),
    )


def change(member: int, course: str, method: Method) -> "ChangeStarted":
    from kaiin.billing import operations

    return operations.change(
        member_pk=member,
        site_key="official",
        course_key=course,
        method=method,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
    )


def test_a_dearer_course_begins_now_and_unused_days_are_taken_off(world: World) -> None:
    member = world.joined()
    before = world.view(member)
    world.clock.advance(days=3)
    shown = preview(world, member, "yearly", Method.CARD)
    # 22 November to 30 November are 9 days; on the 25th five of them are unused.
    assert (shown.kind, shown.credited.amount) == (ChangeKind.NOW_WITH_CREDIT, 550 * 5 // 9)
    assert shown.total.amount == 6600 - 305
    started = change(member, "yearly", Method.CARD)
    world.work()
    assert started.payment is not None
    view = world.view(member)
    assert (view.course_key, view.method) == ("yearly", Method.CARD)
    assert (view.joined_date, view.member_number) == (before.joined_date, before.member_number)
    assert view.paid_until == shown.period.ends_at
    assert len(view.windows) == 1
    assert balances() == {
        "provider_cash": 550 + 6600 - 305,
        "deferred_income": -6600,
        "income": -(550 - 305),
    }
    windows_survive_a_rebuild()
