"""The states of a charge: the intent to have one period paid once.

```mermaid
stateDiagram-v2
    direction LR
    [*] --> open
    open --> paid: money came and buys the period
    open --> registered: a card was registered
    open --> parked: money came and buys nothing
    open --> closed: given up or failed
    closed --> paid: late money, when it still buys
    closed --> parked: late money
```
"""

from enum import StrEnum


class ChargeState(StrEnum):
    """REGISTERED: it was for a card, not for money. PARKED: its money buys nothing; a person
    decides."""

    OPEN = "open"
    PAID = "paid"
    REGISTERED = "registered"
    CLOSED = "closed"
    PARKED = "parked"


_S = ChargeState

CHARGE_TRANSITIONS: dict[ChargeState, frozenset[ChargeState]] = {
    _S.OPEN: frozenset({_S.PAID, _S.REGISTERED, _S.CLOSED, _S.PARKED}),
    _S.CLOSED: frozenset({_S.PAID, _S.PARKED}),
    # What went back is written in the ledger; that the charge was paid stays true.
    _S.PAID: frozenset(),
    _S.REGISTERED: frozenset(),
    _S.PARKED: frozenset(),
}
