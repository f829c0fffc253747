"""What no log line contains. Free of Django, because the settings import it."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from kaiin.domain.card_numbers import has_card_number, without_card_numbers


def mask_log(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: no value of a log line contains a card number."""
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_card_numbers(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(each) for each in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    # Other objects are rendered by their repr.
    shown = str(value) if isinstance(value, int) else repr(value)
    return without_card_numbers(shown) if has_card_number(shown) else value
