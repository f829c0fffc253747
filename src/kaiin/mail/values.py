"""The values of a queued mail: typed for its template, plain where they are stored.

A text, a number or a code is stored as it is; a value of one of these kinds with its kind's name.
Texts in several languages are mappings. A kind's own fields are read back by their types.
"""

from collections.abc import Mapping
from datetime import date, datetime

from kaiin.domain import plain
from kaiin.domain.endings import Ending
from kaiin.domain.money import Money
from kaiin.domain.previews import Renewal

_KINDS: dict[str, type] = {kind.__name__: kind for kind in (date, datetime, Money, Renewal, Ending)}
_KIND, _VALUE = "@", "value"


def encode(value: object) -> object:
    """A value as it is stored. Raises TypeError for one of an unknown kind."""
    kind = type(value).__name__
    if _KINDS.get(kind) is type(value):
        return {_KIND: kind, _VALUE: plain.write(value)}
    if isinstance(value, Mapping):
        return {str(name): encode(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [encode(each) for each in value]
    if value is not None and not isinstance(value, str | int):
        raise TypeError(f"mails take no {kind}")
    return plain.write(value)


def decode(stored: object) -> object:
    """The value that was stored."""
    if isinstance(stored, Mapping):
        if _KIND in stored:
            return plain.read(_KINDS[stored[_KIND]], stored[_VALUE])
        return {name: decode(each) for name, each in stored.items()}
    return [decode(each) for each in stored] if isinstance(stored, list) else stored
