import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from stdnum import damm

from kaiin.domain.identifiers import (
    DEFAULT_FORMAT,
    LOGIN_KINDS,
    Identified,
    LegacyFormat,
    MemberIdFormat,
    TypedKind,
    codes,
    generate_member_id,
    identify,
    is_valid_member_id,
)

MUSEUM = MemberIdFormat(prefix="M", digits=8, legacy=())
TWO_FORMS = MemberIdFormat(prefix="P", digits=8, legacy=(LegacyFormat("E", 8),))
DOCUMENT = (Path(__file__).parents[2] / "docs" / "identifiers.md").read_text(encoding="utf-8")
EXAMPLES = [
    tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
    for line in DOCUMENT.partition("## Examples")[2].splitlines()
    if line.startswith("| `")
]


def coded(cell: str) -> tuple[str, ...]:
    return tuple(f"identifier.{name}" for name in cell.split())


@pytest.mark.parametrize(
    ("typed", "kind", "value", "forgiven", "hints", "suggestion"),
    EXAMPLES,
    ids=[example[0] for example in EXAMPLES],
)
def test_the_documented_examples(
    *, typed: str, kind: str, value: str, forgiven: str, hints: str, suggestion: str
) -> None:
    text = typed.replace("␣", "\u3000").replace("␀", "\u200b")
    assert identify(text) == Identified(
        text,
        TypedKind(kind),
        value or None,
        coded(forgiven),
        coded(hints),
        suggestion or None,
    )


def test_every_code_and_kind_is_documented() -> None:
    documented = set(re.findall(r"^\| `([\w.<>]+)` \|", DOCUMENT, re.MULTILINE))
    assert documented >= {*codes.FORGIVEN, *codes.HINTS, *TypedKind}
    assert {code for code in documented if code.startswith("identifier.")} == {
        *codes.FORGIVEN,
        *codes.HINTS,
        "identifier.is_<kind>",
        "identifier.could_be_<kind>",
    }


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("ID 123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("EMTG ID：E12345678", TypedKind.MEMBER_ID, "E12345678"),
        ("plus member id e123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("会員番号 E123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("会員番号 123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("e-mail: taro@example.com", TypedKind.EMAIL, "taro@example.com"),
        ("mail taro@example.com", TypedKind.EMAIL, "taro@example.com"),
        ("メールアドレス　taro@example.com", TypedKind.EMAIL, "taro@example.com"),
        ("no.1@docomo.ne.jp", TypedKind.EMAIL, "no.1@docomo.ne.jp"),
        ("id.taro@example.com", TypedKind.EMAIL, "id.taro@example.com"),
        ("#taro@example.com", TypedKind.EMAIL, "#taro@example.com"),
        ("tel:090-1234-5678", TypedKind.PHONE, "09012345678"),
        ("継続課金ID 090-1234-5678", TypedKind.PHONE, "09012345678"),
        ("決済番号 E123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("カード番号 4242-4242-4242-4242", TypedKind.CARD_NUMBER, None),
        ("No.123番", TypedKind.MEMBER_NUMBER, "123"),
        ("123番", TypedKind.MEMBER_NUMBER, "123"),
        ("telma", TypedKind.UNKNOWN, None),
        ("会員番号", TypedKind.UNKNOWN, None),
        ("(+81)90-1234-5678", TypedKind.PHONE, "09012345678"),
        ("+81(0)90-1234-5678", TypedKind.PHONE, "09012345678"),
        ("0081-3-1234-5678", TypedKind.PHONE, "0312345678"),
        ("+1 (650) 253-0000", TypedKind.PHONE, "+16502530000"),
        ("+81 90 1234", TypedKind.UNKNOWN, None),
        ("0120-123-456", TypedKind.PHONE, "0120123456"),
        ("012345678901", TypedKind.DOCOMO_PAYMENT, "012345678901"),
        ("81 90 1234 5678", TypedKind.DOCOMO_PAYMENT, "819012345678"),
        ("1234567890", TypedKind.KONBINI_SLIP, "1234567890"),
        ("3530111333300000", TypedKind.CARD_NUMBER, None),
        ("378282246310005", TypedKind.CARD_NUMBER, None),
        ("4242424242424241", TypedKind.UNKNOWN, None),
        ("Ｅ：１２３４５６７８６", TypedKind.MEMBER_ID, "E123456786"),
        ("12:34:56:78", TypedKind.UNKNOWN, None),
        ("S12345678", TypedKind.UNKNOWN, None),
        ("E①②", TypedKind.UNKNOWN, None),
        ("e", TypedKind.UNKNOWN, None),
        ("EEEE", TypedKind.UNKNOWN, None),
        ("ESOBOSILIO", TypedKind.UNKNOWN, None),
        ("l23456786", TypedKind.UNKNOWN, None),
        ("E" + "1" * 5000, TypedKind.UNKNOWN, None),
        ("x" * 300 + "@example.com", TypedKind.UNKNOWN, None),
        ("é123456786", TypedKind.MEMBER_ID, "E123456786"),
        ("E1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣6️⃣", TypedKind.MEMBER_ID, "E123456786"),
        ("\x00E123456786\x1b", TypedKind.MEMBER_ID, "E123456786"),
        ("🙂", TypedKind.UNKNOWN, None),
        ("E123456786です", TypedKind.UNKNOWN, None),
        ("\ud800", TypedKind.UNKNOWN, None),
    ],
)
def test_more_of_what_people_type(typed: str, kind: TypedKind, value: str | None) -> None:
    identified = identify(typed)
    assert (identified.kind, identified.value) == (kind, value)
    assert identified.input == typed


def test_another_tenant() -> None:
    digits = "1234567" + damm.calc_check_digit("1234567")
    assert identify(f"ｍ{digits}", MUSEUM).value == f"M{digits}"
    assert identify(digits, MUSEUM).value == f"M{digits}"
    assert identify("E12345678", MUSEUM).hints == (codes.OTHER_PREFIX,)
    assert identify("123456789", MUSEUM).kind is TypedKind.UNKNOWN


def test_forms_of_one_length_are_told_apart_by_the_check_digit() -> None:
    digits = "1234567" + damm.calc_check_digit("1234567")
    assert identify(digits, TWO_FORMS).value == f"P{digits}"
    assert identify("12345678", TWO_FORMS).value == "E12345678"
    assert identify("P12345678", TWO_FORMS).hints == (codes.CHECK_DIGIT,)
    assert identify("E12345678", TWO_FORMS).hints == ()


def test_the_tenants_member_numbers() -> None:
    kinds = [identify(text, member_number_digits=(5, 8)).kind for text in ("01001", "00000001")]
    assert kinds == [TypedKind.MEMBER_NUMBER, TypedKind.MEMBER_ID]


def test_what_was_typed_stays_out_of_logs() -> None:
    assert "4242" not in repr(identify("4242 4242 4242 4242"))
    assert "secret" not in repr(identify("secret"))


def test_new_ids() -> None:
    asked = []

    def random_digits(count: int) -> str:
        asked.append(count)
        return "12345678"

    assert generate_member_id(random_digits) == "E123456786"
    assert asked == [8]


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        *[("E123456786", True), ("E12345678", True), ("E123456782", False), ("e123456786", False)],
        *[("123456786", False), ("E1234567", False), ("E１23456786", False), ("", False)],
    ],
)
def test_valid_ids(value: str, valid: bool) -> None:
    assert is_valid_member_id(value) is valid


eight_digits = st.from_regex(r"[0-9]{8}", fullmatch=True)
new_ids = eight_digits.map(lambda digits: generate_member_id(lambda _: digits))
legacy_ids = eight_digits.map("E{}".format)
member_ids = new_ids | legacy_ids
phones = st.from_regex(r"0[0-9]{9,10}", fullmatch=True)
docomo_payments = st.from_regex(r"[0-9]{12}", fullmatch=True)
slips = st.from_regex(r"[1-6][0-9]{9,10}", fullmatch=True)
mails = st.builds(
    "{}@{}".format,
    # "x" first: "id taro@…" is read as a label and an address.
    st.from_regex(r"x[a-z0-9_.+]{0,20}", fullmatch=True),
    st.sampled_from(["example.com", "gmail.com", "docomo.ne.jp", "i.softbank.jp", "mail.test.jp"]),
)
nothing = st.sampled_from(["", "", "\u200b", "\ufeff", "\u2060", "\u00ad", "\u200e", "\ufe0f"])
spaces = st.sampled_from(["", "", " ", "\u3000", "\u00a0", "\t", "\u2009"])
separators = spaces | st.sampled_from("-‐‑‒–—―−ー－ｰ﹣﹘˗⁃._・")


def wide(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


@st.composite
def written(draw: st.DrawFn, texts: st.SearchStrategy[str], between: st.SearchStrategy[str]) -> str:
    """A valid identifier in any mix of width, case, separators and invisible characters."""
    text = draw(texts)
    characters = [
        draw(between) + draw(nothing) + draw(st.sampled_from([str.upper, str.lower, wide]))(each)
        for each in text
    ]
    return draw(spaces) + "".join(characters) + draw(spaces) + draw(nothing)


@given(st.data())
def test_any_writing_of_a_member_id_is_that_id(data: st.DataObject) -> None:
    member_id = data.draw(member_ids)
    typed = data.draw(written(st.just(member_id), separators))
    identified = identify(typed)
    assert (identified.kind, identified.value) == (TypedKind.MEMBER_ID, member_id)
    assert identified.hints == ()


@given(st.data())
def test_any_writing_without_the_prefix_is_that_id(data: st.DataObject) -> None:
    member_id = data.draw(member_ids)
    typed = data.draw(written(st.just(member_id.removeprefix("E")), separators))
    identified = identify(typed)
    assert (identified.kind, identified.value) == (TypedKind.MEMBER_ID, member_id)
    assert codes.MISSING_PREFIX in identified.forgiven


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (TypedKind.PHONE, phones),
        (TypedKind.DOCOMO_PAYMENT, docomo_payments),
        (TypedKind.KONBINI_SLIP, slips),
    ],
)
@given(data=st.data())
def test_any_writing_of_a_number_is_that_number(
    kind: TypedKind, numbers: st.SearchStrategy[str], data: st.DataObject
) -> None:
    number = data.draw(numbers)
    identified = identify(data.draw(written(st.just(number), separators)))
    assert (identified.kind, identified.value) == (kind, number)


@given(st.data())
def test_any_writing_of_a_mail_address_is_that_address(data: st.DataObject) -> None:
    mail = data.draw(mails)
    identified = identify(data.draw(written(st.just(mail), spaces)))
    assert (identified.kind, identified.value) == (TypedKind.EMAIL, mail)


TELLING = "EeＥ0１2٣④-ー@＠.。,、 \u3000\u200b+()「」'\"<>番会員IDNo#:：あえアmailto一"
anything = st.text() | st.text(TELLING, max_size=30) | st.from_regex(r"[^@]{0,9}@[^@]{0,20}")


@given(anything)
def test_reading_never_raises_and_its_result_reads_the_same(text: str) -> None:
    identified = identify(text)
    assert identified.input == text
    assert (identified.value is None) == (
        identified.kind in {TypedKind.UNKNOWN, TypedKind.CARD_NUMBER}
    )
    by_shape = LOGIN_KINDS | {TypedKind.PHONE, TypedKind.DOCOMO_PAYMENT}
    if identified.kind in by_shape and identified.value is not None:
        again = identify(identified.value)
        assert (again.kind, again.value) == (identified.kind, identified.value)
        assert not again.forgiven
    if identified.kind is not TypedKind.EMAIL and identified.value is not None:
        assert identified.value.isascii()


@given(anything)
def test_only_documented_codes(text: str) -> None:
    identified = identify(text)
    told = {f"identifier.{how}_{kind}" for how in ("is", "could_be") for kind in TypedKind}
    assert {*identified.forgiven} <= {*codes.FORGIVEN}
    assert {*identified.hints} <= {*codes.HINTS, *told}


@given(new_ids, st.integers(1, 9), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(member_id: str, at: int, digit: int) -> None:
    wrong = member_id[:at] + str(digit) + member_id[at + 1 :]
    assert is_valid_member_id(wrong) is (wrong == member_id)
    assert (codes.CHECK_DIGIT in identify(wrong).hints) is (wrong != member_id)


@given(new_ids, st.integers(1, 8))
def test_exchanged_neighbours_are_noticed(member_id: str, at: int) -> None:
    exchanged = member_id[:at] + member_id[at + 1] + member_id[at] + member_id[at + 2 :]
    assert is_valid_member_id(exchanged, DEFAULT_FORMAT) is (exchanged == member_id)
