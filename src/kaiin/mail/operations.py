"""Mails: queued with the change that causes them, rendered and sent by the worker."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict
from smtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected
from typing import cast

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import override

from kaiin.domain.mail_addresses import wire_form
from kaiin.infra import event_log
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.locks import refuse_in_transaction
from kaiin.mail import values
from kaiin.sites.queries import Sender

TOPIC = "mail.queued"
_CLOSING = 421
_shared: ContextVar[BaseEmailBackend | None] = ContextVar("mail_connection", default=None)


def queue(
    *, to: str, template: str, language: str, context: dict[str, object], sender: Sender, key: str
) -> None:
    """Queue one mail within the caller's transaction; the same key is mailed only once.

    `template` names `templates/<template>.txt`, which writes the values of `context` out in
    `language`: texts, numbers, codes, and the kinds of `values.py`.
    """
    payload: dict[str, object] = {
        "to": to,
        "template": template,
        "language": language,
        "context": values.encode(context),
        "sender": asdict(sender),
        "key": key,
    }
    event_log.publish(topic=TOPIC, key=key, payload=payload, confidential=True)


def send(payload: dict[str, object]) -> None:
    """Render and send a queued mail: the template's first line is its subject."""
    with override(cast(str, payload["language"])):
        rendered = render_to_string(
            f"{payload['template']}.txt",
            cast(dict[str, object], values.decode(payload["context"])),
            using="mails",
        )
    subject, _, body = rendered.strip().partition("\n")
    sender = Sender(**cast(dict[str, str], payload["sender"]))
    message = EmailMessage(
        subject=subject.strip(),
        body=body.strip() + "\n",
        from_email=_mailbox(sender),
        to=[wire_form(cast(str, payload["to"]))],
        headers={"X-Kaiin-Key": cast(str, payload["key"]), "Auto-Submitted": "auto-generated"},
    )
    _send(message)
    reach(CrashPoint.MAIL_SENT)


@contextmanager
def one_connection() -> Iterator[None]:
    """Mails that are sent meanwhile share one connection to the mail server."""
    connection = get_connection()
    token = _shared.set(connection)
    try:
        yield
    finally:
        _shared.reset(token)
        _close(connection)


def _send(message: EmailMessage) -> None:
    """Over the shared connection; where the server has closed it meanwhile, over a new one."""
    refuse_in_transaction()
    shared = _shared.get()
    if shared is None:
        message.send()
        return
    message.connection = shared
    try:
        is_new = shared.open()
        try:
            message.send()
        except SMTPException as error:
            if is_new is not False or not _is_closed(error):
                raise
            _close(shared)
            shared.open()
            message.send()
    except Exception:
        # The next mail begins a new conversation; this one may have broken off anywhere.
        _close(shared)
        raise


def _is_closed(error: SMTPException) -> bool:
    """Whether the server ended the connection: servers take so many mails over one, or wait so
    long for the next."""
    return isinstance(error, SMTPServerDisconnected) or (
        isinstance(error, SMTPResponseException) and error.smtp_code == _CLOSING
    )


def _close(connection: BaseEmailBackend) -> None:
    with suppress(SMTPException, OSError):
        connection.close()


def _mailbox(sender: Sender) -> str:
    # The name is the tenant's own text: quote it, so that no comma or bracket splits the header.
    name = sender.name.replace("\\", "").replace('"', "")
    return f'"{name}" <{sender.address}>'
