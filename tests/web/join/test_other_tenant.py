"""The museum's friends: English alone, one site, card alone. Nothing of the fan club shows."""

import re
from collections.abc import Callable

import pytest
from tests.fixtures.sandbox import Sandbox
from tests.web.join.test_join import confirmed, mailed_code
from tests.web.login.conftest import Visitor, text_of

from kaiin.billing.views.memberships import list_memberships
from kaiin.payments import queries as payments
from kaiin.sites import queries as sites

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.django_db
def test_a_friend_joins_without_a_word_of_japanese(
    client, sandbox: Sandbox, clock, friends, deliver: Callable[[], int]
) -> None:
    identity = sites.identity_url("/").split("/")[2].split(":")[0]
    visitor = Visitor(client, language="ja")
    client.defaults["HTTP_HOST"] = identity
    seen = [visitor.get("/join/friends/")]
    visitor.post("/join/friends/", choice="friend")
    seen.append(visitor.get("/join/friends/way"))
    visitor.post("/join/friends/way", choice="card")
    seen.append(visitor.get("/join/friends/details"))
    typed = {"email": "anne@mail.example", "password": "a quiet steam tug"}
    details = {"legal_name": "Anne Boyd", "nickname": "Anne", "phone": "+44 20 7946 0018"}
    answer = visitor.post("/join/friends/details", **typed, **details)
    assert answer.status_code == 302, text_of(answer)
    seen.append(visitor.get("/join/friends/code"))
    visitor.post("/join/friends/code", code=mailed_code(deliver))
    seen.append(visitor.get("/join/friends/confirm"))
    paying = visitor.post("/join/friends/confirm", **confirmed(visitor, "friends"))
    payment = payments.payment(paying.headers["Location"].rpartition("/")[2])
    assert payment is not None
    sandbox.pay(payment)
    seen += [visitor.get(f"/pay/return/{payment.id}"), visitor.get("/my"), visitor.get("/login")]
    for page in seen:
        assert not _JAPANESE.search(text_of(page)), text_of(page)
    [view] = list_memberships(payment.member_ref, at=clock.now())
    assert view.member_number == 1001
    assert visitor.get("/my").wsgi_request.member.member_id.startswith("M")
