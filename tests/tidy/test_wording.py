"""Habits of wording that read badly, found in the catalogs: each has one better way."""

import re

import pytest

from tests.tidy import catalogs
from tests.tidy.source import show

# What the ID is called where no tenant has given it a name.
_GENERIC = "common-id_name"
_KANA = r"[\u3041-\u30ff\u4e00-\u9fff]"
# A pattern, and what to write instead.
_BETTER = {
    "ja": {
        "会員ID": "{ ID_NAME() }, the tenant's own name of it",
        "お手続き": "手続き",
        "ですを選んで|ますかを選んで": "a noun",
        "当方": "こちら",
        rf"(?<={_KANA})[:;!?,(]|[:;!?,)](?={_KANA})": "full-width punctuation",
        "いただ[けき].*いただ[けき]": "いただけます once in a sentence or two",
        "入れる期間": "利用できる期間",
    },
    "en": {
        "(?i)member ID": "{ ID_NAME() }, the tenant's own name of it",
        r"\b[Aa]n? \{ ID_NAME": "your, this, another: its first letter is not known",
        "(?i)joining date": "join date",
        r"(?i)\be-mail|(?<!e)mail address": "email",
        r"(?:charged|refunded?|refund it) by itself": "automatically",
        r"(?i)\b(?:some|any|every)body\b": "someone, anyone, everyone, or the passive",
        r"membership (?:is|will be) paused|\bthe pause\b|\bto pause\b": "a break",
    },
}


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_no_text_has_a_habit_that_reads_badly(language: str) -> None:
    found = []
    for name, written in catalogs.written(language).items():
        for line in written.splitlines():
            found += [
                f"{name}: {pattern} -> {better}: {line.strip()}"
                for pattern, better in _BETTER[language].items()
                if name != _GENERIC and re.search(pattern, line)
            ]
    assert not found, show(found)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ja", "会員IDを入力してください。"),
        ("ja", "例:1998年"),
        ("ja", "お支払いいただきます。ご利用いただけます。"),
        ("en", "Give a { ID_NAME() }."),
        ("en", "The money is refunded by itself."),
        ("en", "your mail address"),
    ],
)
def test_each_habit_is_seen(language: str, line: str) -> None:
    assert any(re.search(pattern, line) for pattern in _BETTER[language])


def test_what_reads_well_is_left_alone() -> None:
    for line in ("your email address", "Enter your email.", "It renews by itself."):
        assert not any(re.search(pattern, line) for pattern in _BETTER["en"]), line
    for line in ("例：1998年4月7日（土）", "{ $day }まではご利用いただけます。"):
        assert not any(re.search(pattern, line) for pattern in _BETTER["ja"]), line
