"""Every step opened again by GET: after what was sent, after going back, in both languages.

Walks joining, changing and a new password, and after each form opens every page of the walk. The
test client raises what a view raises, so an error page fails a test by itself.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.fixtures.sandbox import Sandbox
from tests.web.join.test_join import DETAILS, confirmed, mailed_code
from tests.web.login.conftest import Visitor, World

from kaiin.payments import queries as payments

JOIN = [f"/join/official/{step}" for step in ("", "way", "details", "code", "confirm")]
RESET = ["/reset", "/reset/code", "/reset/done", "/login", "/trouble", "/trouble/sent"]
CHANGE = [
    "/my/official/change",
    "/my/official/change/monthly/docomo",
    "/my/official/change/yearly/konbini",
    "/my/official/leave",
    "/my/official/pause",
    "/my/official/resume",
    "/my",
]


@pytest.fixture
def world(sandbox: Sandbox, clock: Any, plusmember: object, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


class Walker(Visitor):
    """A browser that opens every page of a walk again after each form it has sent."""

    def __init__(self, paths: list[str], language: str) -> None:
        super().__init__(Client(), language)
        self.paths, self.language = paths, language

    def send(self, path: str, **form: str) -> Any:
        answer = self.post(path, **form)
        assert answer.status_code in (200, 302, 303), (path, answer.status_code)
        for again in self.paths:
            page = self.get(again)
            # A redirect leads to another page of the walk, or into the site.
            assert page.status_code in (200, 302), (again, page.status_code)
            if page.status_code == 200:
                assert page.headers["Content-Language"] == self.language
        return answer

    def pay_page(self, path: str, **form: str) -> str:
        """Send a confirmation; the payment's id, whose pages belong to the walk from now on."""
        payment_id = str(self.send(path, **form).headers["Location"].rpartition("/")[2])
        self.paths = [*self.paths, f"/pay/return/{payment_id}"]
        return payment_id


both_languages = pytest.mark.parametrize("language", ["ja", "en"])


@both_languages
def test_joining(world: World, deliver: Callable[[], int], language: str) -> None:
    walker = Walker(JOIN, language)
    walker.send("/join/official/", choice="")
    walker.send("/join/official/", choice="yearly")
    walker.send("/join/official/way", choice="konbini")
    walker.send("/join/official/details", **{**DETAILS, "birth_date_month": "13"})
    walker.send("/join/official/details", **DETAILS)
    page = walker.get("/join/official/details").content.decode()
    for name, typed in (("year", "1998"), ("month", "4"), ("day", "7")):
        assert f'name="birth_date_{name}" value="{typed}"' in page
    assert 'value="髙﨑 花子"' in page
    walker.send("/join/official/details", **{**DETAILS, "email": "hana@mail.example"})
    walker.send("/join/official/code", code="000000")
    walker.send("/join/official/code/again")
    code = mailed_code(deliver)
    walker.send("/join/official/code", code=code)
    walker.send("/join/official/code", code=code)
    walker.send("/join/official/", choice="monthly")
    walker.send("/join/official/way", choice="card")
    payment_id = walker.pay_page("/join/official/confirm", **confirmed(walker))
    payment = payments.payment(payment_id)  # type: ignore[arg-type]
    assert payment is not None
    walker.send(f"/pay/return/{payment_id}")
    world.sandbox.pay(payment)
    walker.send(f"/pay/return/{payment_id}")
    walker.send("/join/official/", choice="monthly")


@both_languages
def test_a_new_password(world: World, settings: Any, language: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    member_id = world.member_id(world.member())
    walker = Walker(RESET, language)
    walker.get("/login", follow=True)
    walker.send("/reset", login="")
    walker.send("/reset", login=member_id)
    world.work()
    code = re.findall(r"\b\d{8}\b", mail.outbox[-1].body)[0]
    walker.send("/reset/code", code="12345678", password="a brand new passphrase")
    walker.send("/reset/code", code=code, password="short")
    walker.send("/reset/code", code=code, password="a brand new passphrase")
    walker.send("/reset/code", code=code, password="a brand new passphrase")


@both_languages
def test_changing_pausing_and_leaving(world: World, language: str) -> None:
    walker = Walker(CHANGE, language)
    walker.log_in(world.member_id(world.joined()))
    walker.get("/my/official/change?course=monthly&way=docomo")
    walker.send("/my/official/change/monthly/docomo", kind="", total="")
    payment_id = walker.pay_page("/my/official/change/monthly/docomo", kind="prepaid", total="550")
    payment = payments.payment(payment_id)  # type: ignore[arg-type]
    assert payment is not None
    walker.send("/my/official/leave")
    walker.send("/my/official/stay")
    walker.send("/my/official/pause", choice="1")
    walker.send("/my/official/resume", kind="undo", total="0")
