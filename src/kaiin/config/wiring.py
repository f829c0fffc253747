"""The one table: which event reaches which operation."""

from kaiin.infra import mail, outbox

HANDLERS: dict[str, list[outbox.Handler]] = {
    mail.TOPIC: [mail.send],
}


def connect() -> None:
    """Hand the table to the outbox, once, at start."""
    outbox.route(HANDLERS)
