import re
from itertools import product
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, strategies as st
from stdnum import damm

from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.member_ids import (
    DEFAULT_FORMAT,
    LegacyFormat,
    MemberIdFormat,
    generate_member_id,
    is_valid_member_id,
)
from kaiin.domain.identifiers.reading import (
    LOGIN_KINDS,
    Identified,
    TypedKind,
    canonical_email,
    identify,
)
from kaiin.domain.mail_addresses import exact_address, normalised
from kaiin.domain.typed_text import fold

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
        ("E123456786です", TypedKind.MEMBER_ID, "E123456786"),
        ("\ud800", TypedKind.UNKNOWN, None),
    ],
)
def test_more_of_what_people_type(typed: str, kind: TypedKind, value: str | None) -> None:
    identified = identify(typed)
    assert (identified.kind, identified.value) == (kind, value)
    assert identified.input == typed


PASTED = """
【会員ID】{} ■会員ID：{} 会員ID「{}」 →{} >␣{} {}です {}様 {}さん {}␣山田太郎 山田太郎␣{} ★{}★ *{}*
「{}」 <{}> 会員ID→{}← 会員ID({}) {}（会員ID） ID:{} id␣:␣{} ID={} IDは{} 私のIDは{}です。
会員ID：{}␣会員番号：00000012 Plus␣member␣ID␣{} EMTG␣ID：{} login␣id␣{} Your␣ID␣is␣{}.
{}␣/␣090-1234-5678 {}␣2024年入会 {}{} {}␣{} {}、{} {},{} ="{}" {{"id":"{}"}} {}<br>
{}!! ・{} ※{} ①ID␣{} {}␣{} {}。 {} {};
1.␣{} (2)␣{} ①{} ID：{}␣Taro␣Yamada 会員ID：{}␣5分前 会員ID：{}/03-1234-5678
"""


@pytest.mark.parametrize("pasted", PASTED.split())
@pytest.mark.parametrize(
    "member_id", ["E123456786", "E12345678", "123456786", "Ｅ１２３４５６７８６"]
)
def test_an_id_is_read_out_of_what_is_pasted_around_it(pasted: str, member_id: str) -> None:
    text = pasted.replace("␣", " ").replace("{}", member_id)
    expected = {"E12345678": "E12345678"}.get(member_id, "E123456786")
    identified = identify(text)
    assert (identified.kind, identified.value) == (TypedKind.MEMBER_ID, expected), text


@pytest.mark.parametrize(
    "typed",
    [
        *("#E123456786", "№E123456786", "E=123456786", "E/1234/5678/6", "会員IDE123456786"),
        *("123,456,786", "123456786.0", '="123456786"', "1.23456786E+8", "123/456/786"),
        *("E❶❷❸❹❺❻❼❽❻", "E➀➁➂➃➄➅➆➇➅", "E➊➋➌➍➎➏➐➑➏", "E⓵⓶⓷⓸⓹⓺⓻⓼⓺"),
        *("E⑴⑵⑶⑷⑸⑹⑺⑻⑹", "E⒈⒉⒊⒋⒌⒍⒎⒏⒍", "E🄂🄃🄄🄅🄆🄇🄈🄉🄇", "🅔123456786", "⒠123456786"),
    ],
)
def test_forms_of_spreadsheets_and_decorated_digits(typed: str) -> None:
    assert identify(typed).value == "E123456786"


@pytest.mark.parametrize(
    "typed",
    [
        *("E12345678 E87654321", "E12345678、E123456786", "12345678 87654321"),
        *(
            "E123456786 taro@gmail.com",
            '"taro@gmail.com","E123456786"',
            "taro@gmail.com hanako@gmail.com",
            "taro yamada@gmail.com",
        ),
        *("taro@gmail.com,hanako@gmail.com", "Taro <taro@gmail.com> hanako@gmail.com"),
        # One address that could begin at two places.
        *("連絡先IDid@example.com", "私のIDtaro@example.com", "私のid2007@docomo.ne.jp"),
        *("会員①=id@example.com", "会員①id..id.@example.com", "会員①/@example.com"),
        *("会員….id@example.com", "会員…=id@example.com", "login ….%@docomo.ne.jp"),
        *("会員アドレス/&..ce.@example.com", "宛先No/.._.@example.com", "私の…|&|@example.com"),
        *("メールアドレスID=taro@example.com", "(1)=taro@example.com", "1. #taro@example.com"),
        *("taro & @example.com", "メール_taro@example.com", "address '&@example.com"),
    ],
)
def test_of_several_none_is_chosen(typed: str) -> None:
    identified = identify(typed)
    assert (identified.kind, identified.hints) == (TypedKind.UNKNOWN, (codes.SEVERAL,))


@pytest.mark.parametrize(
    "typed",
    [
        *("確認コード：12345678", "Code: 12345678", "領収書番号：12345678", "電話：12345678"),
        *("金額：12,345,678円", "¥12,345,678", "2026/11/27", "12/27/2024", "R-12345678 です"),
        *("https://id.example/receipts/12345678", "ME123456786", "E123456786x", "FAX 12345678"),
        *("12345678円", "+81 90 1234", "paid 12345678 yen", "x12345678 "),
    ],
)
def test_digits_of_something_else_are_no_id(typed: str) -> None:
    assert identify(typed).value is None


@pytest.mark.parametrize(
    "filler",
    [
        *("1 ", "E1", "a@", "@", "taro yamada@", "- ", "0.", "(((", "え1"),
        *("4.", "1・", "会員ID", "a\n", "①"),
    ],
)
def test_long_texts_are_read_in_no_time(filler: str) -> None:
    text = (filler * 4000)[:4000]
    began = process_time()
    identify(text)
    assert process_time() - began < 0.5


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("between", ["", " ", "\n", "、", "/", ",", "・", " - ", "\u200b", "="])
@pytest.mark.parametrize("member_id", ["E123456786", "E12345678", "123456786", "12345678"])
def test_the_same_id_several_times_is_that_id(member_id: str, between: str, times: int) -> None:
    expected = f"E{member_id.removeprefix('E')}"
    text = between.join([member_id] * times)
    assert identify(text).value == expected or (member_id[0] != "E" and between == "=")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        # As many digits as an ID has are one with a slip, not a shorter ID of former times.
        ("会員ID：E1234 5678 5です", "E123456785"),
        ("会員ID：1234 5678 5です", "E123456785"),
        ("山田太郎,E123456786,2026-11-27,550", "E123456786"),
        ("E123456786/090-1234-5678", "E123456786"),
        ("ID 12345678\n10:57", "E12345678"),
        ("ID=E1234 5678 6\n\niPhone 15", "E123456786"),
        ("2026-01-19, 2026年2月17日, ¥7,758：", None),
        ("①23456786", None),
        ("①taro@example.com", None),
        ("taro①@example.com", "taro1@example.com"),
        ("1. taro@example.com", "taro@example.com"),
        ("1. 12345678", "E12345678"),
        ("1) 090-1234-5678", "09012345678"),
        ("① 4242 4242 4242 4242", None),
    ],
)
def test_beside_other_numbers(typed: str, value: str | None) -> None:
    assert identify(typed).value == value


def test_another_tenant() -> None:
    digits = "1234567" + damm.calc_check_digit("1234567")
    assert identify(f"ｍ{digits}", MUSEUM).value == f"M{digits}"
    assert identify(digits, MUSEUM).value == f"M{digits}"
    assert identify("E12345678", MUSEUM).hints == (codes.OTHER_PREFIX,)
    assert identify("123456789", MUSEUM).kind is TypedKind.UNKNOWN


def test_forms_of_one_length_differ_by_the_check_digit() -> None:
    digits = "1234567" + damm.calc_check_digit("1234567")
    assert identify(digits, TWO_FORMS).value == f"P{digits}"
    assert identify("12345678", TWO_FORMS).value == "E12345678"
    assert identify("P12345678", TWO_FORMS).hints == (codes.CHECK_DIGIT,)
    assert identify("E12345678", TWO_FORMS).hints == ()


def test_the_tenants_member_numbers() -> None:
    def read(typed: str) -> tuple[TypedKind, tuple[str, ...]]:
        identified = identify(typed, member_number_digits=(5, 8))
        return identified.kind, identified.hints

    assert read("01001")[0] is TypedKind.MEMBER_NUMBER
    # Eight digits can be a legacy ID: tried as one, and the hint comes after the failure.
    assert read("00000012") == (TypedKind.MEMBER_ID, ("identifier.could_be_member_number",))
    assert read("会員番号：00000012")[0] is TypedKind.MEMBER_NUMBER
    assert read("私の会員番号は00000012です")[0] is TypedKind.MEMBER_NUMBER
    assert read("会員番号：E00000012")[0] is TypedKind.MEMBER_ID


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
# Words that labels are made of, and every sign that RFC 5321 allows outside quotes.
atoms = st.lists(
    st.sampled_from(
        ["id", "mail", "phone", "no", "tel", "e", "E", "member", "login", "number", "address", "at"]
    )
    | st.text("abcxyz0123456789!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=6),
    min_size=1,
    max_size=4,
).map("".join)
local_parts = st.one_of(
    atoms,
    st.builds("{}.{}".format, atoms, atoms),
    st.builds("{}..{}.".format, atoms, atoms),
    atoms.map(".{}".format),
)
domains = st.sampled_from(
    ["example.com", "gmail.com", "docomo.ne.jp", "i.softbank.jp", "mail.test.jp", "日本語.jp"]
)
mails = st.builds("{}@{}".format, local_parts.map(str.lower), domains)
plain_mails = st.builds(
    "{}@{}".format, st.from_regex(r"x[a-z0-9_.+]{0,20}", fullmatch=True), domains
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
def test_a_valid_address_in_any_width_and_case_is_itself(data: st.DataObject) -> None:
    mail = data.draw(mails)
    typed = data.draw(written(st.just(mail), st.just("")))
    identified = identify(typed)
    assert (identified.kind, identified.value) == (TypedKind.EMAIL, mail)
    assert canonical_email(typed) == mail


@given(
    mails,
    st.sampled_from(["「{}」", '"{}"', "<{}>", "({})", "メール：{}", "{}（自宅）", "私は{}です"]),
)
def test_nor_does_what_stands_around_it_change_an_address(mail: str, around: str) -> None:
    """Read as itself or not at all, where a mark before it could be its own or the label's."""
    assert identify(around.format(mail)).value in {mail, None}


BEFORE_LABELS = (
    *("会員", "ログイン", "login ", "Plus member ", "連絡先", "宛先", "メール", "E-", "", "私の"),
)
LABELS = ("ID", "id", "mail", "メール", "address", "アドレス", "name", "No", "①", "…")
SIGNS = ("", "=", "：", ":", " ", "\n", "/", "｜", "は", "→", "、", "（")
# What a label or its end may be read out of, or into.
LOCAL_PARTS = (
    *("taro", "id", "id2007", "idid", "no.1", "mail=taro", "id..id.", ".id", "=id", "|/|", "/.._."),
)


def readings(mail: str, *, before: str, label: str, sign: str) -> set[str | None]:
    """What a text of a label and an address may be read as: the address, or that it is unclear."""
    text = f"{before}{label}{sign}{mail}"
    # The text is a valid address as a whole, label and all: "id=taro@…".
    allowed = {None, mail, exact_address(normalised(fold(text)).text)}
    if not sign.strip():
        # The first sign is the label's: "会員ID=taro@…", "Email address=taro@…". Here it is the
        # address's own, but no reader of "会員ID" and then "=taro@…" would say so.
        own = re.fullmatch(r"(?:e?mail|id|no|login|address)?[=/|#](.+)", mail)
        allowed.add(exact_address(own[1]) if own else None)
    if not sign and label.isascii() and before.endswith(" "):
        # Latin words are separated by a space, so what goes on is the address: "Taro nobu@…".
        allowed.add(exact_address(f"{label}{mail}"))
    return allowed


@given(
    mail=mails,
    before=st.sampled_from(BEFORE_LABELS),
    label=st.sampled_from(LABELS),
    sign=st.sampled_from(SIGNS),
)
def test_no_label_before_it_makes_another_address(
    *, mail: str, before: str, label: str, sign: str
) -> None:
    allowed = readings(mail, before=before, label=label, sign=sign)
    assert identify(f"{before}{label}{sign}{mail}").value in allowed


@pytest.mark.parametrize("label", LABELS)
def test_nor_does_any_of_these_pairs(label: str) -> None:
    wrong = {
        f"{before}{label}{sign}{mail}": value
        for before, sign, local in product(BEFORE_LABELS, SIGNS, LOCAL_PARTS)
        for mail in [f"{local}@example.com"]
        if (value := identify(f"{before}{label}{sign}{mail}").value)
        not in readings(mail, before=before, label=label, sign=sign)
    }
    assert wrong == {}


@given(mails, st.integers(2, 4), st.sampled_from(["", " ", "\n", "、", "："]))
def test_the_same_address_several_times_is_that_address(mail: str, times: int, sign: str) -> None:
    text = sign.join([mail] * times)
    assert identify(text).value in ({mail} if sign in {"", " ", "\n"} else {mail, None})


@given(mails)
def test_the_quoted_form_is_the_same_mailbox(mail: str) -> None:
    local, _, domain = mail.rpartition("@")
    assert identify(f'"{local}"@{domain}').value == mail


@given(plain_mails, st.data())
def test_spaces_beside_the_at_and_dots_are_no_part_of_an_address(
    mail: str, data: st.DataObject
) -> None:
    local, _, domain = mail.rpartition("@")
    typed = f"{local}{data.draw(spaces)}@{data.draw(spaces)}{domain}"
    assert identify(typed).value == mail


@given(plain_mails)
def test_a_space_after_each_character_is_none_either(mail: str) -> None:
    assert identify(" ".join(mail)).value == mail


@given(st.from_regex(r"[a-z]{2,9}", fullmatch=True), plain_mails)
def test_a_word_before_an_address_makes_no_other_address(word: str, mail: str) -> None:
    assert identify(f"{word} {mail}").value in {mail, None}


SIGNIFICANT = "EeＥ0１2٣④-ー@＠.。,、 \u3000\u200b+()「」'\"<>番会員IDNo#:：あえアmailto一"
anything = st.text() | st.text(SIGNIFICANT, max_size=30) | st.from_regex(r"[^@]{0,9}@[^@]{0,20}")


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
