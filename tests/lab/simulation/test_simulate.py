"""A few seeds of `kaiin simulate`, as an operator runs it; many are `make soak`."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

_KAIIN = Path(sys.executable).parent / "kaiin"


def _simulate(*options: str) -> dict[str, Any]:
    done = subprocess.run(
        [_KAIIN, "simulate", "--json", *options],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": "random"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.few_on_postgres(0)
def test_nothing_is_found() -> None:
    result = _simulate("--seed", "3", "--members", "10", "--months", "3", "--faults", "usual")
    assert result["violation"] is None
    assert result["money_received"] > 0


@pytest.mark.django_db
def test_the_same_seed_is_the_same_run_and_the_database_named_is_never_touched() -> None:
    """A hostile one, whose processes are killed."""
    before = connection.introspection.table_names()
    options = ("--members", "8", "--months", "3", "--faults", "hostile", "--crash")
    first, second = (_simulate("--seed", "5", *options) for _ in range(2))
    assert first["violation"] is None
    assert first["money_received"] > 0
    assert first["digest"] == second["digest"]
    assert connection.introspection.table_names() == before


_INCOME_FAILS = """
from kaiin.cli import simulate
from kaiin.cli.app import app

play = simulate._play

def spoilt(plan, folder):
    from kaiin.billing.actions import expire

    def recognition(*_):
        raise ValueError("an error that no code expects")

    expire.ledger.recognition = recognition
    return play(plan, folder)

simulate._play = spoilt
app()
"""


@pytest.mark.few_on_postgres(0)
def test_a_parked_row_ends_the_run_with_its_members_story() -> None:
    options = ("--seed", "1", "--members", "3", "--months", "3", "--faults", "none")
    done = subprocess.run(
        [sys.executable, "-c", _INCOME_FAILS, "simulate", *options],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": "random"},
    )
    assert done.returncode == 1, done.stderr
    output = done.stdout
    assert "violation: step.broke  period:" in output
    assert "an error that no code expects" in output
    who = re.search(r"^seed 1, day .*, (p\d+)$", output, re.MULTILINE)
    assert who
    assert f"{who[1]}  " in output.partition(who[0])[2]
    assert "\nmemberships:\n" in output
