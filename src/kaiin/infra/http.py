"""Calls to outside services: every one has a time-out and an outcome that is named."""

from typing import TYPE_CHECKING

from kaiin.domain.errors import KaiinError
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.locks import refuse_in_transaction

# Large: loaded by the first call, since most commands read only the errors' names.
if TYPE_CHECKING:
    import httpx


class OutsideRefused(KaiinError):
    """The service answered no; asking again the same way is useless."""

    code = "outside.refused"


class OutsideUnavailable(KaiinError):
    """The service could not be reached: surely nothing happened there. Try again later."""

    code = "outside.unavailable"


class OutsideUnknown(KaiinError):
    """The call was sent and no answer came: it may have happened. Ask before doing it again."""

    code = "outside.unknown"


class OutsideUnreadable(OutsideUnknown):
    """It answered, and its answer about this one thing can't be read: it is not silent."""


def client(
    *, base_url: str, timeout_seconds: float, transport: "httpx.BaseTransport | None" = None
) -> "httpx.Client":
    """A client whose every step (connect, read, write, pool) ends within the time-out."""
    import httpx  # noqa: PLC0415

    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 2.0)),
        transport=transport,
        follow_redirects=False,
    )


def send(client: "httpx.Client", request: "httpx.Request") -> "httpx.Response":
    """Send one request; a failure is raised as the outcome that it means.

    Raises OutsideUnavailable (nothing was sent), OutsideUnknown (time-out or a broken answer,
    or a 5xx: it may have happened). Other answers, refusals too, are returned. Raises
    OutsideCallInTransaction, too.
    """
    import httpx  # noqa: PLC0415

    refuse_in_transaction()
    reach(CrashPoint.OUTSIDE_CALLED)
    try:
        response = client.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise OutsideUnavailable(reason=type(error).__name__) from error
    except httpx.TransportError as error:
        raise OutsideUnknown(reason=type(error).__name__) from error
    reach(CrashPoint.OUTSIDE_ANSWERED)
    if response.status_code >= 500:
        raise OutsideUnknown(reason=f"status {response.status_code}")
    return response
