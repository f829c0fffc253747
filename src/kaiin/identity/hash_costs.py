"""The costs of imported password hashes, so that every try pays each of them."""

from kaiin.identity import passwords
from kaiin.identity.models import HashCost, Member
from kaiin.identity.passwords import TODAY, Costs
from kaiin.infra.prepared import Select

_NOTED = Select(lambda: HashCost.objects.order_by("costs").values_list("memory", "passes", "lanes"))


def note(member_pk: int, password_hash: str) -> None:
    """Remember what a member's imported hash costs, if it is not what ours cost today."""
    costs = passwords.costs_of(password_hash)
    if costs is None or costs == TODAY:
        return
    HashCost.objects.get_or_create(
        costs=str(costs),
        defaults={"memory": costs.memory, "passes": costs.passes, "lanes": costs.lanes},
    )
    Member.objects.filter(pk=member_pk).update(hash_costs=str(costs))


def known() -> tuple[Costs, ...]:
    """Today's costs and those noted, each once; one query over a few rows."""
    return (TODAY, *(Costs(*row) for row in _NOTED.rows()))


def forget_unused() -> int:
    """Forget costs that no hash has any more, once all were made anew; how many."""
    unused = [
        noted.pk
        for noted in HashCost.objects.all()
        if not Member.objects.filter(hash_costs=noted.costs, hash_costs__gt="").exists()
    ]
    return HashCost.objects.filter(pk__in=unused).delete()[0]
