"""Mail over a real SMTP server: what stands in the envelope and in the header."""

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from kaiin.infra import mail


class Kept:
    """A server's handler that keeps what it was handed."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.recipients: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


class Listening(Controller):
    """Keeps what the envelope said, before aiosmtpd reads it: it takes quotes off, too."""

    def factory(self) -> SMTP:
        kept = self.handler

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
    settings.EMAIL_BACKEND = "kaiin.infra.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield kept
    controller.stop()


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
            "context": {"identity": "会員", "address": to, "reset_url": "x", "contact": "y"},
            "sender": {"name": "会員", "address": "info@example.jp"},
            "key": "k",
        }
    )
    envelope = server.envelopes[0]
    assert server.recipients == [f"TO:<{wire}>"]
    assert f"To: {wire}\r\n".encode() in (envelope.content or b"")
