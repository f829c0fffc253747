"""The list of mutants does not rot: each can still be made."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted(ROOT.glob("mutants/*.toml")), ids=lambda path: path.stem)
def test_the_text_that_a_mutant_replaces_is_once_in_its_file(path: Path) -> None:
    mutants = tomllib.loads(path.read_text())["mutant"]
    moved = [
        f"{mutant['name']}: {mutant['file']}"
        for mutant in mutants
        if (ROOT / mutant["file"]).read_text().count(mutant["old"]) != 1
    ]
    assert not moved
