"""What single values of a tenant file look like, and the errors in our own words.

`x-write` says what belongs in a place, where that doesn't follow from its type and bounds.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError
from typing_extensions import TypeAliasType

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# An error's `key` that stands for the key of the very value.
ITSELF = "."


def wrong(message: str, instead: str, key: str = "") -> PydanticCustomError:
    """An error; `key`: not at the value but at one of its keys or items, or at its own key."""
    said = {"message": message, "instead": instead, "key": key}
    return PydanticCustomError("ours", "{message}", said)


def write(instead: str, **bounds: Any) -> Any:
    """What to write for a field, beside its bounds."""
    return Field(json_schema_extra={"x-write": instead}, **bounds)


def between(low: int, high: int, instead: str = "") -> Any:
    """A whole number from `low` to `high`."""
    return write(instead, ge=low, le=high) if instead else Field(ge=low, le=high)


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise wrong(f"“{value}” is in the list twice", "it once", str(index))
    return values


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(days):
        raise wrong("the days do not rise", f"{sorted(days)}")
    return days


def _existing(day: str) -> str:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise wrong(f"there is no day “{day}”", "a day such as 2027-04-01") from None
    return day


def _not_empty(value: object) -> object:
    if value is None:
        raise PydanticKnownError("int_type")
    return value


ONCE, RISING = AfterValidator(_once), AfterValidator(_rising)
# Of a value that may be left out, though not left empty.
NOT_EMPTY = BeforeValidator(_not_empty)


def _alone(value: object, info: ValidationInfo) -> object:
    """A text alone is that of a tenant with one language. The context has the languages."""
    if not isinstance(value, str):
        return value
    languages: tuple[str, ...] = info.context or LANGUAGES[:1]
    if len(languages) > 1 and value:
        each = ", ".join(f"{language}: …" for language in languages)
        raise wrong("a tenant with several languages needs the text in each", f"{{{each}}}")
    return {languages[0]: value}


def _in_each_language(texts: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
    languages: tuple[str, ...] = info.context or tuple(texts)
    for language in texts:
        if language not in languages:
            message = f"“{language}” is not one of the languages ({', '.join(languages)})"
            raise wrong(message, f"nothing, or add {language} to identity.languages", language)
    for language in languages:
        if language not in texts:
            raise wrong(f"the “{language}” text is missing", f"{language}: …", ITSELF)
    return texts


_Language = Annotated[str, Field(pattern=f"^({'|'.join(LANGUAGES)})$")]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_TEXT = {
    "type": ["string", "object"],
    "minLength": 1,
    "minProperties": 1,
    "properties": {
        language: {"type": "string", "pattern": r"\S", "x-write": "a text"}
        for language in LANGUAGES
    },
    "additionalProperties": False,
    "x-write": "a text, or one for each language: {ja: …, en: …}",
}
Text = TypeAliasType(
    "Text",
    Annotated[
        Mapping[_Language, _Words],
        BeforeValidator(_alone),
        Field(min_length=1),
        AfterValidator(_in_each_language),
        WithJsonSchema(_TEXT),
    ],
)
Line = Annotated[
    str, write("one line of text, up to 100 characters", max_length=100, pattern=r"^.*\S.*$")
]
_KEY = "small letters, digits and hyphens, beginning with a letter, such as official"
Key = Annotated[str, write(_KEY, pattern="^[a-z][a-z0-9-]{0,31}$")]
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = (
    "a label such as id, or a full host name such as id.example.jp, without scheme, port or path"
)
Host = Annotated[str, write(_HOST, max_length=253, pattern=rf"^{_LABEL}(\.{_LABEL})*$")]
Hosts = Annotated[tuple[Host, ...], write("a list of hosts such as [old]"), ONCE]
_EMAIL = r"""^[^\s@<>",;]+@[a-z0-9-]+(\.[a-z0-9-]+)+$"""
Email = Annotated[
    str, write("a mail address, such as info@example.jp", max_length=254, pattern=_EMAIL)
]
_URL = r"^https?://[^\s/]+(/\S*)?$"
Url = Annotated[str, write("an address that begins with https://", max_length=500, pattern=_URL)]
_PHONE = 'a phone number in quotes, such as "03-1234-5678"'
Phone = Annotated[str, write(_PHONE, pattern=r"^\+?[0-9][0-9 ()-]{5,22}$")]
_COLOUR = '# and six hexadecimal digits in quotes, such as "#1e5b8c"'
Colour = Annotated[str, write(_COLOUR, pattern="^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
Day = Annotated[
    str,
    write("a day such as 2027-04-01", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_existing),
]
Provider = Annotated[str, write("a provider's name, such as sandbox", pattern="^[a-z][a-z0-9_]*$")]
Yen = Annotated[int, between(1, 1_000_000, "whole yen, 1 or more, digits only")]
