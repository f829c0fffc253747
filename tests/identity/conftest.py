"""Fixtures of identity's tests. Django is not set up yet when this file is read."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import argon2
import pytest

from tests.fixtures.clock import Clock

if TYPE_CHECKING:
    from tests.identity.members import Cost


@pytest.fixture
def tenant(db: None, clock: Clock) -> Iterator[None]:
    """The example tenant, applied."""
    yield from _applied()


@pytest.fixture
def racing_tenant(transactional_db: None, clock: Clock) -> Iterator[None]:
    """As `tenant`, committed, so that other threads' connections see it."""
    yield from _applied()


def _applied() -> Iterator[None]:
    from kaiin.sites import queries
    from tests.identity.members import apply_example

    apply_example()
    yield
    queries.forget()


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> "Callable[[Callable[[], object]], Cost]":
    """Run something and count what it did, at the boundaries: real hashes, real statements."""
    from tests.identity.members import Cost, statements

    counted = {"hashes": 0}
    verify_secret = argon2.low_level.verify_secret
    hash_secret = argon2.low_level.hash_secret

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            counted["hashes"] += 1
            return function(*args, **kwargs)

        return run

    # Django and PasswordHasher reach the C library through these names.
    monkeypatch.setattr(argon2.low_level, "hash_secret", counting(hash_secret))
    monkeypatch.setattr("argon2._password_hasher.verify_secret", counting(verify_secret))
    monkeypatch.setattr("argon2._password_hasher.hash_secret", counting(hash_secret))

    def measure(run: Callable[[], object]) -> "Cost":
        counted["hashes"] = 0
        with statements() as seen:
            run()
        return Cost(counted["hashes"], seen)

    return measure
