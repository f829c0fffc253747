"""Reads what the engine logs: an unforeseen error ends the run."""

import logging
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

# Logged as errors on purpose, and expected here: what an outage or another's event brings.
_EXPECTED = ("payments.event_stuck", "payments.provider_silent_for")
_FORESEEN = ("ProviderUnavailable", "SMTPServerDisconnected")
# A row is parked for an error that the code does not expect: that is never foreseen.
_PARKED = "worker.row_parked"


def start(broke: Callable[[str, tuple[str, ...]], None]) -> None:
    """Call `broke` for every error that is logged and not foreseen, with the ids of the rows that
    it is about; say nothing aloud."""

    def hear(_logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        if method in ("error", "exception", "critical") and event["event"] not in _EXPECTED:
            trace = str(structlog.processors.format_exc_info(_logger, method, event))
            if event["event"] == _PARKED:
                broke(trace, (f"{event['kind'].partition('.')[0]}:{event['key']}",))
            elif not any(name in trace for name in _FORESEEN):
                broke(trace, ())
        raise structlog.DropEvent

    structlog.configure(
        processors=[hear],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )


def stop() -> None:
    """Back to what the settings say is not needed: the run's process ends after it."""
    structlog.reset_defaults()
