"""Fans of the example tenant in every standing, made by joining, paying and time passing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.billing.conftest import World
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox

if TYPE_CHECKING:
    from django.http import HttpResponse

HOST = "id.localhost"


class Visitor:
    """A browser on the identity host."""

    def __init__(self, client: Client, member: int | None) -> None:
        from kaiin.identity.flows.sessions import start_session

        self.client = client
        if member is not None:
            client.cookies["kaiin"] = start_session(member_pk=member, user_agent="Browser")

    def get(self, path: str, language: str = "en") -> "HttpResponse":
        return self.client.get(path, HTTP_HOST=HOST, HTTP_ACCEPT_LANGUAGE=language)

    def post(self, path: str, language: str = "en", **form: str) -> "HttpResponse":
        return self.client.post(path, form, HTTP_HOST=HOST, HTTP_ACCEPT_LANGUAGE=language)

    def text(self, path: str = "/my", language: str = "en") -> str:
        """The words of a page's main part, as they are read, on one line."""
        from html import unescape
        from re import sub

        response = self.get(path, language)
        assert response.status_code == 200, response.headers.get("Location", "")
        body = response.content.decode()
        main = body[body.index("<main") : body.index("</main>")]
        main = sub(r'<span class="(?:whole site-name|day)">(.*?)</span>', r"\1", main)
        return sub(r"\s+", " ", unescape(sub(r"<[^>]+>", " ", main))).strip()


class Fans(World):
    """The world with members who gave all that the tenant asks for."""

    def member(self, email: str | None = "", language: str = "ja", **details: Any) -> int:
        from kaiin.identity import operations as identity
        from kaiin.identity.flows.register import import_member

        self._members += 1
        defaults = {
            "nickname": "はなこ",
            "legal_name": "山﨑 花子",
            "legal_name_kana": "ヤマザキ ハナコ",
            "birth_date": "1998-04-07",
            "prefecture": "JP-13",
            "phone": "090-1234-5678",
        }
        return import_member(
            member_id=None,
            email=f"hanako{self._members}@example.jp" if email == "" else email,
            password_hash="!",
            details=identity.validate_details(defaults | details, tuple(defaults)),
            language=language,
            created_at=self.clock.now(),
            actor="system:tests",
        )

    def queued(self, template: str) -> int:
        """How many mails of a template were ever queued; sent ones keep nothing but their key."""
        from kaiin.infra.models import Event

        found = Event.objects.filter(topic="mail.queued", key__startswith=f"{template}:")
        return found.count()


@pytest.fixture
def fans(sandbox: Sandbox, clock: Clock, plusmember: object, deliver: Callable[[], int]) -> Fans:
    """The tenant plusmember, an empty sandbox, noon of 22 November 2026."""
    return Fans(sandbox, clock, deliver)


@pytest.fixture
def visit() -> Callable[[int | None], Visitor]:
    """A browser, logged in as a member or not at all."""
    return lambda member: Visitor(Client(), member)
