"""No call to an outside service is made inside a transaction; the test's own is not counted."""

import httpx
import pytest

from kaiin.infra import http, pacing
from kaiin.infra.locks import OutsideCallInTransaction, transaction
from kaiin.mail import operations as mail
from kaiin.mail.smtp import SmtpBackend

pytestmark = pytest.mark.django_db


def test_http() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(204))
    client = http.client(base_url="http://a.example", timeout_seconds=1, transport=transport)
    request = client.build_request("GET", "/")
    assert http.send(client, request).status_code == 204
    with pytest.raises(OutsideCallInTransaction), transaction():
        http.send(client, request)
    assert http.send(client, request).status_code == 204


def test_smtp() -> None:
    with pytest.raises(OutsideCallInTransaction), transaction():
        SmtpBackend(host="127.0.0.1", port=1).open()
    with pytest.raises(ConnectionRefusedError):
        SmtpBackend(host="127.0.0.1", port=1).open()


@pytest.mark.usefixtures("plusmember")
def test_mails_by_every_way_of_sending(mailoutbox: list[object]) -> None:
    payload: dict[str, object] = {
        "to": "fan@example.jp",
        "template": "reset_unknown",
        "language": "ja",
        "context": {"identity": {"ja": "会員"}, "address": "a", "reset_url": "x", "contact": "y"},
        "sender": {"name": "会員", "address": "info@example.jp"},
        "key": "k",
    }
    with pytest.raises(OutsideCallInTransaction), transaction():
        mail.send(payload)
    mail.send(payload)
    assert len(mailoutbox) == 1


def test_calls_of_other_threads() -> None:
    assert list(pacing.in_parallel(str, [1, 2], at_once=2)) == ["1", "2"]
    with pytest.raises(OutsideCallInTransaction), transaction():
        list(pacing.in_parallel(str, [1, 2], at_once=2))
