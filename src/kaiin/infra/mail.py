"""Mails: queued with the change that causes them, rendered and sent by the worker."""

from dataclasses import asdict, dataclass
from typing import cast

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import override

from kaiin.domain.mail_addresses import wire_form
from kaiin.infra import outbox
from kaiin.infra.crash_points import CrashPoint, reach

TOPIC = "infra.mail"


@dataclass(frozen=True)
class Sender:
    """Whose name and address a mail carries."""

    name: str
    address: str


def queue(
    *, to: str, template: str, language: str, context: dict[str, object], sender: Sender, key: str
) -> None:
    """Queue one mail within the caller's transaction; the same key is mailed only once.

    `template` names `web/mails/<template>.txt`; `context` is JSON.
    """
    payload: dict[str, object] = {
        "to": to,
        "template": template,
        "language": language,
        "context": context,
        "sender": asdict(sender),
        "key": key,
    }
    outbox.publish(topic=TOPIC, key=key, payload=payload, confidential=True)


def send(payload: dict[str, object]) -> None:
    """Render and send a queued mail: the template's first line is its subject."""
    with override(cast(str, payload["language"])):
        rendered = render_to_string(
            f"{payload['template']}.txt",
            cast(dict[str, object], payload["context"]),
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
    message.send()
    reach(CrashPoint.MAIL_SENT)


def _mailbox(sender: Sender) -> str:
    # The name is the tenant's own text: quote it, so that no comma or bracket splits the header.
    name = sender.name.replace("\\", "").replace('"', "")
    return f'"{name}" <{sender.address}>'
