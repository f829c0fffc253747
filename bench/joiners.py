"""Who is charged and who joins while the door is watched; on the environment's database and its
sandbox provider, a process of its own.

    python -m bench.joiners club 10000    # members whose month ends, and their contracts there
    python -m bench.joiners ready 100     # members who are about to pay; prints how each goes on
    python -m bench.joiners arrivals 0    # when the notice of each order came
"""

import json
import os
import sys
from datetime import datetime

from kaiin.cli.loading import load_django
from kaiin.domain.periods import JST

JOINED = datetime(2026, 11, 5, 12, tzinfo=JST)


def club(count: int) -> None:
    """So many members who joined on the 5th and are renewed on the 1st."""
    from bench import cloning, people  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415
    from kaiin.lab.sandbox import cards, mandates  # noqa: PLC0415
    from kaiin.lab.sandbox.environment import app_from  # noqa: PLC0415
    from kaiin.payments.models import Mandate  # noqa: PLC0415

    clock.freeze(JOINED)
    people.join(1)
    cloning.clone(1, count - 1)
    service = app_from(os.environ).service
    with service.store.transaction() as tx:
        for key, member_ref in Mandate.objects.values_list("provider_mandate_id", "member_ref"):
            asked = {
                "application": "kaiin",
                "customer": f"m{member_ref}",
                "method": "card",
                "amount": 550,
                "currency": "JPY",
            }
            mandates.insert(tx, asked, mandate_id=key, card=cards.CARDS[0])


def ready(count: int) -> list[dict[str, str]]:
    """So many members who have chosen a course and opened the provider's page."""
    from bench.people import SITE, cookies  # noqa: PLC0415
    from kaiin.infra import randomness  # noqa: PLC0415
    from kaiin.lab import life  # noqa: PLC0415

    found = []
    for _ in range(count):
        pk = life.register(
            f"{randomness.uuid().hex}@mail.example",
            actor="system:bench",
            details={"nickname": "会員", "legal_name": "山田 花子"},
        )
        payment = life.join(pk, site=SITE).payment
        if payment is None or payment.checkout is None:
            sys.exit("bench: the sandbox opened no page")
        root, site = cookies(pk)
        token = payment.checkout.url.rstrip("/").rpartition("/")[2]
        found.append({"token": token, "root": root, "site": site})
    return found


def arrivals() -> dict[str, str]:
    """When the notice of each paid order arrived, by its own way."""
    from kaiin.payments.models import ProviderEvent  # noqa: PLC0415

    found = ProviderEvent.objects.filter(kind="payment.paid", listed=False)
    return {order: at.isoformat() for order, at in found.values_list("order_id", "received_at")}


def main() -> None:
    load_django()
    what, count = sys.argv[1:]
    if what == "club":
        club(int(count))
    else:
        print(json.dumps(ready(int(count)) if what == "ready" else arrivals()))


if __name__ == "__main__":
    main()
