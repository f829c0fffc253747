"""Known, unknown, wrong and locked take the same time.

What matters is asserted exactly elsewhere (one hash, the same statements); this looks for
any other difference. The kinds are sampled in turn, in shuffled rounds, so that other load of
the machine falls on all alike, and compared by ranks: how often is a time of one kind the
longer one? Equal kinds give one half. With 30 rounds the chance of leaving the
accepted band by luck is below one in a hundred thousand; a missing hash gives 0 or 1.
"""

import random
import time

import pytest

from kaiin.identity import accounts
from kaiin.identity.flows import login
from kaiin.identity.flows.register import import_member
from kaiin.identity.flows.staff import disable_member
from kaiin.identity.passwords import Argon2id
from kaiin.infra import clock
from kaiin.sites import queries as sites
from tests.identity.members import log_in, make_member

pytestmark = pytest.mark.few_on_postgres(0)

ROUNDS = 30
BAND = 0.33


class Imported(Argon2id):
    """Hashes of another system, at another cost."""

    memory_cost, time_cost = 8192, 1


@pytest.mark.usefixtures("racing_tenant", "real_hashes")
def test_failures_take_the_same_time() -> None:
    make_member("known@example.jp")
    make_member("locked@example.jp")
    closed = make_member("closed@example.jp")
    disable_member(member_pk=closed, actor="staff:1", reason="test")
    for _ in range(11):
        log_in("locked@example.jp", "wrong")
    import_member(
        member_id=None,
        email="imported@example.jp",
        password_hash=Imported().encode("kx9 mq2w vv3", "salt" * 4),
        details={},
        language="ja",
        created_at=clock.now(),
        actor="system:test",
    )
    kinds = {
        "wrong": "known@example.jp",
        "unknown": "nobody@example.jp",
        "unknown id": "E87654321",
        "locked": "locked@example.jp",
        "imported at other costs": "imported@example.jp",
        "disabled": "closed@example.jp",
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, typed in random.sample(list(kinds.items()), len(kinds)):
            before = time.perf_counter()
            result = log_in(typed, "wrong")
            times[kind].append(time.perf_counter() - before)
            assert result.refusal == "identity.login_refused"
            if kind != "locked":
                _forget(typed)

    longer = {kind: _longer(times[kind], times["wrong"]) for kind in kinds if kind != "wrong"}
    assert [kind for kind, share in longer.items() if abs(share - 0.5) > BAND] == [], longer


def _forget(typed: str) -> None:
    """Take back the count, so that this kind does not become a locked one."""
    identified = sites.identify(typed)
    login.forget_failures(accounts.bucket(accounts.find(identified), identified))


def _longer(one: list[float], other: list[float]) -> float:
    """The share of pairs in which the first is the longer (Mann and Whitney's U, as a share)."""
    return sum(a > b for a in one for b in other) / (len(one) * len(other))
