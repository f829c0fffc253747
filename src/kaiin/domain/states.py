"""What the tables of states share: the next state, and the refusal of a pair that no table has."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from kaiin.domain.errors import KaiinError

_State = TypeVar("_State", bound=StrEnum)
_Event = TypeVar("_Event", bound=StrEnum)


class UnknownTransition(KaiinError):
    """An event, or a next state, that a table does not foresee in this state."""

    code = "billing.unknown_transition"


def state_after(
    table: Mapping[tuple[_State, _Event], _State], state: _State, event: _Event
) -> _State:
    """The state after an event. Raises UnknownTransition for a pair that is not in the table."""
    try:
        return table[state, event]
    except KeyError:
        raise UnknownTransition(state=state, event=event) from None


def next_state(table: Mapping[_State, frozenset[_State]], state: _State, wanted: _State) -> _State:
    """`wanted`, where the table leads to it. Raises UnknownTransition."""
    if wanted not in table[state]:
        raise UnknownTransition(state=state, event=wanted)
    return wanted
