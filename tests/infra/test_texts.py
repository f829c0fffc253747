from datetime import UTC, date, datetime

import pytest

from kaiin.infra import texts


@pytest.mark.parametrize(
    ("language", "shown"), [("ja", "2026年11月22日(日)"), ("en", "22 November 2026")]
)
def test_a_date_in_both_languages(language: str, shown: str) -> None:
    assert texts.format_date(date(2026, 11, 22), language) == shown


def test_an_instant_is_shown_as_the_day_it_is_in_japan() -> None:
    new_year = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert texts.format_date(new_year, "ja") == "2027年1月1日(金)"
    assert texts.format_datetime(new_year, "en") == "1 January 2027, 00:00 JST"


@pytest.mark.parametrize(("language", "shown"), [("ja", "6,600円"), ("en", "¥6,600")])
def test_money_in_both_languages(language: str, shown: str) -> None:
    assert texts.format_money(6600, "JPY", language) == shown


def test_a_code_without_words_is_an_error_here_and_the_code_itself_in_production(settings) -> None:
    with pytest.raises(texts.TextMissing, match=r"no\.such_code"):
        texts.text("no.such_code")
    settings.KAIIN_STRICT_TEXTS = False
    assert texts.text("no.such_code") == "no.such_code"


def test_a_tenants_text_falls_back_to_the_language_it_has() -> None:
    assert texts.localized({"en": "Friends"}, "ja") == "Friends"
