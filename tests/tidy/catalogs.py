"""The text catalogs and where code and templates name their ids."""

import ast
import re
from dataclasses import dataclass
from functools import cache

from fluent.syntax import FluentParser, ast as ftl
from fluent.syntax.visitor import Visitor

from tests.tidy.source import PACKAGE, modules, templates

LANGUAGES = ("ja", "en")
_QUOTED = re.compile(r"\"([^\"{}%\n]*)\"|'([^'{}%\n]*)'")
# A code or the beginning of one that is completed at run time: `standing.` + state.
_CODE_LIKE = re.compile(r"[a-z][\w-]*(?:[.-][\w-]*)*")
# What completes a code at run time: finding.code + `.title`.
_END = re.compile(r"[._-][a-z][\w.-]*")


@dataclass(frozen=True)
class Text:
    """One text: in which file, what it must be given, what is wrong with its syntax."""

    file: str
    variables: frozenset[str]


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


@cache
def catalog(language: str) -> dict[str, Text]:
    """All texts of a language, by id."""
    texts: dict[str, Text] = {}
    for file in sorted((PACKAGE / "locales" / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text("utf-8")).body:
            if isinstance(entry, ftl.Message):
                found = _Variables()
                found.visit(entry)
                texts[entry.id.name] = Text(file.name, frozenset(found.names))
    return texts


@cache
def written(language: str) -> dict[str, str]:
    """All texts of a language as they are written, by id."""
    found: dict[str, str] = {}
    for file in sorted((PACKAGE / "locales" / language).glob("*.ftl")):
        source = file.read_text("utf-8")
        for entry in FluentParser().parse(source).body:
            if isinstance(entry, ftl.Message) and entry.value and entry.value.span:
                found[entry.id.name] = source[entry.value.span.start : entry.value.span.end]
    return found


@cache
def faults() -> tuple[str, ...]:
    """Lines that are no Fluent, and ids that are defined twice."""
    found = []
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for file in sorted((PACKAGE / "locales" / language).glob("*.ftl")):
            name = f"{language}/{file.name}"
            for entry in FluentParser().parse(file.read_text("utf-8")).body:
                if isinstance(entry, ftl.Junk):
                    found.append(f"{name}: not Fluent: {(entry.content or '').splitlines()[0]}")
                elif isinstance(entry, ftl.Message):
                    if entry.id.name in seen:
                        found.append(f"{name}: {entry.id.name} is in {seen[entry.id.name]} too")
                    seen[entry.id.name] = name
    return tuple(found)


@cache
def asked_for() -> dict[str, str]:
    """Ids that are named whole where a text is asked for, and where."""
    found: dict[str, str] = {}
    for path, text in templates().items():
        for code in re.findall(r"\{%-?\s*t\s+[\"']([^\"']+)[\"']\s*(?=[%\w])", text):
            found[_id(code)] = path
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _name(node.func) in ("text", "t") and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found[_id(code.value)] = f"{module.path}:{node.lineno}"
            elif isinstance(node, ast.ClassDef):
                found |= {_id(code): f"{module.path}:{node.lineno}" for code in _error_codes(node)}
    return found


@cache
def used() -> frozenset[str]:
    """Ids that code or templates name: whole, or as a beginning or an end that is completed."""
    literals = _literals()
    whole = {_id(literal) for literal in literals if _CODE_LIKE.fullmatch(literal)}
    beginnings = tuple(code for code in whole if code.endswith(("-", "_")))
    ends = tuple(_id(literal) for literal in literals if _END.fullmatch(literal))

    def is_used(name: str) -> bool:
        return (
            name in whole
            or name.startswith(beginnings)
            or any(name.endswith(end) and name.removesuffix(end) in whole for end in ends)
        )

    return frozenset(filter(is_used, catalog(LANGUAGES[0])))


def _literals() -> set[str]:
    literals: set[str] = set()
    for text in templates().values():
        literals |= {double or single for double, single in _QUOTED.findall(text)}
    for module in modules():
        literals |= {
            node.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    for script in PACKAGE.rglob("*.js"):
        literals |= {double or single for double, single in _QUOTED.findall(script.read_text())}
    return literals


def _error_codes(node: ast.ClassDef) -> list[str]:
    """`code = "join.already_member"` in the body of a class."""
    return [
        statement.value.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == "code"
        and isinstance(statement.value, ast.Constant)
        and "." in str(statement.value.value)
    ]


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _id(code: str) -> str:
    return code.replace(".", "-")
