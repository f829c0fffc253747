"""The demo's mail: one file a message in a folder, instead of a mail server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kaiin.domain.identifiers.reading import canonical_email
from kaiin.infra import clock


@dataclass(frozen=True)
class Mail:
    """One mail as the mailbox shows it."""

    name: str
    at: datetime
    to: str
    sender: str
    subject: str
    body: str


class MailboxBackend(BaseEmailBackend):
    """Writes each message whole, then makes it visible under its final name."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.KAIIN_MAILBOX)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            recipient = re.sub(r"[^\w.@+-]", "_", canonical_email(message.to[0]) or "")
            name = f"{clock.now():%Y%m%dT%H%M%S%fZ}--{recipient}--{uuid4().hex[:8]}.eml"
            draft = folder / f"{name}.draft"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / name)
        return len(messages)


def newest(*, to: str = "", limit: int = 50) -> list[Mail]:
    """The newest mails, those to one address if `to` is given."""
    folder = Path(settings.KAIIN_MAILBOX)
    wanted = re.sub(r"[^\w.@+-]", "_", canonical_email(to) or to.strip().lower())
    names = sorted(
        (path.name for path in folder.glob("*.eml") if wanted in path.name.split("--")[1]),
        reverse=True,
    )
    return [_read(folder / name) for name in names[:limit]]


def one(name: str) -> Mail | None:
    """One mail by its name, or None; names with path parts have none."""
    path = Path(settings.KAIIN_MAILBOX) / Path(name).name
    return _read(path) if path.suffix == ".eml" and path.is_file() else None


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return Mail(
        name=path.name,
        at=datetime.strptime(path.name.split("--")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC),
        to=str(message["To"]),
        sender=str(message["From"]),
        # A subject whose words are long begins on the second line, with the blank of its folding.
        subject=str(message["Subject"]).strip(),
        body=body.get_content() if body is not None else "",
    )
