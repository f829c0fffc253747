"""What must be hidden is, and what only looks like it survives: a labelled corpus.

Numbers of cards (13 to 19 digits, Luhn's check) are stored nowhere and shown to no one, in
whichever field one was typed. Payment numbers, which members and staff search by, stay whole.
"""

import re

import pytest
from django.test import Client

from kaiin.infra.log_masking import mask_log
from tests.security.browsing import IDENTITY
from tests.web.login.conftest import Visitor, World

pytestmark = pytest.mark.few_on_postgres(0)

CARDS = (
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "４２４２　４２４２　４２４２　４２４２",
    "5555 5555 5555 4444",
    "2223003122003222",
    "378282246310005",
    "3530111333300000",
    "6011111111111117",
    "30569309025904",
    "4222222222222",
    "4242 4242 4242 4242 12/27",
    "VISA 4242424242424242",
    "4242/4242/4242/4242",
    "カードは④②④②④②④②④②④②④②④②です",
    "taro@example.com 4242424242424242",
)
NO_CARDS = (
    "123456789012",  # a docomo payment number
    "E123456789",
    "E12345678",
    "09012345678",
    "4242424242424241",  # Luhn's check fails
    "hanako4242424242424242@example.jp",
    "12345678",
)
KEPT_WHOLE = ("123456789012", "400000000002")


@pytest.mark.parametrize("path", ["/login", "/reset", "/trouble"])
def test_a_card_number_is_neither_shown_nor_kept(
    world: World, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from kaiin.identity.models import LoginAttempt
    from kaiin.infra.models import Event, ThrottleBucket

    for typed in CARDS:
        visitor = Visitor(Client())
        visitor.get("/login", follow=True)
        page = visitor.post(path, login=typed, password=typed)
        assert page.status_code == 200
        seen = page.content.decode() + str(dict(visitor.client.session))
        assert typed not in seen, typed
    for model in (LoginAttempt, Event, ThrottleBucket):
        assert not model._default_manager.exists()
    log = "".join(capfd.readouterr())
    assert [typed for typed in CARDS if typed in log] == []


@pytest.mark.parametrize("typed", NO_CARDS)
def test_what_is_none_stays_in_the_field(world: World, typed: str) -> None:
    visitor = Visitor(Client())
    assert f'value="{typed}"' in visitor.log_in(typed, "wrong").content.decode()


@pytest.mark.parametrize("typed", KEPT_WHOLE)
def test_twelve_digits_of_a_payment_survive(world: World, typed: str) -> None:
    from kaiin.domain.references import ReferenceKind, canonical
    from kaiin.sites import queries as sites

    assert sites.identify(typed).value == typed
    assert canonical(ReferenceKind.DOCOMO_PAYMENT, typed) == typed


def test_the_command_says_card_and_never_which(world: World) -> None:
    from kaiin.domain.identifiers.reading import identify
    from kaiin.sites import queries as sites

    for typed in CARDS:
        found = identify(typed, sites.tenant().member_id_format)
        assert (found.kind, found.value, found.suggestion) == ("card_number", None, None), typed


def test_no_form_of_ours_asks_for_a_card(world: World) -> None:
    client = Client(HTTP_HOST=IDENTITY)
    client.post("/join/official/", {"choice": "monthly"})
    client.post("/join/official/way", {"choice": "card"})
    for path in ("/login", "/reset", "/trouble", "/join/official/details"):
        page = client.get(path, follow=True).content.decode()
        # Not the whole page: three letters also come up in a random token.
        fields = re.findall(r"<(?:input|select|textarea|label)\b[^>]*>", page)
        asked = re.findall(r'(?:name|id|autocomplete|for)="([^"]*)"', " ".join(fields))
        assert "csrfmiddlewaretoken" in asked, path
        assert [each for each in asked if re.search(r"cc-|cvc|cvv|card|pan$", each.lower())] == []


@pytest.mark.parametrize("typed", CARDS[-5:])
def test_nor_in_any_field_of_a_form_of_ours(world: World, typed: str) -> None:
    client = Client(HTTP_HOST=IDENTITY)
    client.post("/join/official/", {"choice": "monthly"})
    client.post("/join/official/way", {"choice": "card"})
    fields = ("email", "nickname", "legal_name", "legal_name_kana", "prefecture", "phone")
    page = client.post(
        "/join/official/details",
        dict.fromkeys(fields, typed) | {"password": "a long enough one", "email_meant": typed},
    )
    seen = page.content.decode() + str(dict(client.session))
    assert page.status_code == 200
    assert typed not in seen
    assert "カード番号は入力しないでください" in seen


def test_details_that_come_by_another_way_are_checked_too(world: World) -> None:
    from kaiin.identity import operations
    from kaiin.identity.errors import DetailsInvalid

    with pytest.raises(DetailsInvalid) as refused:
        operations.validate_details({"nickname": "VISA 4242424242424242"}, ["nickname"])
    assert refused.value.errors == {"nickname": "identifier.is_card_number"}


def test_a_path_to_go_on_to_contains_none(world: World) -> None:
    client = Client(HTTP_HOST=IDENTITY)
    client.get("/login?next=/mypage/4242-4242-4242-4242", follow=True)
    assert "4242" not in str(dict(client.session))


@pytest.mark.parametrize("typed", CARDS)
def test_no_log_line_contains_one(typed: str) -> None:
    event = {"event": f"got {typed}", "list": [typed], "map": {typed: (typed,)}, "object": {typed}}
    assert typed not in str(mask_log(None, "info", event))


def test_log_lines_without_one_stay_as_they_are() -> None:
    event = {"event": "決済番号：123456789012", "amount": 550, "exception": "a\n  b", "none": None}
    assert mask_log(None, "info", dict(event)) == event
