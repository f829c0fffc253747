"""Tests can fail: no skipping past the assertions, no comparing with a condition."""

import ast
from collections.abc import Iterator

from tests.tidy.source import ROOT, show


def test_no_test_passes_over_its_assertions() -> None:
    """Choose what is looked at before the loop, and assert that it is not empty."""
    found = [
        f"{where}:{node.lineno} {test.name}: {type(node).__name__.lower()}"
        for where, test in _tests()
        for node in _own(test)
        if isinstance(node, ast.Return | ast.Continue)
    ]
    assert not found, show(found)


def test_no_test_skips() -> None:
    """What a test needs is installed by `make test`; where it can't be, the test fails."""
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "tidy" not in path.parts
        for word in ("pytest.skip(", "mark.skip", "importorskip", "SkipTest")
        if word in path.read_text("utf-8")
    ]
    assert not found, show(found)


def test_no_assertion_compares_with_a_condition() -> None:
    """`== (seen and wanted, …)` passes for any `wanted` once `seen` is None too."""
    found = [
        f"{where}:{node.lineno} {test.name}"
        for where, test in _tests()
        for node in _own(test)
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare)
        for side in (node.test.left, *node.test.comparators)
        if isinstance(side, ast.Tuple)
        and any(isinstance(element, ast.BoolOp) for element in side.elts)
    ]
    assert not found, show(found)


def _tests() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield str(path.relative_to(ROOT)), node


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)
