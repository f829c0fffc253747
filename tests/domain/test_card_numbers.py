"""A labelled corpus: what is masked, and what only looks like it and must survive."""

import pytest
from hypothesis import given, strategies as st
from stdnum import luhn

from kaiin.domain.card_numbers import has_card_number, without_card_numbers
from kaiin.domain.identifiers.reading import TypedKind, identify

CARDS = (
    *("4242424242424242", "4000056655665556", "4222222222222", "5555555555554444"),
    *("2223003122003222", "378282246310005", "3530111333300000", "6011111111111117"),
    *("30569309025904", "36227206271667", "6200000000000005", "6205500000000000004"),
)
AROUND = (
    *("{}", "{} 12/27", "{} 1227 123", "VISA {}", "VISA{}", "カード番号：{}です", "私の{}", "x{}y"),
    *(
        "12/27 {}",
        "000 {}",
        "「{}」",
        "card no. {} exp 12/27",
        "{}、山田太郎",
        "taro@example.com {}",
        "①{}",
        "{}@jo1",
        "https://example.com/?card={}&x=1",
        '{"number": "{}"}'.replace('{"', '{{"').replace('"}', '"}}'),
        "受付番号がわからないのでカード{}",
    ),
)
SURVIVE = (
    "123456789012",
    "400000000002",  # docomo's 12 digits pass Luhn's check by chance
    "422222222222",
    "E123456786",
    "09012345678",
    "4242424242424241",  # Luhn's check fails
    "hanako4242424242424242@example.jp",
    "4242424242424242@example.jp",
    "決済情報番号：4111111111111111",
    "Payment information number (決済情報番号): 4111111111111111",
    "払込番号 4222222222222",
    "注文番号は 4242424242424242 です",
    "お支払番号 4222222222222",
    "お支払い番号：4242-4242-4242-4242",
    "収納機関番号\n4242424242424242",
    "取引ID 4242424242424242",
    "領収書番号 3530111333300000",
    "決済番号：1234 4242 4242 4242 4242",  # twenty digits
    "Transaction ID: 4242424242424242",
    "SB4242424242424242",
    "pi_sandbox4242424242424242",
    "+4915112345678",
    "1234567890123452",
    "2026年11月27日 10:00 会員番号 00000012",
    "山田太郎",
    "",
)


def grouped(number: str, separator: str) -> str:
    return separator.join(number[at : at + 4] for at in range(0, len(number), 4))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "separator", ["", " ", "-", "/", ".", " - ", "・", "\u3000", "\u200b", "ー"]
)
def test_a_card_number_is_found_in_any_writing(around: str, separator: str) -> None:
    for number in CARDS:
        text = around.format(grouped(number, separator))
        masked = without_card_numbers(text)
        assert has_card_number(text), text
        assert number not in "".join(filter(str.isdigit, masked))
        assert not has_card_number(masked)
        assert identify(text).kind is TypedKind.CARD_NUMBER, text
        assert identify(text).value is None


@pytest.mark.parametrize(
    "number",
    [
        *("４２４２　４２４２　４２４２　４２４２", "④②④②④②④②④②④②④②④②", "❹❷❹❷❹❷❹❷❹❷❹❷❹❷❹❷"),
        *("⑷⑵⑷⑵⑷⑵⑷⑵⑷⑵⑷⑵⑷⑵⑷⑵", "4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣", "𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐"),
    ],
)
def test_other_digits_than_ascii_ones(number: str) -> None:
    assert without_card_numbers(f"カード{number}です") == "カード****です"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://x.jp/?c=4242%204242%204242%204242&d=1", "https://x.jp/?c=****&d=1"),
        ("https://x.jp/?c=4242%2D4242%2D4242%2D4242", "https://x.jp/?c=****"),
        ("424242424242424212/27", "****12/27"),
        ("4242 4242 4242 4242@example.jp", "****@example.jp"),
        ("4242424242424242 @ example.jp", "4242424242424242 @ example.jp"),
        ("注文番号：123456 カード：4242424242424242", "注文番号:123456 カード:****"),
        ("注文番号 123456 4242424242424242", "注文番号 123456 ****"),
    ],
)
def test_links_expiries_and_addresses(text: str, masked: str) -> None:
    assert without_card_numbers(text) == masked


@pytest.mark.parametrize("text", SURVIVE)
def test_what_only_looks_like_one_survives(text: str) -> None:
    assert not has_card_number(text)
    assert without_card_numbers(text) is text
    assert identify(text).kind is not TypedKind.CARD_NUMBER


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_twelve_digits_are_never_a_card(digits: str) -> None:
    assert not has_card_number(digits)
    assert not has_card_number(digits[:-1] + luhn.calc_check_digit(digits[:-1]))


@given(st.text("0123456789 -/.+E@あ", max_size=60))
def test_masking_is_idempotent(text: str) -> None:
    assert not has_card_number(without_card_numbers(text))
