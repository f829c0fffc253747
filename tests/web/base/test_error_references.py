"""A page of error shows a short reference, and a log line has it."""

import json
import re
from collections.abc import Callable
from io import StringIO
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from tests.security.browsing import IDENTITY

from kaiin.identity.errors import Crowded
from kaiin.web.base import views

pytestmark = pytest.mark.usefixtures("plusmember")


def _get(client: Client) -> HttpResponse:
    return client.get("/legal")


@pytest.mark.parametrize(
    ("status", "error", "ask"),
    [
        (404, None, lambda client: client.get("/nowhere")),
        (400, None, lambda client: client.get("/legal", HTTP_HOST="a b;c")),
        (403, None, lambda client: client.post("/login", {"login": "x"})),
        (500, ValueError("a bug"), _get),
        (503, OperationalError("no connection"), _get),
        (503, Crowded(), _get),
    ],
)
def test_the_reference_finds_the_line(
    *,
    capfd: pytest.CaptureFixture[str],
    logged: StringIO,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: Exception | None,
    ask: Callable[[Client], HttpResponse],
) -> None:
    if error is not None:
        monkeypatch.setattr(views, "render", Mock(side_effect=error))
    client = Client(HTTP_HOST=IDENTITY, raise_request_exception=False, enforce_csrf_checks=True)
    response = ask(client)
    assert response.status_code == status
    found = re.search(r"<code>([2-9A-Z]{4}-[2-9A-Z]{4})</code>", response.content.decode())
    assert found is not None
    written = f"{logged.getvalue()}{capfd.readouterr().err}"
    lines = [json.loads(line) for line in written.splitlines()]
    assert found[1] in {line.get("reference") for line in lines}


def test_no_two_requests_share_one() -> None:
    client = Client(HTTP_HOST=IDENTITY)
    pages = [client.get("/nowhere").content.decode() for _ in range(2)]
    assert pages[0] != pages[1]
