"""Small breakages without thought: comparisons, conditions, constants and signs, turned round.

Each flip changes one expression of one line.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What is flipped, and the tests that are to notice, nearest first.
_PLACES = {
    "src/kaiin/domain/{periods,previews,payments,subscriptions,dunning,entitlements,ledger,"
    "changes,money}.py": (
        "tests/domain --ignore-glob=*identifiers* --ignore-glob=*addresses* --ignore-glob=*typed*",
    ),
    "src/kaiin/payments/{operations,snapshots,inbox,polling,orders,refunds,charging}.py": (
        "tests/payments",
        "tests/billing",
    ),
    "src/kaiin/billing/{outcomes,membership}/*.py": ("tests/billing",),
    "src/kaiin/billing/actions/*.py": ("tests/billing",),
    "src/kaiin/infra/{event_log,deliveries,audit,locks}.py": ("tests/infra", "tests/billing"),
}

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SIGNS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
}


@dataclass(frozen=True)
class Flip:
    """A breakage as `scripts.mutants` wants it: `old` and `new` are the whole file."""

    name: str
    says: str
    file: str
    old: str
    new: str
    catchers: tuple[str, ...]


def flips(root: Path) -> Iterator[Flip]:
    """All that there are; hundreds."""
    for pattern, catchers in _PLACES.items():
        for path in sorted(_files(root, pattern)):
            source = path.read_text()
            file = str(path.relative_to(root))
            for node, flipped in _flipped(ast.parse(source)):
                old, new = _segment(source, node), ast.unparse(flipped)
                if old is None or "\n" in old or "\n" in new:
                    continue
                where = f"{path.stem}:{node.lineno}:{node.col_offset}"
                broken = _replace(source, node, f"({new})" if " " in new else new)
                yield Flip(where, f"{old} → {new}", file, source, broken, catchers)


def _files(root: Path, pattern: str) -> Iterator[Path]:
    head, brace, rest = pattern.partition("{")
    if not brace:
        yield from (path for path in root.glob(pattern) if path.stem != "__init__")
        return
    names, _, tail = rest.partition("}")
    for name in names.split(","):
        path = root / f"{head}{name}{tail}"
        if path.is_file():
            yield path


def _flipped(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in _expressions(tree):
        match node:
            case ast.Compare(left=left, ops=[op], comparators=right) if type(op) in _COMPARISONS:
                yield node, ast.Compare(left, [_COMPARISONS[type(op)]()], right)
            case ast.BoolOp(op=op, values=values):
                yield node, ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                yield node, operand
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                if not _is_text(left) and not _is_text(right) and not _is_type(node):
                    yield node, ast.BinOp(left, _SIGNS[type(op)](), right)
            case ast.Constant(value=bool(value)):
                yield node, ast.Constant(not value)
            case ast.Constant(value=int(value)):
                yield node, ast.Constant(value + 1)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                yield node, ast.IfExp(test, orelse, body)


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that says what is done: no decorators, no types, no texts."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield child
                yield from _expressions(child)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_type(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.BitOr)


def _segment(source: str, node: ast.expr) -> str | None:
    return ast.get_source_segment(source, node)


def _replace(source: str, node: ast.expr, new: str) -> str:
    """The source with the text of a node of one line replaced; columns count UTF-8 bytes."""
    lines = source.splitlines(keepends=True)
    line = lines[node.lineno - 1].encode()
    end = node.end_col_offset or node.col_offset
    lines[node.lineno - 1] = (line[: node.col_offset] + new.encode() + line[end:]).decode()
    return "".join(lines)
