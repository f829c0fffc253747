"""Bad luck on the way to the provider and back, in spells of hours and days."""

import json
from datetime import timedelta
from random import Random

from kaiin.lab.life import receive_notice
from kaiin.lab.sandbox.switches import DECLINES, Switch
from kaiin.lab.simulation.plan import Faults
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.trace import Trace

_HOUR = 60
_DAY = 24 * _HOUR
# What a spell may bring, with the range of its value; some come and go from call to call.
_OF_NOTICES = {
    Switch.DELAY: (1, 3 * _HOUR),
    Switch.DUPLICATE: (1, 3),
    Switch.REORDER: (1, 1),
    Switch.DROP: (1, 1),
    Switch.STORE_REPORT: (1, 180),
}
_OF_CALLS = (Switch.TIME_OUT, Switch.ANSWER_LOST, Switch.DECLINE, Switch.LATE)
# Minutes after which a call without an answer may still be carried out: the provider promises it.
_MAX_LATE = 10


class Weather:
    """The switches of the sandbox, turned from spell to spell and from step to step."""

    def __init__(self, faults: Faults, provider: Provider, trace: Trace) -> None:
        self._faults = faults
        self._provider = provider
        self._trace = trace
        self._on: dict[Switch, str] = {}
        # Faults of calls that this spell has, and how likely they are in a step.
        self._gusty: tuple[Switch, ...] = ()
        self._likelihood = 0.0

    @property
    def is_down(self) -> bool:
        """Whether the provider answers nothing at all."""
        return Switch.DOWN in self._on

    def change(self, chance: Random) -> timedelta:
        """Begin another spell; how long it lasts."""
        self.calm()
        if self._faults is Faults.NONE:
            return timedelta(days=3650)
        hostile = self._faults is Faults.HOSTILE
        if chance.random() > (0.8 if hostile else 0.3):
            return timedelta(hours=chance.randint(6, 48))
        for _ in range(chance.randint(1, 3) if hostile else 1):
            self._begin(chance, hostile=hostile)
        if self.is_down:
            return timedelta(minutes=chance.randint(30, 12 * _HOUR if hostile else 2 * _HOUR))
        hours = 5 * 24 if hostile and Switch.DROP in self._on else 24
        return timedelta(hours=chance.randint(2, hours))

    def gust(self, chance: Random) -> None:
        """Before a step: faults of calls come and go."""
        if not self._gusty and not self._on.keys() & set(_OF_CALLS):
            return
        for switch in _OF_CALLS:
            blows = switch in self._gusty and chance.random() < self._likelihood
            value = _value(switch, chance) if blows else ""
            if blows:
                self._trace.count(f"fault {switch}")
            self._turn(switch, value)

    def calm(self) -> None:
        """Every fault off."""
        self._gusty, self._likelihood = (), 0.0
        for switch in tuple(self._on):
            self._turn(switch, "")

    def litter(self, chance: Random) -> None:
        """Messages without a proof, or of another merchant."""
        if self._faults is Faults.NONE:
            return
        if chance.random() < 0.3:
            self._provider.foreign_event()
            self._trace.count("fault foreign event")
        if self._faults is Faults.HOSTILE and chance.random() < 0.3:
            self._garbage(chance)

    def _begin(self, chance: Random, *, hostile: bool) -> None:
        kind = chance.random()
        if kind < 0.15:
            self._turn(Switch.DOWN, "0")
            self._trace.count("fault down")
        elif kind < 0.55:
            self._gusty = tuple(dict.fromkeys((*self._gusty, chance.choice(_OF_CALLS))))
            self._likelihood = chance.uniform(0.1, 0.9 if hostile else 0.3)
        else:
            switch = chance.choice(tuple(_OF_NOTICES))
            low, high = _OF_NOTICES[switch]
            if switch is Switch.DELAY and hostile and chance.random() < 0.3:
                high = 5 * _DAY
            self._turn(switch, str(chance.randint(low, high)))
            self._trace.count(f"fault {switch}")

    def _turn(self, switch: Switch, value: str) -> None:
        if self._on.get(switch, "") == value:
            return
        self._provider.put_switch(switch.value, value)
        if value:
            self._on[switch] = value
        else:
            del self._on[switch]

    def _garbage(self, chance: Random) -> None:
        body = chance.choice(
            (
                b"",
                b"\xff\x00garbage",
                json.dumps({"id": "evt_1", "type": "payment.paid"}).encode(),
                b'{"id": "evt_2", "application": "kaiin", "data": {"order_id": "x"}}',
            )
        )
        signature = chance.choice(("", "t=1,v1=00", "t=notatime,v1=", "v1=" + "0" * 64))
        status = receive_notice(
            body, {"Content-Type": "application/json", "Sandbox-Signature": signature}
        )
        self._trace.count(f"fault garbage, answered {status}")


def _value(switch: Switch, chance: Random) -> str:
    if switch is Switch.DECLINE:
        return chance.choice(DECLINES)
    if switch is Switch.LATE:
        return str(chance.randint(1, _MAX_LATE))
    return "0"
