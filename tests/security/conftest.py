"""A visitor of the identity host, members who know their password, and mails kept in memory."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.login.conftest import visitor, world

if TYPE_CHECKING:
    from tests.web.login.conftest import World

__all__ = ["visitor", "world"]


@pytest.fixture
def mailbox(settings: Any) -> list[Any]:
    """Every mail that was sent."""
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def member(world: "World") -> int:
    """A member with an account and no membership."""
    return world.member()
