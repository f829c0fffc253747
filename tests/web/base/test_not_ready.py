"""Before the first apply, and without a database, pages say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from kaiin.web.base import errors


@pytest.mark.django_db
def test_before_the_first_apply_every_page_is_the_maintenance_page(client: Client) -> None:
    response = client.get("/", HTTP_HOST="id.localhost")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "errors.maintenance" in response.content.decode()
    assert client.get("/readyz", HTTP_HOST="node-3").status_code == 503


def test_without_a_database_the_maintenance_page_is_still_served(
    plusmember: object, client: Client
) -> None:
    from kaiin.sites import queries

    queries.forget()
    with _no_database():
        response = client.get("/", HTTP_HOST="official.localhost")
    assert response.status_code == 503


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "name", ["bad_request", "forbidden", "not_found", "failure", "stale_form", "maintenance"]
)
def test_error_pages_need_no_middleware(name: str, language: str) -> None:
    request = RequestFactory().get("/somewhere")
    request.language = language  # type: ignore[attr-defined]
    page = errors.error_page(request, 500, name)
    assert f"errors.{name}" in page.content.decode()


@contextmanager
def _no_database() -> Iterator[None]:
    def refuse(*args: Any) -> None:
        raise OperationalError("no connection")

    with connection.execute_wrapper(refuse):
        yield
