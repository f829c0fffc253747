"""The mails about changes and pauses, as `letters`."""

from datetime import datetime

from kaiin.billing.holding import Holding
from kaiin.billing.letters import send
from kaiin.billing.models import Course
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import last_day
from kaiin.infra import texts


def changed(
    holding: Holding,
    key: str,
    *,
    course: Course,
    method: Method,
    from_at: datetime,
    next_charge_at: datetime | None,
) -> None:
    """A change was paid for."""
    language = holding.member.language
    context = {
        "method": texts.text(f"payments.method.{method}", language),
        "from_on": texts.format_date(from_at, language),
    }
    send(holding, "changed", key, {**_coming(holding, course, next_charge_at), **context})


def change_agreed(
    holding: Holding,
    key: str,
    *,
    course: Course,
    from_at: datetime,
    next_charge_at: datetime | None,
    next_amount: Money | None,
    undone: bool,
) -> None:
    """The coming renewal is of another course, or again of the running one."""
    language = holding.member.language
    context: dict[str, object] = {
        "from_on": texts.format_date(from_at, language),
        "amount": (
            texts.format_money(next_amount.amount, next_amount.currency, language)
            if next_amount
            else ""
        ),
        "undone": undone,
    }
    send(holding, "change_agreed", key, {**_coming(holding, course, next_charge_at), **context})


def card_registered(
    holding: Holding, key: str, *, course: Course, next_charge_at: datetime | None
) -> None:
    """A card was registered for the coming renewals."""
    send(holding, "card_registered", key, _coming(holding, course, next_charge_at))


def paused(
    holding: Holding,
    key: str,
    *,
    course: Course,
    paid_until: datetime,
    paused_until: datetime,
    next_charge_at: datetime | None,
) -> None:
    """A pause was agreed to."""
    language = holding.member.language
    context = {
        "paid_until": texts.format_date(last_day(paid_until), language),
        "paused_until": texts.format_date(last_day(paused_until), language),
    }
    send(holding, "paused", key, {**_coming(holding, course, next_charge_at), **context})


def resumed(holding: Holding, key: str, *, course: Course, next_charge_at: datetime | None) -> None:
    """A pause was taken back, or ended by the member."""
    send(holding, "resumed", key, _coming(holding, course, next_charge_at))


def _coming(holding: Holding, course: Course, next_charge_at: datetime | None) -> dict[str, object]:
    language = holding.member.language
    return {
        "course": texts.localized(course.name, language),
        "next_charge_on": texts.format_date(next_charge_at, language) if next_charge_at else "",
    }
