"""The service answers a run's calls as it answers those of an HTTP client."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import cast

import httpx
import pytest

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.lab.sandbox import cards, switches
from kaiin.lab.sandbox.app import SandboxApp, create_app
from kaiin.lab.sandbox.switches import Switch
from kaiin.lab.simulation.calls import Calls
from kaiin.payments.providers.protocol import CheckoutRequest, Order
from kaiin.payments.providers.sandbox.provider import SandboxProvider

_HOST = "pay.test"
_URL = f"http://{_HOST}"
_ORDER = Order("o1", Method.CARD, datetime(2027, 1, 1, tzinfo=UTC))
_FAULTS = (Switch.DOWN, Switch.TIME_OUT, Switch.ANSWER_LOST, Switch.LATE, None)


def _app(folder: Path, name: str) -> SandboxApp:
    return create_app(
        store_path=folder / name,
        secret="s",
        notice_url=_URL,
        public_url=_URL,
        source=Random(1),
    )


def _checkout(key: str, amount: int = 550) -> CheckoutRequest:
    return CheckoutRequest(
        order_id="o1",
        method=Method.CARD,
        amount=Money(amount, "JPY"),
        description="友の会 年会費",
        customer="m1",
        email="m1@mail.example",
        language="ja",
        return_url=f"{_URL}/back",
        renews=True,
        slip_days=7,
        idempotency_key=key,
    )


def _said(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except KaiinError as error:
        return type(error), error.params


def _story(app: SandboxApp, provider: SandboxProvider) -> list[object]:
    """A payment's life, each call under each fault; what was answered, and what is in the store."""
    answers: list[object] = []

    def ask(what: Callable[[], object]) -> None:
        for fault in _FAULTS:
            with app.service.store.transaction() as tx:
                for each in _FAULTS[:-1]:
                    value = "0" if each is fault else ""
                    switches.put(tx, scope=switches.GLOBAL, name=str(each), value=value)
            answers.append(_said(what))

    ask(lambda: provider.fetch_payment(_ORDER, timeout_seconds=5))
    ask(lambda: provider.create_checkout(_checkout("k1"), timeout_seconds=5))
    ask(lambda: provider.create_checkout(_checkout("k1", 1), timeout_seconds=5))
    ask(lambda: provider.create_checkout(_checkout("k2"), timeout_seconds=5))
    token = app.service.store.reading().all("SELECT token FROM payment")[0]["token"]
    app.service.enter_card(token, cards.CARDS[0])
    app.service.answer_three_ds(token, proven=True)
    ask(lambda: provider.fetch_payment(_ORDER, timeout_seconds=5))
    ask(lambda: provider.cancel_payment(_ORDER, timeout_seconds=5))
    ask(lambda: provider.list_events(cursor="1", limit=1, timeout_seconds=5))
    reading = app.service.store.reading()
    tables = ("payment", "event", "answer", "late_call")
    return answers + [reading.all(f"SELECT * FROM {table}") for table in tables]  # noqa: S608


@pytest.mark.usefixtures("clock")
def test_a_run_s_calls_are_answered_as_those_over_http(tmp_path: Path) -> None:
    over_http, in_process = _app(tmp_path, "http"), _app(tmp_path, "calls")
    make = partial(SandboxProvider, base_url=_URL, public_url=_URL, secret="s")
    calls = cast(httpx.Client, Calls(in_process, _HOST))
    transport = httpx.WSGITransport(over_http)
    theirs = _story(over_http, make(transport=transport))
    assert _story(in_process, make(client=calls)) == theirs
    # The story has payments that were found, and calls that came to nothing.
    assert len({repr(each) for each in theirs}) > 12
