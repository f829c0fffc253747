"""The document against the models; pydantic's errors in words that say what to write instead."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kaiin.sites.tenant_file.document import Document
from kaiin.sites.tenant_file.fields import ITSELF, LANGUAGES
from kaiin.sites.tenant_file.models import TenantFile, schema
from kaiin.sites.tenant_file.problems import Path, inside, meant

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_MESSAGES = {
    "string_pattern_mismatch": "{value} does not fit here",
    "greater_than_equal": "{value} is less than {ge:,}",
    "less_than_equal": "{value} is more than {le:,}",
    "string_too_short": "empty",
    "too_short": "empty",
    "string_too_long": "longer than {max_length}",
    "too_long": "longer than {max_length}",
    "json_invalid": "an escape such as \\ud800 is half of a character",
}
# How pydantic marks an error of a key of a mapping.
_KEY = "[key]"
_Part = Mapping[str, Any]


def check(document: Document) -> tuple[TenantFile | None, set[Path]]:
    """The file's values, or None: then every error is noted. With the paths of what is at fault."""
    named = _value(document, ("identity", "languages"))
    listed = named if isinstance(named, list) else []
    languages = tuple(dict.fromkeys(each for each in listed if each in LANGUAGES))
    # Strict JSON: lists become tuples and words enumerations, but 550.0 no whole number.
    plain = json.dumps(document.root)
    try:
        return TenantFile.model_validate_json(plain, strict=True, context=languages), set()
    except ValidationError as refused:
        errors = refused.errors(include_url=False)
    wrong: set[Path] = set()
    # What is said of a key goes before what is said of its value: one error a value.
    for error in sorted(errors, key=lambda error: error["loc"][-1:] != (_KEY,)):
        if error["type"] == "missing":
            _note_missing(document, error["loc"])
        elif error["type"] == "extra_forbidden" or error["loc"][-1:] == (_KEY,):
            path = error["loc"] if error["type"] == "extra_forbidden" else error["loc"][:-1]
            _note_unknown(document, path)
            wrong.add(path)
        else:
            path = error["loc"]
            while path and path not in document.values:
                path = path[:-1]
            # pydantic counts only the items that are right: a list of wrong ones is not empty.
            counts = error["type"] == "too_short" and _value(document, path)
            if path not in wrong and not counts:
                wrong.add(_note(document, path, error))
    return None, wrong


def _note_unknown(document: Document, path: Path) -> None:
    part, name = _part(path[:-1]), str(path[-1])
    free = [each for each in _names(part) if each not in _mapping(document, path[:-1])]
    if _value(document, path) is None and "string" in part["type"]:
        # {en: Videos, photos and more}: to YAML the comma begins another key.
        message, instead = "cut off: a comma ends a text within {…}", "quotes around the text"
    else:
        guess = meant(name, free)
        message = f"“{name}” is not known here{_did_you_mean(guess)}"
        one = f"{free[0]}:" if len(free) == 1 else f"one of {', '.join(free)}"
        instead = f"{guess}:" if guess else one if free else "nothing: take it out"
    document.add(path, message, instead, key=True)


def _note_missing(document: Document, path: Path) -> None:
    known, name, given = _names(_part(path[:-1])), path[-1], _mapping(document, path[:-1])
    free = [each for each in known if each not in given]
    # A misspelled key gets an error of its own, with the name that was meant.
    if name not in {meant(each, free) for each in given if each not in known}:
        instead = f"{name}: ({_write(_part(path))})"
        document.add(path[:-1], f"“{name}” is missing", instead, key=True)


def _note(document: Document, path: Path, error: ErrorDetails) -> Path:
    """Note an error of a value. Returns the path of what is at fault."""
    part, value, kind = _part(path), _value(document, path), error["type"]
    context = error.get("ctx", {})
    if kind == "ours":
        inner = context["key"]
        if inner not in ("", ITSELF):
            path = (*path, int(inner) if isinstance(value, list) else inner)
        document.add(path, context["message"], context["instead"], key=bool(inner))
    elif kind in ("enum", "literal_error"):
        guess = meant(value, part["enum"])
        message = f"{_shown(value)} is not known here{_did_you_mean(guess)}"
        document.add(path, message, guess or _write(part))
    elif kind.endswith("_type"):
        document.add(path, *_wrong_type(document, path, part, value))
    else:
        kind = "too_short" if value == "" else kind
        said = _MESSAGES.get(kind, "{message}")
        message = said.format(value=_shown(value), message=error["msg"], **context)
        fits = kind == "string_pattern_mismatch"
        document.add(path, message, _better(part, value, value) if fits else _write(part))
    return path


def _wrong_type(document: Document, path: Path, part: _Part, value: object) -> tuple[str, str]:
    if value is None and path in document.swallowed:
        return "empty: what follows a # without quotes is a comment", _write(part)
    names = part["type"] if isinstance(part["type"], list) else [part["type"]]
    wanted = " or ".join(_TYPES[name] for name in names)
    written = document.written.get(path, value)
    how = " without quotes" if isinstance(value, int | float) and "string" in names else ""
    return f"{_shown(written)}{how} is not {wanted}", _better(part, value, written)


def _value(document: Document, path: Iterable[str | int]) -> object:
    here = document.root
    for step in path:
        here = inside(here, step)
    return here


def _mapping(document: Document, path: Iterable[str | int]) -> dict[str, object]:
    return cast("dict[str, object]", _value(document, path))


def _part(path: Iterable[str | int]) -> _Part:
    """The schema's part for a path."""
    part = schema()
    for step in path:
        if isinstance(step, int):
            part = _resolved(part["items"])
        else:
            part = _resolved(part.get("properties", {}).get(step) or part["additionalProperties"])
    return part


def _resolved(part: _Part) -> _Part:
    reference = part.get("$ref")
    if reference is None:
        return part
    return {**schema()["$defs"][reference.rpartition("/")[2]], **part}


def _names(part: _Part) -> list[str]:
    """The keys that a mapping may have."""
    return list(part.get("properties") or _resolved(part["propertyNames"])["enum"])


def _write(part: _Part) -> str:
    """What belongs in a place: what its model says, or what follows from type and bounds."""
    example = f", such as {part['default']}" if part.get("default") else ""
    kind = "enum" if "enum" in part else part.get("type")
    if "x-write" in part:
        said = part["x-write"]
    elif kind == "enum":
        said = _joined(part["enum"], "or")
    elif kind == "integer":
        said = f"a whole number from {part['minimum']} to {part['maximum']}{example}"
    elif kind == "array":
        choices = _resolved(part["items"]).get("enum", ())
        some = f"[{', '.join(choices[:2])}]" if choices else part.get("default")
        said = f"a list such as {some}" if some else f"a list of {_write(_resolved(part['items']))}"
    elif kind == "object":
        names = [f"{name}:" for name in part.get("required") or _names(part)]
        more = [*names[:3], "so on"] if len(names) > 3 else names
        said = _joined(more, "and" if "required" in part else "or")
    else:
        said = "true or false" if kind == "boolean" else "a text"
    return str(said)


def _better(part: _Part, value: object, written: object) -> str:
    """The very value that was probably meant, or what belongs here in general."""
    if part["type"] == "integer":
        whole = _whole_number(written)
        if whole is not None and whole >= part.get("minimum", whole):
            return str(whole)
    if isinstance(written, str) and "pattern" in part:
        for candidate in _forms(written):
            if re.search(part["pattern"], candidate):
                quoted = not isinstance(value, str) or candidate.startswith("#")
                return f'"{candidate}"' if quoted else candidate
    return _write(part)


def _forms(value: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", value).strip()
    host = re.sub(r"^[a-z]+://|[:/].*$", "", plain.lower())
    return (plain, plain.upper(), plain.lower(), f"#{plain}", host, plain.lower().replace("_", "-"))


def _whole_number(written: object) -> int | None:
    plain = unicodedata.normalize("NFKC", str(written)).replace(",", "")
    found = re.fullmatch(r"\s*¥?\s*([0-9]{1,9})(\.0+)?\s*(円|yen)?\s*", plain)
    return int(found[1]) if found else None


def _joined(names: list[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _did_you_mean(guess: str | None) -> str:
    return f"; did you mean “{guess}”?" if guess else ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
