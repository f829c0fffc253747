"""The cards of the sandbox. Their numbers are the ones that payment services publish for tests.

Any other number is refused and none is stored: a real card has no business here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """What a test card does. `declines` at once, `renewals_fail` later, "" if it does not."""

    number: str
    brand: str
    declines: str = ""
    renewals_fail: str = ""
    three_ds_fails: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


CARDS = (
    Card("4242424242424242", "Visa"),
    Card("5555555555554444", "Mastercard"),
    Card("3566002020360505", "JCB"),
    Card("4000008400001629", "Visa", three_ds_fails=True),
    Card("4000000000000002", "Visa", declines="card_declined"),
    Card("4000000000009995", "Visa", declines="insufficient_funds"),
    Card("4000000000000069", "Visa", declines="expired_card"),
    Card("4000000000000127", "Visa", declines="incorrect_cvc"),
    Card("4000000000000341", "Visa", renewals_fail="card_declined"),
)
_BY_NUMBER = {card.number: card for card in CARDS}
_BY_LAST4 = {card.last4: card for card in CARDS}


def find(number: str) -> Card | None:
    """The test card of a number, written without spaces."""
    return _BY_NUMBER.get(number)


def by_last4(last4: str) -> Card:
    """A test card that was found before; its last four digits are all that is kept of it."""
    return _BY_LAST4[last4]
