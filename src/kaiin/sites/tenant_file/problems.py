"""What is wrong in a tenant file: where, what, and what to write instead."""

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from kaiin.domain.errors import KaiinError

Path = tuple[str | int, ...]

# What people write for a value that has another name here.
OTHER_NAMES = {
    "credit": "card",
    "credit_card": "card",
    "creditcard": "card",
    "dbarai": "docomo",
    "d_barai": "docomo",
    "kddi": "au",
    "ymobile": "softbank",
    "y!mobile": "softbank",
    "convenience_store": "konbini",
    "cvs": "konbini",
    "month": "monthly",
    "yearly": "lump_sum",
    "annual": "lump_sum",
    "once": "lump_sum",
    "auto": "automatic",
    "auto_renewal": "automatic",
    "recurring": "automatic",
    "month_end": "through_month_end",
    "mandatory": "required",
    "yes": "true",
    "no": "false",
    "jp": "ja",
    "japanese": "ja",
    "english": "en",
    "color": "colour",
    "domain": "host",
    "methods": "ways",
    "payment_methods": "ways",
    "amount": "price",
    "email": "address",
    "message": "body",
    "benefits": "what_you_get",
}


@dataclass(frozen=True, order=True)
class Position:
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """One error: `line` and `column` from 1, `path` such as `sites.official.colour`."""

    line: int
    column: int
    path: str
    message: str
    instead: str

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


class TenantFileErrors(KaiinError):
    """The file can't be used; `problems` are all its errors, in the file's order."""

    code = "sites.bad_tenant_file"

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(set(problems)))
        super().__init__(file=name, count=len(self.problems))

    def __str__(self) -> str:
        return "\n".join(
            f"{self.name}:{each.line}:{each.column}: {each.path}: {each.message}"
            for each in self.problems
        )


def meant(word: object, choices: Iterable[str]) -> str | None:
    """The choice that the writer of `word` probably meant."""
    known = list(choices)
    folded = unicodedata.normalize("NFKC", str(word)).strip().lower().replace(" ", "_")
    other = OTHER_NAMES.get(folded)
    if other in known:
        return other
    close = difflib.get_close_matches(folded.replace("-", "_"), known, n=1, cutoff=0.6)
    return close[0] if close else None


def path_text(document: object, path: Path) -> str:
    """A path for people: lists of things with a key are named by it."""
    parts: list[str] = []
    here = document
    for step in path:
        here = inside(here, step)
        key = here.get("key") if isinstance(step, int) and isinstance(here, dict) else None
        unnamed = f"[{step}]" if isinstance(step, int) else f".{step}"
        parts.append(f".{key}" if isinstance(key, str) else unnamed)
    return "".join(parts).lstrip(".") or "file"


def inside(here: object, step: str | int) -> object:
    """The value at a step of a path; None where there is none."""
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None
