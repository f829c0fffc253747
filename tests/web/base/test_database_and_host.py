"""What breaks around the views: the database under the session, its writes, the Host header."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from tests.security.browsing import IDENTITY

from kaiin.identity.session_store import SessionStore
from kaiin.infra import readiness
from kaiin.infra.models import WriteProbe

pytestmark = pytest.mark.usefixtures("plusmember")


def test_a_database_that_goes_while_the_session_loads_is_maintenance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(self: SessionStore) -> None:
        raise OperationalError("the connection was refused")

    monkeypatch.setattr(SessionStore, "load", gone)
    client = Client(HTTP_HOST=IDENTITY, raise_request_exception=False)
    client.cookies["kaiin"] = "a" * 32
    response = client.get("/my")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"


def test_a_bad_host_is_one_line(logged: StringIO) -> None:
    assert Client(HTTP_HOST="a b;c").get("/").status_code == 400
    assert len(logged.getvalue().splitlines()) == 1
    assert "Traceback" not in logged.getvalue()


def test_bad_hosts_are_counted() -> None:
    def counted() -> float:
        lines = Client(HTTP_HOST="10.0.0.7").get("/metrics").content.decode().splitlines()
        (line,) = (each for each in lines if each.startswith("kaiin_bad_hosts_total "))
        return float(line.partition(" ")[2])

    before = counted()
    Client(HTTP_HOST="a b;c").get("/")
    Client(HTTP_HOST=IDENTITY).get("/legal")
    assert counted() == before + 1


def _ready() -> int:
    readiness.forget()
    return Client(HTTP_HOST="10.0.0.7").get("/readyz").status_code


@pytest.fixture
def _asked_anew() -> Iterator[None]:
    readiness.forget()
    yield
    readiness.forget()


@pytest.mark.usefixtures("_asked_anew")
def test_readiness_writes_at_most_once_a_second() -> None:
    client = Client(HTTP_HOST="10.0.0.7")
    assert client.get("/readyz").status_code == 200
    WriteProbe.objects.all().delete()
    assert client.get("/readyz").status_code == 200
    assert not WriteProbe.objects.exists()


@pytest.fixture
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections of `kaiin serve`, which wait as long as its setting says, here very short."""
    monkeypatch.setitem(
        connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"]}
    )
    monkeypatch.setattr(settings, "KAIIN_PAGE_LOCK_SECONDS", 0.05)
    sys.modules.pop("kaiin.config.wsgi", None)
    importlib.import_module("kaiin.config.wsgi")
    connection.close()
    yield
    connection.close()


@contextmanager
def _foreign_lock() -> Iterator[None]:
    """Another process that keeps everything from being written: as a stuck migration would."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            if other.vendor == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            else:
                tables = ", ".join(connection.introspection.django_table_names(only_existing=True))
                cursor.execute("BEGIN")
                cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        yield
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_short_waits", "_asked_anew")
def test_a_foreign_write_lock_is_maintenance_and_not_ready() -> None:
    client = Client(HTTP_HOST=IDENTITY, raise_request_exception=False)
    form = {"identifier": "nobody@example.jp", "password": "wrong password"}
    with _foreign_lock():
        refused = client.post("/login", form)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert "errors.maintenance" in refused.content.decode()
        assert _ready() == 503
        # Who only reads is served.
        assert client.get("/legal").status_code == 200
    assert client.post("/login", form).status_code == 200
    assert _ready() == 200
