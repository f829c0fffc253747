"""Where password hashes are computed: one at a time in a process, with a bound on who waits.

A hash keeps a core busy for 30 ms; a crowd that logs in would else take every thread from the
members who are in already. Whether there is a place depends on no account, and is asked before
anything is counted or looked up.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kaiin.identity.errors import Crowded
from kaiin.infra.places import Full, Places

# `kaiin serve` runs a process a core, and says how many of its threads may wait.
places = Places(at_once=1, waiting=6)


@contextmanager
def place(*, always: bool = False) -> Iterator[None]:
    """Take part in hashing for the whole of an operation. Raises Crowded.

    `always`: staff at their own login, whom their networks keep few.
    """
    try:
        with places.taken(always=always):
            yield
    except Full:
        raise Crowded from None
