"""The package's files, read once."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "kaiin"
CONTEXTS = ("infra", "sites", "mail", "identity", "payments", "billing", "diagnosis")


@dataclass(frozen=True)
class Module:
    """A Python file: its path below the package, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the package but migrations."""
    files = (f for f in sorted(PACKAGE.rglob("*.py")) if "migrations" not in f.parts)
    return tuple(_read(file) for file in files)


@cache
def templates() -> dict[str, str]:
    """All templates, of pages and of mails, by their path below the package."""
    files = [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.glob("mail/templates/*.txt")]
    return {str(f.relative_to(PACKAGE)): f.read_text("utf-8") for f in sorted(files)}


def show(found: list[str]) -> str:
    """Findings, one a line, for an assertion's message."""
    return "\n".join(["", *found])


def _read(file: Path) -> Module:
    text = file.read_text("utf-8")
    return Module(str(file.relative_to(PACKAGE)), text, ast.parse(text))
