"""What must be true of the money after any history: by the books and by the provider's store."""

from tests.billing.conftest import World, balances, windows_survive_a_rebuild


def books(world: World) -> dict[str, int]:
    """The accounts that are not at zero; fails unless they agree with the provider's own store,
    and the windows of access with a rebuild."""
    found = balances()
    assert found.get("provider_cash", 0) == at_provider(world)
    windows_survive_a_rebuild()
    return found


def at_provider(world: World) -> int:
    """Our money at the provider, by its own rows alone."""
    with world.sandbox.app.service.store.transaction() as tx:
        payments = tx.all("SELECT * FROM payment WHERE status = 'paid'")
        refunds = tx.all("SELECT * FROM refund WHERE status = 'done'")
    lost = {row["id"] for row in payments if row["dispute"] == "lost"}
    came: int = sum(row["received_amount"] for row in payments if row["id"] not in lost)
    went: int = sum(row["amount"] for row in refunds if row["payment_id"] not in lost)
    return came - went
