"""A visitor of the identity host, and members who know their password."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.billing.conftest import World as BillingWorld
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox

if TYPE_CHECKING:
    from django.test import Client

HOST = "id.localhost"
PASSWORD = "correct horse battery"


class World(BillingWorld):
    """As billing's, with members who can log in."""

    @property
    def password_hash(self) -> str:  # type: ignore[override]
        from tests.identity.members import hashed

        return hashed(PASSWORD)

    def member_id(self, member: int) -> str:
        from kaiin.identity import queries

        found = queries.member(member)
        assert found is not None
        return found.member_id


class Visitor:
    """A browser at the identity host: follows no redirect by itself, sends forms as shown."""

    def __init__(self, client: "Client", language: str = "ja") -> None:
        self.client = client
        client.defaults.update(HTTP_HOST=HOST, HTTP_ACCEPT_LANGUAGE=language)

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def open(self, path: str, **options: Any) -> str:
        """The page at a path, by way of redirects within the identity host."""
        response = self.client.get(path, follow=True, **options)
        assert response.status_code == 200, response.status_code
        return text_of(response)

    def post(self, path: str, **form: str) -> Any:
        return self.client.post(path, form)

    def log_in(self, typed: str, password: str = PASSWORD, **form: str) -> Any:
        """Open the login page, as a browser has to, and send its form."""
        self.client.get("/login", follow=True)
        return self.post("/login", login=typed, password=password, **form)

    def log_in_for(self, member_id: str, site_key: str = "official") -> str:
        """Come from a site, log in, and land where that leads."""
        self.client.get(f"/entry/{site_key}?state={'a' * 64}", follow=True)
        response = self.log_in(member_id)
        assert response.status_code == 302, text_of(response)
        return str(response.headers["Location"])


def text_of(response: Any) -> str:
    """What a page says: its words without tags, runs of white space as one."""
    page = re.sub(
        r'<span class="(?:whole site-name|day)">(.*?)</span>', r"\1", response.content.decode()
    )
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def without_tokens(response: Any) -> str:
    """A page's body with what differs every time taken out: CSRF tokens, an error's reference."""
    pattern = r'(name="csrfmiddlewaretoken" value=")[^"]+'
    page = re.sub(pattern, r"\1", response.content.decode())
    return re.sub(r"<code>[0-9A-Z]{4}-[0-9A-Z]{4}</code>", "", page)


@pytest.fixture
def world(sandbox: Sandbox, clock: Clock, plusmember: object, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


@pytest.fixture
def visitor(client: "Client", world: World) -> Visitor:
    return Visitor(client)
