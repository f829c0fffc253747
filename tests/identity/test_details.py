from datetime import date

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.identifiers.reading import identify
from kaiin.identity import choices, forms
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
        # Full-width voicing marks alone; iteration marks; double hyphens; small kana.
        ("legal_name_kana", "カ゛ク ハ゜ル", "ガク パル"),
        ("legal_name_kana", "みすゞ いすゝ", "ミスヾ イスヽ"),
        ("legal_name_kana", "スヾキ ナヽ", "スヾキ ナヽ"),
        ("legal_name_kana", "アン＝マリ一", "アン゠マリー"),
        ("legal_name_kana", "アン゠マリ─", "アン゠マリー"),
        ("legal_name_kana", "ノㇳㇰカ ㇷ゚", "ノㇳㇰカ ㇷ゚"),
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
        ("phone", "0044 20 7946 0958", "+442079460958"),
        ("email", '"nami..fan."@docomo.ne.jp', "nami..fan.@docomo.ne.jp"),
        # RFC 5321, 4.1.2: quoted forms are addresses, and the one with the fewest quotes is sent.
        ("email", '"A b"@example.jp', '"a b"@example.jp'),
        ("email", '"a..b"@example.jp', "a..b@example.jp"),
        ("email", '"taro"@example.jp', "taro@example.jp"),
        ("email", "taro@example.jptaro@example.jp", "taro@example.jp"),
        ("email", "taro@xn--wgv71a119e.jp", "taro@日本語.jp"),
        ("email", "メール：id2007@docomo.ne.jp", "id2007@docomo.ne.jp"),
        ("email", "=mail+{fan}#1|o'b@example.com", "=mail+{fan}#1|o'b@example.com"),
        ("phone", "010 1 650 253 0000", "+16502530000"),
        ("phone", "(03) 1234-5678", "+81312345678"),
        ("phone", "0120-123-456", "+81120123456"),
        ("phone", "060-1234-5678", "+816012345678"),
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
        ("legal_name_kana", "一", "details.not_kana"),
        ("birth_date", "2023-02-29", "details.not_a_date"),
        ("birth_date", "1990", "details.not_a_date"),
        ("birth_date", "昭和50年4月1日", "details.not_a_date"),
        ("birth_date", "0000-00-00", "details.not_a_date"),
        ("birth_date", "2026-11-23", "details.date_ahead"),
        ("birth_date", "1905-01-01", "details.date_too_old"),
        ("prefecture", "JP-48", "details.unknown_prefecture"),
        ("prefecture", "東京都", "details.unknown_prefecture"),
        ("phone", "1234", "details.not_a_phone"),
        ("phone", "110", "details.not_a_phone"),
        ("phone", "1234-5678", "details.not_a_phone"),  # no area code
        ("phone", "708-555-1234", "details.not_a_phone"),  # Illinois, or 070-8555-1234?
        ("phone", "010-1234-5678", "details.not_a_phone"),  # a mobile number in Korea
        ("phone", "138 1234 5678", "details.not_a_phone"),
        ("phone", "+81 90 1234", "details.not_a_phone"),
        ("phone", "0312345678901", "details.not_a_phone"),
        *(
            ("nickname", blank, "details.missing")
            for blank in ("\u3164", "\u2800\u2800", "\uffa0", "\u115f\u1160", "\u200b", "\u034f")
        ),
        *(
            ("nickname", blank, "details.missing")
            for blank in (
                "\u3000 ",
                "\U0001d159",
                "\ufe0f",
                "\u2062",
                "\u17b5",
                "\U000e0041",
                "\u0301",
            )
        ),
        ("phone", "電話", "details.not_a_phone"),
        ("phone", "0" * 500, "details.not_a_phone"),
        ("email", "hanako", "details.not_an_address"),
        ("email", "hanako@localhost", "details.not_an_address"),
        ("email", "hana..ko@gmail.com", "details.not_an_address"),
        ("email", "a@b.jp, c@d.jp", "details.several_addresses"),
        ("email", "会員IDtaro@example.jp", "details.several_addresses"),
        ("email", "E123456786 taro@example.jp", "details.several_addresses"),
        ("email", '"a\\"@example.jp', "details.not_an_address"),
    ],
)
def test_what_is_refused(field: str, typed: str, code: str) -> None:
    assert fault(field, typed) == code
    assert text(code, "ja") != text(code, "en")


def test_nothing_that_was_not_asked_is_kept_and_every_fault_is_reported() -> None:
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


@pytest.mark.parametrize("kana", ["", "Zoë O’Brien", "ゾエ"])
def test_who_lives_abroad_needs_no_kana(kana: str) -> None:
    asked = ["legal_name_kana", "prefecture"]
    typed = {"legal_name_kana": kana, "prefecture": "abroad"}
    assert forms.validate(typed, asked, required=asked, today=TODAY)["legal_name_kana"] == kana


@given(st.sampled_from(["nickname", "legal_name", "legal_name_kana", "phone", "email"]), st.text())
def test_any_text_is_stored_or_refused_and_storing_again_changes_nothing(
    field: str, typed: str
) -> None:
    try:
        stored = clean(field, typed, required=False)
    except DetailsInvalid:
        stored = ""
    assert isinstance(stored, str)
    assert "\x00" not in stored
    assert clean(field, stored, required=False) == stored


def test_every_prefecture_has_words() -> None:
    assert len(choices.PREFECTURES) == 48
    for language in ("ja", "en"):
        words = {text(f"prefecture.{code}", language) for code in choices.PREFECTURES}
        assert len(words) == 48


@given(
    st.lists(
        st.text("abxyz0189!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=8)
        | st.sampled_from(["id", "mail", "tel", "no", "phone"]),
        min_size=1,
        max_size=4,
    ).map(".".join),
    st.sampled_from([str.upper, str.lower]),
)
def test_joining_stores_the_address_that_login_looks_for(local, case) -> None:
    typed = case(f"{local}@docomo.ne.jp")
    stored = clean("email", typed)
    assert stored == f"{local}@docomo.ne.jp" == identify(typed).value
