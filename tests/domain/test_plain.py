"""Typed values are stored as plain ones and come back as they were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from kaiin.domain import plain
from kaiin.domain.money import Money
from kaiin.domain.payments import Method


@dataclass(frozen=True)
class Everything:
    at: datetime
    day: date
    amount: Money | None
    ways: tuple[Method, ...]
    fees: Mapping[Method, int]
    done: bool


everything = st.builds(
    Everything,
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    amount=st.none() | st.builds(Money, st.integers()),
    ways=st.lists(st.sampled_from(Method)).map(tuple),
    fees=st.dictionaries(st.sampled_from(Method), st.integers()),
    done=st.booleans(),
)


@given(everything)
def test_what_is_written_is_read_back(value: Everything) -> None:
    assert plain.read(Everything, plain.write(value)) == value


def test_what_could_not_be_read_back_is_not_written() -> None:
    for value in (1.5, {1, 2}, object(), Money):
        with pytest.raises(TypeError):
            plain.write(value)


@pytest.mark.parametrize(
    ("kind", "stored"), [(int, True), (int, "1"), (date, "soon"), (Method, "cash"), (Money, {})]
)
def test_what_is_none_of_its_type_is_refused(kind: type, stored: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        plain.read(kind, stored)
