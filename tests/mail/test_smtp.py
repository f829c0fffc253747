"""Mail over a real SMTP server: what is in the envelope and in the header."""

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from kaiin.infra import deliveries
from kaiin.infra.consumers import Lane
from kaiin.mail import operations as mail
from kaiin.sites.queries import Sender


class Kept:
    """A server's handler that keeps what it was handed."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.recipients: list[str] = []
        self.connections = 0
        # It ends a connection after so many mails, as servers do.
        self.mails_a_connection = 1000
        self.refuses = ""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        session.mails = getattr(session, "mails", 0) + 1
        if session.mails > self.mails_a_connection:
            return "421 too many mails"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


class Listening(Controller):
    """Keeps what the envelope said, before aiosmtpd reads it: it takes quotes off, too."""

    def factory(self) -> SMTP:
        kept = self.handler
        kept.connections += 1

        class Server(SMTP):
            async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
                kept.recipients.append(arg)
                await super().smtp_RCPT(arg)

        return Server(kept)


@pytest.fixture
def server(settings) -> Iterator[Kept]:
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Listening(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "kaiin.mail.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield kept
    controller.stop()


def queue(number: int) -> None:
    mail.queue(
        to=f"fan{number}@example.jp",
        template="reset_unknown",
        language="ja",
        context={"identity": {"ja": "会員"}, "address": "a", "reset_url": "x", "contact": "y"},
        sender=Sender("会員", "info@example.jp"),
        key=str(number),
    )


def addressed(server: Kept) -> list[str]:
    return [envelope.rcpt_tos[0].partition("@")[0] for envelope in server.envelopes]


@pytest.mark.django_db
@pytest.mark.usefixtures("plusmember")
def test_a_batch_goes_over_one_connection_and_a_refused_mail_fails_alone(server: Kept) -> None:
    for number in range(6):
        queue(number)
    server.refuses = "fan2@example.jp"
    started = server.connections
    assert deliveries.deliver_due(lane=Lane.MAIL) == 6
    assert addressed(server) == ["fan0", "fan1", "fan3", "fan4", "fan5"]
    # After the refusal a new conversation is begun.
    assert server.connections - started == 2
    (left,) = deliveries.undelivered(limit=9)
    assert (left.key, "no such mailbox" in left.last_error) == ("2", True)


@pytest.mark.django_db
@pytest.mark.usefixtures("plusmember")
def test_a_connection_that_the_server_ends_is_made_anew(server: Kept) -> None:
    for number in range(5):
        queue(number)
    server.mails_a_connection = 2
    started = server.connections
    deliveries.deliver_due(lane=Lane.MAIL)
    assert addressed(server) == [f"fan{number}" for number in range(5)]
    assert server.connections - started == 3
    assert deliveries.undelivered(limit=9) == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("plusmember")
@pytest.mark.parametrize(
    ("to", "wire"),
    [
        ("nami..fan.@docomo.ne.jp", '"nami..fan."@docomo.ne.jp'),
        (".hanako@ezweb.ne.jp", '".hanako"@ezweb.ne.jp'),
        ('"a b"@example.com', '"a b"@example.com'),
        ("a..b@example.com", '"a..b"@example.com'),
        ('"a\\"b"@example.com', '"a\\"b"@example.com'),
        ("taro@日本語.jp", "taro@xn--wgv71a119e.jp"),
        ("o'brien+fan@example.com", "o'brien+fan@example.com"),
    ],
)
def test_a_mailbox_is_addressed_as_rfc_5321_demands(server: Kept, to: str, wire: str) -> None:
    mail.send(
        {
            "to": to,
            "template": "reset_unknown",
            "language": "ja",
            "context": {
                "identity": {"ja": "会員"},
                "address": to,
                "reset_url": "x",
                "contact": "y",
            },
            "sender": {"name": "会員", "address": "info@example.jp"},
            "key": "k",
        }
    )
    envelope = server.envelopes[0]
    assert server.recipients == [f"TO:<{wire}>"]
    assert f"To: {wire}\r\n".encode() in (envelope.content or b"")
