"""The mails about changes and pauses, as `letters`."""

from datetime import datetime

from kaiin.billing.holding import Holding
from kaiin.billing.letters import send
from kaiin.billing.models import Course
from kaiin.billing.wording import card_words, renewal_lines
from kaiin.domain.payments import Method
from kaiin.domain.previews import Renewal
from kaiin.infra import texts
from kaiin.payments.queries import MandateView


def changed(
    holding: Holding,
    key: str,
    *,
    course: Course,
    method: Method,
    from_at: datetime,
    renewal: Renewal | None,
) -> None:
    """A change was paid for."""
    language = holding.member.language
    context = {
        "method": texts.text(f"payments.method.{method}", language),
        "from_on": texts.format_date(from_at, language),
    }
    send(holding, "changed", key, {**_coming(holding, course, renewal), **context})


def change_agreed(
    holding: Holding,
    key: str,
    *,
    course: Course,
    from_at: datetime,
    renewal: Renewal | None,
    undone: bool,
) -> None:
    """The coming renewal is of another course, or again of the running one."""
    language = holding.member.language
    context: dict[str, object] = {
        "from_on": texts.format_date(from_at, language),
        "undone": undone,
    }
    send(holding, "change_agreed", key, {**_coming(holding, course, renewal), **context})


def card_registered(
    holding: Holding,
    key: str,
    *,
    course: Course,
    card: MandateView | None,
    renewal: Renewal | None,
) -> None:
    """A card was registered for the coming renewals: which one."""
    language = holding.member.language
    words = card_words(card, language) if card else ""
    context = {**_coming(holding, course, renewal), "card": words}
    send(holding, "card_registered", key, context)


def paused(
    holding: Holding,
    key: str,
    *,
    course: Course,
    paid_until: datetime,
    paused_until: datetime,
    renewal: Renewal | None,
) -> None:
    """A pause was agreed to."""
    language = holding.member.language
    context = {
        "paid_until": texts.format_end(paid_until, language),
        "paused_until": texts.format_end(paused_until, language),
    }
    send(holding, "paused", key, {**_coming(holding, course, renewal), **context})


def resumed(holding: Holding, key: str, *, course: Course, renewal: Renewal | None) -> None:
    """A pause was taken back, or ended by the member."""
    send(holding, "resumed", key, _coming(holding, course, renewal))


def _coming(holding: Holding, course: Course, renewal: Renewal | None) -> dict[str, object]:
    language = holding.member.language
    return {
        "course": texts.localized(course.name, language),
        "renewal": renewal_lines(renewal, language),
    }
