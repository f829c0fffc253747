"""Property tests try the same examples in every process, after any imports."""

import os
import subprocess
import sys

_SCRIPT = """
import importlib, sys
from hypothesis import given, strategies as st
from tests.fixtures.examples import always_the_same

for module in sys.argv[1:]:
    importlib.import_module(module)
always_the_same()

@given(st.text(), st.integers(), st.sampled_from(["one", "two"]))
def shown(text, number, word):
    print(ascii((text, number, word)))

shown()
"""


def _examples(*modules: str, hashes: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *modules],
        env=os.environ | {"PYTHONHASHSEED": hashes},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout.splitlines()


def test_examples_depend_on_no_loaded_module() -> None:
    alone = _examples(hashes="1")
    assert len(alone) > 50
    beside = _examples("kaiin.domain.identifiers", "kaiin.domain.accounting", hashes="2")
    assert beside == alone
