"""Typed values as plain ones, which JSON takes, and back by their types."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints


def write(value: Any) -> Any:
    """A value in plain ones. Raises TypeError for one that can't be read back."""
    if value is None or isinstance(value, str | int):
        return value.value if isinstance(value, StrEnum) else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): write(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [write(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: write(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{value!r} has no plain form")


def read(kind: Any, plain: Any) -> Any:
    """A value of a type from plain ones. Raises TypeError, ValueError, KeyError or AttributeError
    where they are none of that type."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _read_fields(kind, plain)
    if origin is tuple:
        return tuple(read(inner[0], each) for each in plain)
    if origin is Mapping:
        return {read(inner[0], key): read(inner[1], value) for key, value in plain.items()}
    if type(None) in inner:
        return None if plain is None else read(inner[0], plain)
    return _read_one(kind, plain)


def _read_one(kind: Any, plain: Any) -> Any:
    if issubclass(kind, StrEnum):
        return kind(plain)
    if kind in (date, datetime):
        return kind.fromisoformat(plain)
    if type(plain) is not kind:
        raise TypeError(f"{plain!r} is no {kind.__name__}")
    return plain


def _read_fields(kind: Any, plain: Any) -> Any:
    kinds = _kinds(kind)
    return kind(**{name: read(kinds[name], value) for name, value in plain.items()})


@cache
def _kinds(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
