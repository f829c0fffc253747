"""The table of docs/SECURITY.md names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _names(module: Path) -> set[str]:
    found = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef)
            }
    return found


def test_every_test_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", text)
    assert len(named) > 80
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or name not in _names(ROOT / path)
    ]
    assert missing == []


def test_every_class_of_holes_has_a_test_or_is_not_there_yet() -> None:
    text = (ROOT / "docs" / "SECURITY.md").read_text("utf-8")
    rows = text.partition("twelve classes")[2].partition("###")[0].splitlines()
    for number in range(1, 13):
        about = [row for row in rows if re.match(rf"\| (\d+ [^|]*, )?{number} ", row)]
        assert about, number
        assert any("`tests/" in row or "not there yet" in row for row in about), number
