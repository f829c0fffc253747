"""The states of a refund case: money that is to go back, or that staff decide about.

```mermaid
stateDiagram-v2
    direction LR
    [*] --> open
    open --> requested: it is to go back
    open --> declined: it stays here, or went back another way
    open --> done: it went back at the provider
    requested --> done: paid out
    requested --> failed: refused
    done --> failed: it came back
    failed --> requested: tried again
    failed --> done: it went back after all
    failed --> declined: it stays here, or went back another way
    declined --> done: it went back after all
```
"""

from enum import StrEnum


class RefundCaseState(StrEnum):
    """OPEN: staff decide. REQUESTED: payments gives it back. DECLINED: it stays with us."""

    OPEN = "open"
    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"
    DECLINED = "declined"


_S = RefundCaseState

REFUND_CASE_TRANSITIONS: dict[RefundCaseState, frozenset[RefundCaseState]] = {
    _S.OPEN: frozenset({_S.REQUESTED, _S.DECLINED, _S.DONE}),
    _S.REQUESTED: frozenset({_S.DONE, _S.FAILED}),
    _S.DONE: frozenset({_S.FAILED}),
    _S.FAILED: frozenset({_S.REQUESTED, _S.DONE, _S.DECLINED}),
    # A refund that had failed, and then did not.
    _S.DECLINED: frozenset({_S.DONE}),
}
