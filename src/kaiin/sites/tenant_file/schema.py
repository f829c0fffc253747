"""The published JSON schema, and its errors in words that say what to write instead."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from kaiin.sites.tenant_file.document import Document
from kaiin.sites.tenant_file.problems import meant
from kaiin.sites.tenant_file.values import Path

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA_FILE = FilePath(__file__).resolve().parent.parent / "tenant.schema.json"

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


@cache
def schema() -> Mapping[str, Any]:
    """The schema as editors get it."""
    loaded: Mapping[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return loaded


@cache
def _validator() -> Any:
    # Late: it is a tenth of what every command loads, and needed by few.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    # JSON schema takes 550.0 for an integer; a price of 550.0 is a slip of the keyboard.
    whole = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return extend(Draft202012Validator, type_checker=whole)(schema())


def check(document: Document) -> set[Path]:
    """Note every error against the schema. Returns the paths of the values at fault."""
    wrong: set[Path] = set()
    for error in _validator().iter_errors(document.root):
        # One error a value: an empty value gets none about its form.
        if tuple(error.absolute_path) not in wrong or error.validator in _OF_KEYS:
            wrong |= set(_note(document, error))
    return wrong


def _note(document: Document, error: "ValidationError") -> Iterable[Path]:
    path: Path = tuple(error.absolute_path)
    teller = _TELLERS.get(str(error.validator))
    if teller is None:
        document.add(path, error.message, _write(error))
        return [path]
    return teller(document, path, error)


def _unknown_keys(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    choices = list(error.schema.get("properties", ()))
    free = [name for name in choices if name not in error.instance]
    for name in error.instance:
        if name in choices:
            continue
        here = (*path, name)
        if error.instance[name] is None and "string" in error.schema["type"]:
            # {en: Videos, photos and more}: to YAML the comma begins another key.
            document.add(
                here, "cut off: a comma ends a text within {…}", "quotes around the text", key=True
            )
            yield here
            continue
        guess = meant(name, free)
        said = f"; did you mean “{guess}”?" if guess else ""
        document.add(
            here,
            f"“{name}” is not known here{said}",
            f"{guess}:" if guess else _one_of(free) if free else "nothing: take it out",
            key=True,
        )
        yield here


def _missing_key(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    choices = list(error.schema["properties"])
    free = [name for name in choices if name not in error.instance]
    # A misspelled key gets an error of its own, with the name that was meant.
    misspelled = {meant(name, free) for name in error.instance if name not in choices}
    for name in error.validator_value:
        # jsonschema reports each missing key by itself; its message begins with the key.
        here = name not in error.instance and error.message.startswith(f"{name!r} ")
        if here and name not in misspelled:
            part = _property(error.schema, name)
            document.add(path, f"“{name}” is missing", f"{name}: {_example(part)}", key=True)
    return ()


def _wrong_type(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    expected = error.validator_value
    names = expected if isinstance(expected, list) else [expected]
    wanted = " or ".join(_TYPES[name] for name in names)
    if error.instance is None and path in document.swallowed:
        document.add(path, "empty: what follows a # without quotes is a comment", _write(error))
    else:
        written = document.written.get(path, error.instance)
        unquoted = isinstance(error.instance, int | float) and "string" in names
        how = " without quotes" if unquoted else ""
        document.add(path, f"{_shown(written)}{how} is not {wanted}", _better(error, written))
    return [path]


def _not_a_choice(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    guess = meant(error.instance, error.validator_value)
    said = f"; did you mean “{guess}”?" if guess else ""
    document.add(path, f"{_shown(error.instance)} is not known here{said}", guess or _write(error))
    return [path]


def _wrong_form(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    document.add(
        path, f"{_shown(error.instance)} does not fit here", _better(error, error.instance)
    )
    return [path]


def _outside(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    limit = error.validator_value
    side = "less than" if error.validator == "minimum" else "more than"
    document.add(path, f"{_shown(error.instance)} is {side} {limit:,}", _write(error))
    return [path]


def _empty(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    document.add(path, "empty", _write(error))
    return [path]


def _too_long(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    document.add(path, f"longer than {error.validator_value}", _write(error))
    return [path]


def _repeated(document: Document, path: Path, error: "ValidationError") -> Iterable[Path]:
    for index, item in enumerate(error.instance):
        if item in error.instance[:index]:
            here = (*path, index)
            document.add(here, f"{_shown(item)} is in the list twice", "it once")
            yield here


_OF_KEYS = ("additionalProperties", "required")
_Teller = Callable[[Document, Path, "ValidationError"], Iterable[Path]]
_TELLERS: dict[str, _Teller] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _not_a_choice,
    "pattern": _wrong_form,
    "minimum": _outside,
    "maximum": _outside,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "maxLength": _too_long,
    "maxItems": _too_long,
    "uniqueItems": _repeated,
}


def _better(error: "ValidationError", written: object) -> str:
    """The very value that was probably meant, or what belongs here in general."""
    wanted = error.schema
    if wanted.get("type") == "integer":
        whole = _whole_number(written)
        if whole is not None and whole >= wanted.get("minimum", whole):
            return str(whole)
    if isinstance(written, str) and "pattern" in wanted:
        quoted = not isinstance(error.instance, str)
        for candidate in _forms(written):
            if re.search(wanted["pattern"], candidate):
                return f'"{candidate}"' if quoted or candidate.startswith("#") else candidate
    return _write(error)


def _forms(value: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", value).strip()
    host = re.sub(r"^[a-z]+://|[:/].*$", "", plain.lower())
    return (plain, plain.upper(), plain.lower(), f"#{plain}", host, plain.lower().replace("_", "-"))


def _whole_number(written: object) -> int | None:
    plain = unicodedata.normalize("NFKC", str(written)).replace(",", "")
    found = re.fullmatch(r"\s*¥?\s*([0-9]{1,9})(\.0+)?\s*(円|yen)?\s*", plain)
    return int(found[1]) if found else None


def _write(error: "ValidationError") -> str:
    return str(error.schema.get("x-write") or error.schema.get("description") or "a valid value")


def _property(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = part["properties"][name]
    reference = found.get("$ref")
    if reference:
        return {**schema()["$defs"][reference.rpartition("/")[2]], **found}
    return found


def _example(part: Mapping[str, Any]) -> str:
    return f"({part.get('x-write', 'a value')})"


def _one_of(names: list[str]) -> str:
    return f"{names[0]}:" if len(names) == 1 else "one of " + ", ".join(names)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
