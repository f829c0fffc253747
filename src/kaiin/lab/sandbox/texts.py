"""The pages' words, Japanese and English, and how sums and times are written."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from kaiin.domain.periods import JST

LANGUAGES = ("ja", "en")
_FOLDER = Path(__file__).resolve().parent / "texts"
_WEEKDAYS = "月火水木金土日"


@cache
def catalog(language: str) -> dict[str, str]:
    """All words of a language, by code."""
    return dict(json.loads((_FOLDER / f"{language}.json").read_text("utf-8")))


def t(code: str, language: str, **values: object) -> str:
    """The words of a code, `{placeholders}` filled. Raises KeyError for an unknown one."""
    return catalog(language)[code].format(**values)


def money(amount: int, language: str) -> str:
    """550円 / ¥550."""
    return f"{amount:,}円" if language == "ja" else f"¥{amount:,}"


def moment(at: datetime | str | None, language: str) -> str:
    """The time in Japan: 2026年11月22日(日) 23:59 / 22 November 2026, 23:59."""
    if at is None:
        return ""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(JST)
    if language == "ja":
        day = f"{local.year}年{local.month}月{local.day}日({_WEEKDAYS[local.weekday()]})"
        return f"{day} {local.hour}:{local.minute:02}"
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"
