"""Stable codes -> words, in every language: Fluent catalogs under `kaiin/locales/`.

A code's dots become dashes in the catalog: `access.lapsed_monthly` is `access-lapsed_monthly`.
"""

import re
from calendar import month_name
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from fluent.runtime import FluentBundle
from fluent.runtime.resolver import Message
from fluent.runtime.types import FluentNone
from fluent.syntax import FluentParser
from fluent.syntax.ast import Resource

from kaiin.domain.errors import KaiinError
from kaiin.domain.periods import shown_end

_LOCALES = Path(__file__).resolve().parent.parent / "locales"
_JST = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"
# As a pattern, what `format_date` writes in any language.
DATES = (
    rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日\([{_WEEKDAYS}]\)"
    rf"|\d{{1,2}} (?:{'|'.join(month_name[1:])}) \d{{4}}"
)

# Where an entry of a catalog begins, and its name.
_ENTRY = re.compile(r"^(-?[a-zA-Z][a-zA-Z0-9_-]*) *=", re.MULTILINE)


class TextMissing(LookupError):
    """A code without words, or words that need a placeholder which was not given."""


def text(code: str, language: str | None = None, **params: object) -> str:
    """The words of a code in a language (default: the request's), placeholders filled.

    Raises TextMissing in tests and the demo; in production the code itself is returned, since
    a page with one odd line helps a member more than a page of error.
    """
    bundle = _bundle(_language(language))
    name = code.replace(".", "-")
    if bundle.has_message(name):
        message = bundle.get_message(name)
        if message.value is not None:
            shown = {name: _shown(value, language) for name, value in params.items()}
            value, errors = bundle.format_pattern(message.value, shown)
            if not errors and not isinstance(value, FluentNone):
                return str(value)
    if settings.KAIIN_STRICT_TEXTS:
        raise TextMissing(f"{code} ({_language(language)}), given {sorted(params)}")
    return code


def error_text(error: KaiinError) -> str:
    """The words of an anticipated error."""
    return text(error.code, None, **error.params)


def has_text(code: str) -> bool:
    """Whether the catalogs have words for a code."""
    return bool(_bundle(_language(None)).has_message(code.replace(".", "-")))


def localized(texts: Mapping[str, str], language: str | None = None) -> str:
    """A tenant's own text in a language, or in the first language that it has."""
    return texts.get(_language(language)) or next(iter(texts.values()), "")


def language_of(texts: Mapping[str, str]) -> str:
    """The language in which `localized` gives a tenant's text."""
    wanted = _language(None)
    return wanted if wanted in texts else next(iter(texts), wanted)


def format_date(day: date, language: str | None = None) -> str:
    """2026年11月22日(日) / 22 November 2026; an instant is shown as its day in Japan."""
    if isinstance(day, datetime):
        day = day.astimezone(_JST).date()
    weekday = f"({_WEEKDAYS[day.weekday()]})" if _language(language) == "ja" else ""
    return f"{format_birth_date(day, language)}{weekday}"


def format_birth_date(day: date, language: str | None = None) -> str:
    """1998年4月7日 / 7 April 1998: no plan is made by its day of the week."""
    if _language(language) == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def format_datetime(at: datetime, language: str | None = None) -> str:
    """Day and time in Japan: 2026年11月22日(日) 9:05 / 22 November 2026, 09:05 JST."""
    local = at.astimezone(_JST)
    if _language(language) == "ja":
        return f"{format_date(at, language)} {local.hour}:{local.minute:02}"
    return f"{format_date(at, language)}, {local:%H:%M} JST"


def format_end(ends_at: datetime) -> str:
    """An exclusive end, of a period, of access, of a limit: the last whole day, or the very minute
    where it lies within a day."""
    return str(_shown(shown_end(ends_at), None))


def format_money(amount: int, currency: str = "JPY", language: str | None = None) -> str:
    """550円 / ¥550; `amount` is in the currency's smallest unit, which for yen is the yen."""
    if currency != "JPY":
        raise ValueError(f"no format for {currency}")
    sign, figures = "−" if amount < 0 else "", f"{abs(amount):,}"
    return f"{sign}{figures}円" if _language(language) == "ja" else f"{sign}¥{figures}"


def _shown(value: object, language: str | None) -> object:
    """A placeholder's value as people write it. Numbers stay numbers, for plural forms."""
    if isinstance(value, datetime):
        return format_datetime(value, language)
    if isinstance(value, date):
        return format_date(value, language)
    return value if isinstance(value, int | float) else str(value)


def _language(language: str | None) -> str:
    chosen = (language or get_language() or settings.LANGUAGE_CODE)[:2]
    return chosen if chosen in ("ja", "en") else settings.LANGUAGE_CODE


def _id_name(language: str) -> str:
    """The tenant's own name of the ID, which only a context above this one knows."""
    return str(import_string(settings.KAIIN_ID_NAME)(language))


class _Catalog(FluentBundle):
    """A language's entries, each parsed when it is first asked for: a process uses few of them, and
    to parse all takes it seconds."""

    def __init__(self, language: str) -> None:
        functions: dict[str, Callable[..., Any]] = {"ID_NAME": partial(_id_name, language)}
        # Isolation marks would show up in subjects and tests; our placeholders need none.
        super().__init__([language], functions=functions, use_isolating=False)
        self._sources: dict[str, str] = {}
        for file in sorted((_LOCALES / language).glob("*.ftl")):
            _, *parts = _ENTRY.split(file.read_text("utf-8"))
            for name, rest in zip(parts[::2], parts[1::2], strict=True):
                self._sources.setdefault(name, f"{name} ={rest}")

    def has_message(self, message_id: str) -> bool:
        try:
            self._lookup(message_id)
        except LookupError:
            return False
        return True

    def _lookup(self, entry_id: str, term: bool = False) -> Message:  # noqa: FBT001, FBT002 - Fluent's
        name = f"-{entry_id}" if term else entry_id
        if name not in self._compiled:
            entry = FluentParser(with_spans=False).parse_entry(self._sources[name])
            self.add_resource(Resource([entry]))
        return super()._lookup(entry_id, term)


_bundle = cache(_Catalog)
