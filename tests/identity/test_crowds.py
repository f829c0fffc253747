"""Many log in at once: a few hash, some wait, the rest are asked to come again at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kaiin.identity import hashing, operations
from kaiin.identity.errors import Crowded
from kaiin.identity.flows import login
from kaiin.identity.models import LoginAttempt
from kaiin.identity.passwords import Argon2id
from kaiin.infra.models import ThrottleBucket
from kaiin.infra.places import Full, Places
from tests.identity.members import log_in, make_member


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Places:
    """One hashes, two wait."""
    places = Places(at_once=1, waiting=2)
    monkeypatch.setattr(hashing, "places", places)
    return places


@pytest.mark.usefixtures("racing_tenant")
def test_a_crowd_takes_no_more_than_its_places(few: Places, monkeypatch) -> None:
    """Real threads and the real hasher: the first ones are kept until all the others were
    answered, so that the answers can't have waited for a place."""
    make_member()
    gate = threading.Event()
    hashing_now: list[int] = []
    most: list[int] = []
    verify = Argon2id.verify

    def counted(hasher: Argon2id, password: str, encoded: str) -> bool:
        hashing_now.append(1)
        most.append(len(hashing_now))
        gate.wait(20)
        try:
            return verify(hasher, password, encoded)
        finally:
            hashing_now.pop()

    monkeypatch.setattr(Argon2id, "verify", counted)
    sent_away = threading.Semaphore(0)

    def one(_: int) -> Any:
        try:
            return log_in("hanako@example.jp")
        except Crowded as error:
            sent_away.release()
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        results = pool.map(one, range(12))
        for _ in range(9):
            assert sent_away.acquire(timeout=20)
        # Those who were sent away were neither counted nor looked up.
        gate.set()
        results = list(results)
    assert sum(isinstance(each, Crowded) for each in results) == 9
    assert [each.refusal for each in results if not isinstance(each, Crowded)] == [None] * 3
    assert max(most) == 1
    assert LoginAttempt.objects.count() == 3
    assert log_in("hanako@example.jp").refusal is None


@pytest.mark.usefixtures("tenant")
def test_being_sent_away_counts_for_nothing_and_staff_only_wait(few: Places) -> None:
    with few.taken(), few.taken(), few.taken():
        for typed in ("hanako@example.jp", "nobody@example.jp"):
            with pytest.raises(Crowded):
                log_in(typed)
        with pytest.raises(Crowded):
            operations.hash_password("x" * 8)
        assert not ThrottleBucket.objects.exists()
        assert not LoginAttempt.objects.exists()
        at_the_desk = login.log_in(
            typed="nobody@example.jp", password="x", device=None, site_key=None,
            user_agent="", at_staff_door=True,
        )  # fmt: skip
        assert at_the_desk.refusal == "identity.login_refused"
    assert log_in("nobody@example.jp").refusal == "identity.login_refused"


def test_a_place_is_free_again_after_an_error() -> None:
    places = Places(at_once=1, waiting=0)
    with pytest.raises(ZeroDivisionError), places.taken(), places.turn():
        _ = 1 / 0
    with places.taken():
        with pytest.raises(Full), places.taken():
            pass
        with places.taken(always=True):
            pass
    places.let_wait(1)
    with places.taken(), places.taken():
        pass
