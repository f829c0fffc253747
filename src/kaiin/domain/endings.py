"""Why something paid ended, and what the provider had said."""

from dataclasses import dataclass
from datetime import datetime

from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import EndReason


@dataclass(frozen=True, slots=True)
class Failure:
    """A charge that came to nothing. The code's words are `payments.failure.<code>`."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a subscription that was paid for ended. `detail` is the provider's reason for the end of
    a mandate, `failure` its last refusal."""

    subscription_id: int
    reason: EndReason
    detail: str
    method: Method
    paid_until: datetime | None
    failure: Failure | None
