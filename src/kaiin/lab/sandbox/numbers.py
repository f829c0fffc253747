"""Ids and payment numbers, in the shapes of `domain.references`."""

import random
import string

from kaiin.domain.payments import Method
from kaiin.domain.references import FORMATS, ReferenceKind

_CHARGE_KINDS = {
    Method.CARD: ReferenceKind.CARD_PAYMENT,
    Method.DOCOMO: ReferenceKind.DOCOMO_PAYMENT,
    Method.AU: ReferenceKind.AU_PAYMENT,
    Method.SOFTBANK: ReferenceKind.SOFTBANK_ORDER,
}


class Numbers:
    """Where all randomness comes from, so that a run can be repeated from a seed."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def reference(self, kind: ReferenceKind) -> str:
        """A number as a bill or slip shows it."""
        shape = FORMATS[kind].sandbox_shape
        return "".join(self._source.choice(string.digits) if c == "#" else c for c in shape)

    def of_charge(self, method: Method) -> dict[str, str]:
        """The numbers of one charge; a slip's come when it is issued."""
        kind = _CHARGE_KINDS.get(method)
        return {} if kind is None else {kind.value: self.reference(kind)}

    def of_slip(self) -> dict[str, str]:
        """受付番号 and 確認番号."""
        kinds = (ReferenceKind.KONBINI_SLIP, ReferenceKind.KONBINI_CONFIRMATION)
        return {kind.value: self.reference(kind) for kind in kinds}

    def of_mandate(self, method: Method, last4: str) -> dict[str, str]:
        """The numbers of a contract: au alone shows one to the member."""
        if method is Method.AU:
            return {ReferenceKind.AU_CONTRACT.value: self.reference(ReferenceKind.AU_CONTRACT)}
        return {ReferenceKind.CARD_LAST4.value: last4} if last4 else {}

    def id(self, prefix: str) -> str:
        """An id of the API: unguessable."""
        letters = string.ascii_lowercase + string.digits
        return f"{prefix}_{''.join(self._source.choice(letters) for _ in range(24))}"
