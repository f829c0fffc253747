"""Every error of a tenant file: where it is, what is wrong, what to write instead."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from kaiin.sites.tenant_file.loading import parse_tenant_file
from kaiin.sites.tenant_file.problems import Problem, TenantFileErrors
from tests.sites.examples import FRIENDS, PLUSMEMBER, changed

pytestmark = pytest.mark.few_on_postgres(0)


@dataclass(frozen=True)
class Wrong:
    """`old` of museum-friends.yaml replaced by `new`, and the one error that this makes.

    `at` is in the changed file once, where the error is shown.
    """

    old: str
    new: str
    at: str
    path: str
    message: str
    instead: str


WRONG = [
    Wrong(
        'from: "2024-04-01"\n    text: |\n      These',
        'from: "2024-02-30"\n    text: |\n      These',
        at='"2024-02-30"',
        path="documents.terms.from",
        message="there is no day “2024-02-30”",
        instead="a day such as 2027-04-01",
    ),
    Wrong(
        'from: "2024-04-01"\n    text: |\n      These',
        "from: 1 April 2024\n    text: |\n      These",
        at="1 April 2024",
        path="documents.terms.from",
        message="“1 April 2024” does not fit here",
        instead="a day such as 2027-04-01",
    ),
    Wrong(
        'from: "2024-04-01"\n    text: |\n      These',
        'from: "2024-04-01"\n    url: https://museum.example/terms\n    text: |\n      These',
        at="url: https://museum.example/terms",
        path="documents.terms.url",
        message="a text and an address",
        instead="only one of the two",
    ),
    Wrong(
        "  privacy:\n    version: 1",
        "  privacy:\n    version: 1\n    fresh: true",
        at="fresh",
        path="documents.privacy.fresh",
        message="“fresh” is not known here",
        instead="one of ask_members, url",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewel: lump_sum",
        at="renewel",
        path="sites.friends.courses.friend.renewel",
        message="did you mean “renewal”?",
        instead="renewal:",
    ),
    Wrong(
        'colour: "#2f6f4f"',
        'color: "#2f6f4f"',
        at="color",
        path="sites.friends.color",
        message="did you mean “colour”?",
        instead="colour:",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: lumpsum",
        at="lumpsum",
        path="sites.friends.courses.friend.renewal",
        message="did you mean “lump_sum”?",
        instead="lump_sum",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: yearly",
        at="yearly\n",
        path="sites.friends.courses.friend.renewal",
        message="did you mean “lump_sum”?",
        instead="lump_sum",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: auto",
        at="auto\n",
        path="sites.friends.courses.friend.renewal",
        message="did you mean “automatic”?",
        instead="automatic",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: lump_sum\n        pause_periods: 2",
        at="pause_periods",
        path="sites.friends.courses.friend.pause_periods",
        message="nothing is charged again on a lump_sum course",
        instead="nothing, or renewal: automatic",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: automatic\n        lock_day: 20",
        at="lock_day",
        path="sites.friends.courses.friend.lock_day",
        message="a day of the month is for terms of several months",
        instead="nothing, or rule: through_month_end with months: 2 or more",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: automatic\n        charge_day: last_business_day",
        at="charge_day",
        path="sites.friends.courses.friend.charge_day",
        message="a day of the month is for terms of several months",
        instead="nothing, or rule: through_month_end with months: 2 or more",
    ),
    Wrong(
        "rule: anniversary",
        "rule: aniversary",
        at="aniversary",
        path="sites.friends.courses.friend.term.rule",
        message="did you mean “anniversary”?",
        instead="anniversary",
    ),
    Wrong(
        "ways: [card]",
        "ways: [credit card]",
        at="credit card",
        path="sites.friends.courses.friend.ways[0]",
        message="did you mean “card”?",
        instead="card",
    ),
    Wrong(
        "nickname: optional",
        "nickname: optionnal",
        at="optionnal",
        path="identity.details.nickname",
        message="did you mean “optional”?",
        instead="optional",
    ),
    Wrong(
        "languages: [en]",
        "languages: [english]",
        at="english",
        path="identity.languages[0]",
        message="did you mean “en”?",
        instead="en",
    ),
    Wrong(
        "price: 4400",
        'price: "4,400"',
        at='"4,400"',
        path="sites.friends.courses.friend.price",
        message="not a whole number",
        instead="4400",
    ),
    Wrong(
        "price: 4400",
        "price: ¥4,400",
        at="¥4,400",
        path="sites.friends.courses.friend.price",
        message="not a whole number",
        instead="4400",
    ),
    Wrong(
        "price: 4400",
        "price: ４４００円",
        at="４４００円",
        path="sites.friends.courses.friend.price",
        message="not a whole number",
        instead="4400",
    ),
    Wrong(
        "price: 4400",
        "price: 4400.5",
        at="4400.5",
        path="sites.friends.courses.friend.price",
        message="not a whole number",
        instead="whole yen, 1 or more, digits only",
    ),
    Wrong(
        "price: 4400",
        "price: 4400.0",
        at="4400.0",
        path="sites.friends.courses.friend.price",
        message="not a whole number",
        instead="4400",
    ),
    Wrong(
        "price: 4400",
        "price: 0",
        at="0\n        renewal",
        path="sites.friends.courses.friend.price",
        message="“0” is less than 1",
        instead="whole yen, 1 or more, digits only",
    ),
    Wrong(
        "price: 4400",
        "price: -4400",
        at="-4400",
        path="sites.friends.courses.friend.price",
        message="less than 1",
        instead="whole yen, 1 or more, digits only",
    ),
    Wrong(
        "price: 4400",
        "price: true",
        at="true\n        renewal",
        path="sites.friends.courses.friend.price",
        message="“true” is not a whole number",
        instead="whole yen, 1 or more, digits only",
    ),
    Wrong(
        "price: 4400",
        "price:",
        at="price:",
        path="sites.friends.courses.friend.price",
        message="nothing is not a whole number",
        instead="whole yen, 1 or more, digits only",
    ),
    Wrong(
        '"#2f6f4f"',
        '"2f6f4f"',
        at='"2f6f4f"',
        path="sites.friends.colour",
        message="does not fit",
        instead='"#2f6f4f"',
    ),
    Wrong(
        'colour: "#2f6f4f"',
        "colour: green",
        at="green",
        path="sites.friends.colour",
        message="does not fit",
        instead='# and six hexadecimal digits in quotes, such as "#1e5b8c"',
    ),
    Wrong(
        'colour: "#2f6f4f"',
        "colour: #2f6f4f",
        at="colour:",
        path="sites.friends.colour",
        message="what follows a # without quotes is a comment",
        instead='# and six hexadecimal digits in quotes, such as "#1e5b8c"',
    ),
    Wrong(
        "prefix: M",
        "prefix: m",
        at="m, digits",
        path="identity.member_id.prefix",
        message="does not fit",
        instead="M",
    ),
    Wrong(
        "prefix: M",
        "prefix: Ｍ",
        at="Ｍ",
        path="identity.member_id.prefix",
        message="does not fit",
        instead="M",
    ),
    Wrong(
        "prefix: M",
        "prefix: MU",
        at="MU",
        path="identity.member_id.prefix",
        message="does not fit",
        instead="one letter from A to Z, such as E",
    ),
    Wrong(
        "prefix: M",
        "prefix: 1",
        at="1, digits",
        path="identity.member_id.prefix",
        message="without quotes is not a text",
        instead="one letter from A to Z, such as E",
    ),
    Wrong(
        "host: friends",
        "host: Friends",
        at="Friends\n",
        path="sites.friends.host",
        message="does not fit",
        instead="friends",
    ),
    Wrong(
        "host: friends",
        "host: https://friends.example.jp/",
        at="https://friends.example.jp/",
        path="sites.friends.host",
        message="does not fit",
        instead="friends.example.jp",
    ),
    Wrong(
        "key: friends",
        "key: Our Friends",
        at="Our Friends",
        path="sites.Our Friends.key",
        message="does not fit",
        instead="small letters, digits and hyphens, beginning with a letter, such as official",
    ),
    Wrong(
        'phone: "045-000-0000"',
        "phone: 0450000000",
        at="0450000000",
        path="seller.phone",
        message="without quotes is not a text",
        instead='"0450000000"',
    ),
    Wrong(
        "email: friends@museum.example",
        "email: friends.museum.example",
        at="friends.museum.example",
        path="support.email",
        message="does not fit",
        instead="a mail address, such as info@example.jp",
    ),
    Wrong(
        "digits: 5",
        "digits: 50",
        at="50",
        path="sites.friends.member_number.digits",
        message="more than 12",
        instead="a length from 4 to 12",
    ),
    Wrong(
        "term: {rule: anniversary, months: 12}",
        "term: anniversary",
        at="anniversary",
        path="sites.friends.courses.friend.term",
        message="not a mapping",
        instead="a rule, such as {rule: calendar_month}",
    ),
    Wrong(
        "ways: [card]",
        "ways: []",
        at="[]",
        path="sites.friends.courses.friend.ways",
        message="empty",
        instead="a list such as [card, docomo]",
    ),
    Wrong(
        "ways: [card]",
        "ways: card",
        at="card\n        renewal_opens",
        path="sites.friends.courses.friend.ways",
        message="not a list",
        instead="a list such as [card, docomo]",
    ),
    Wrong(
        "ways: [card]",
        "ways: [card, card]",
        at="card]\n",
        path="sites.friends.courses.friend.ways[1]",
        message="in the list twice",
        instead="it once",
    ),
    Wrong(
        "tagline: Come as often as you like.",
        'tagline: ""',
        at='""',
        path="sites.friends.tagline",
        message="empty",
        instead="a text, or one for each language: {ja: …, en: …}",
    ),
    Wrong(
        "default_language: en",
        "default_language: ja",
        at="ja\n",
        path="identity.default_language",
        message="not one of the languages",
        instead="en",
    ),
    Wrong(
        "ways: [card]",
        "ways: [docomo]",
        at="docomo",
        path="sites.friends.courses.friend.ways[0]",
        message="not one of ways_to_pay",
        instead="one of card, or add docomo to ways_to_pay",
    ),
    Wrong(
        "price: 4400",
        "price: 4400\n        fees: {konbini: 220}",
        at="konbini",
        path="sites.friends.courses.friend.fees.konbini",
        message="can't be paid by konbini",
        instead="one of card, or add konbini to ways",
    ),
    Wrong(
        "price: 4400",
        "price: 4400\n        term_by_method: {docomo: {rule: calendar_month}}",
        at="docomo",
        path="sites.friends.courses.friend.term_by_method.docomo",
        message="can't be paid by docomo",
        instead="one of card, or add docomo to ways",
    ),
    Wrong(
        "price: 4400",
        "price: 4400\n        slip_days: 7",
        at="slip_days",
        path="sites.friends.courses.friend.slip_days",
        message="no convenience-store slips",
        instead="nothing, or add konbini to ways",
    ),
    Wrong(
        "renewal_opens_months: 2",
        "renewal_opens_months: 12\n        price: 1",
        at="price: 1",
        path="sites.friends.courses.friend.price",
        message="written twice, first in line 79",
        instead="one price:",
    ),
    Wrong(
        "rule: anniversary, months: 12",
        "rule: calendar_month, months: 12",
        at="12}",
        path="sites.friends.courses.friend.term.months",
        message="calendar_month pays for one month",
        instead="rule: through_month_end with months: 12",
    ),
    Wrong(
        "rule: anniversary, months: 12",
        "rule: anniversary, months: 1",
        at="2\n        dunning",
        path="sites.friends.courses.friend.renewal_opens_months",
        message="longer than the term",
        instead="1 or less",
    ),
    Wrong(
        "months: 12}",
        "months: 12, joining_month_free: true}",
        at="joining_month_free",
        path="sites.friends.courses.friend.term.joining_month_free",
        message="only through_month_end",
        instead="rule: through_month_end, or nothing here",
    ),
    Wrong(
        "renewal: lump_sum",
        "renewal: automatic\n        late_renewal: from_payment",
        at="late_renewal",
        path="sites.friends.courses.friend.late_renewal",
        message="only a lump_sum course",
        instead="nothing: take the line out",
    ),
    Wrong(
        "dunning: {dormant_months: 2}",
        "dunning: {dormant_months: 2, retry_days: [3]}",
        at="retry_days",
        path="sites.friends.courses.friend.dunning.retry_days",
        message="nothing is charged again",
        instead="nothing: take the line out",
    ),
    Wrong(
        "dunning: {dormant_months: 2}",
        "dunning: {dormant_months: 2, grace_days: 14}",
        at="grace_days",
        path="sites.friends.courses.friend.dunning.grace_days",
        message="nothing is charged again",
        instead="nothing: take the line out",
    ),
    Wrong(
        "host: friends",
        "host: account",
        at="account\n    colour",
        path="sites.friends.host",
        message="taken already, in line 8",
        instead="a host of its own",
    ),
    Wrong(
        "key: friends",
        "key: receipts",
        at="receipts",
        path="sites.receipts.key",
        message="a word of our addresses",
        instead="another key",
    ),
    Wrong(
        "digits: 8}",
        "digits: 8, legacy: [{prefix: M, digits: 8}]}",
        at="{prefix: M, digits: 8}]",
        path="identity.member_id.legacy[0]",
        message="the form of new IDs",
        instead="another form, or nothing",
    ),
    Wrong(
        "member_id:",
        "consent_age: 18\n  member_id:",
        at="18",
        path="identity.consent_age",
        message="no birth date is asked",
        instead="details.birth_date",
    ),
]


def problems(text: str | bytes) -> tuple[Problem, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(TenantFileErrors) as caught:
        parse_tenant_file(name="tenant.yaml", data=data)
    return caught.value.problems


def only(text: str | bytes) -> Problem:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def place(text: str, marker: str) -> tuple[int, int]:
    """Line and column, from 1, of a marker that is in the text once."""
    assert text.count(marker) == 1, marker
    before = text[: text.index(marker)]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


@pytest.mark.parametrize("case", WRONG, ids=[case.new.strip() for case in WRONG])
def test_one_error(case: Wrong) -> None:
    text = changed(FRIENDS, case.old, case.new)
    found = only(text)
    assert (found.path, found.instead) == (case.path, case.instead)
    assert case.message in found.message
    assert (found.line, found.column) == place(text, case.at)


def test_every_error_at_once() -> None:
    """Errors of keys, values, translations and between parts: one run shows them all."""
    text = PLUSMEMBER
    text = changed(text, "default_language: ja", "default_languege: ja")
    text = changed(text, "host: official", "host: mail")
    text = text.replace("ways: [card, docomo, au, softbank]", "ways: [card, docomo, konbini]", 1)
    text = changed(text, "price: 6600", "price: 6,600")
    text = changed(text, "      en: As close as it gets.\n", "")
    found = {(each.path, each.message.partition(";")[0]) for each in problems(text)}
    monthly = "sites.official.courses.monthly"
    official = place(text, 'mail\n    colour: "#1e')[0]
    assert found == {
        ("identity.default_languege", "“default_languege” is not known here"),
        (
            "sites.mail.host",
            f"“mail” is taken already, in line {official}",
        ),
        (f"{monthly}.ways[2]", "a convenience-store slip can't be charged again each month"),
        (f"{monthly}.term_by_method.softbank", "the course can't be paid by softbank"),
        ("sites.official.courses.yearly.price", "“6,600” is not a whole number"),
        ("sites.official.tagline", "the “en” text is missing"),
    }


def test_errors_come_in_the_order_of_the_file() -> None:
    text = FRIENDS.replace("price: 4400", "price: 0").replace("prefix: M", "prefix: mm")
    found = problems(text)
    assert [each.path for each in found] == [
        "identity.member_id.prefix",
        "sites.friends.courses.friend.price",
    ]


def test_a_tenant_with_two_languages_needs_each_text_in_both() -> None:
    text = changed(PLUSMEMBER, "name: {ja: JO1 OFFICIAL SITE, en: JO1 OFFICIAL SITE}", "name: JO1")
    found = only(text)
    assert (found.path, found.instead) == ("sites.official.name", "{ja: …, en: …}")
    assert (found.line, found.column) == place(text, "JO1\n    host: official")


def test_a_text_in_a_language_that_the_tenant_does_not_have() -> None:
    text = changed(
        FRIENDS, "tagline: Come as often as you like.", "tagline: {en: Come., ja: どうぞ}"
    )
    found = only(text)
    assert (found.path, found.instead) == (
        "sites.friends.tagline.ja",
        "nothing, or add ja to identity.languages",
    )
    assert (found.line, found.column) == place(text, "ja: どうぞ")


@pytest.mark.parametrize("key", ["bitcoin", "[key]"])
def test_a_way_to_pay_that_there_is_not(key: str) -> None:
    text = changed(FRIENDS, "card: sandbox", f'card: sandbox\n  "{key}": sandbox')
    found = only(text)
    assert (found.path, found.instead) == (
        f"ways_to_pay.{key}", "one of docomo, au, softbank, konbini",
    )  # fmt: skip
    assert (found.line, found.column) == place(text, f'"{key}"')


def test_half_a_character() -> None:
    found = only(changed(FRIENDS, "tagline: Come as often as you like.", 'tagline: "a\\ud800b"'))
    assert found.message.endswith("half of a character")


def test_an_empty_lock_day() -> None:
    text = changed(FRIENDS, "price: 4400", "price: 4400\n        lock_day:")
    assert {each.message for each in problems(text)} == {
        "nothing is charged again on a lump_sum course",
        "nothing is not a whole number",
    }


def test_a_comma_that_cuts_a_text_off_is_named() -> None:
    text = changed(FRIENDS, "tagline: Come as often as you like.", "tagline: {en: Come, and go}")
    found = only(text)
    assert found.message == "cut off: a comma ends a text within {…}"
    assert (found.line, found.column) == place(text, "and go")


def test_two_sites_or_courses_of_one_key() -> None:
    text = PLUSMEMBER.replace("- key: yearly", "- key: monthly").replace(
        "key: mail", "key: official"
    )
    found = [(each.path, each.instead) for each in problems(text)]
    assert found == [
        ("sites.official.courses.monthly.key", "another key"),
        ("sites.official.key", "another key"),
        ("sites.official.courses.monthly.key", "another key"),
    ]


@pytest.mark.parametrize(
    ("data", "line", "column", "message", "instead"),
    [
        (b"", 1, 1, "the file is empty", "identity:, ways_to_pay:, sites: …"),
        (b"# only a comment\n", 1, 1, "the file is empty", "identity:, ways_to_pay:, sites: …"),
        (b"- a\n- b\n", 1, 1, "the file is not a mapping", "identity:, ways_to_pay:, sites: …"),
        (b"identity:\n\thost: id\n", 2, 1, "not YAML", "spaces instead of the tab"),
        (b"identity: name: x\n", 1, 15, "not YAML", "quotes around a text that has a colon"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "not YAML", "one document, without ---"),
        (b"sites: [1, 2\n", 2, 1, "not YAML", "valid YAML, indented by two spaces"),
        (b"a: *nobody\n", 1, 4, "not YAML", "valid YAML, indented by two spaces"),
        (b"a: &a [*a]\n", 1, 4, "a value that contains itself", "the values themselves"),
        (b"a: b\nc: \x00\n", 2, 4, "a character that YAML does not allow", "the line without it"),
        (
            "a: b\nc: 会員".encode("cp932"),
            2,
            4,
            "the file is not UTF-8",
            "the same text, saved as UTF-8",
        ),
    ],
)
def test_a_file_that_can_not_be_read(
    data: bytes, line: int, column: int, message: str, instead: str
) -> None:
    found = only(data)
    assert (found.line, found.column, found.path, found.instead) == (line, column, "file", instead)
    assert found.message.startswith(message)


@given(st.binary(max_size=80) | st.text("ab:-[]{}#&*!|>'\"%@,? \n\t1.", max_size=60))
def test_any_bytes_at_all_are_answered(data: bytes | str) -> None:
    for problem in problems(data):
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert problem.instead


def test_aliases_within_aliases_are_not_followed_for_ever() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    found = only(f"l0: &l0 [x, x]\n{levels}")
    assert found.message == "too many values"


@pytest.mark.parametrize("depth", [40, 400, 4000])
def test_a_deep_file_is_not_followed_down(depth: int) -> None:
    assert only("a: " + "[" * depth + "]" * depth).path == "file"


def test_a_large_file_is_not_read() -> None:
    assert only(b"#" * 1_000_001).instead == "a smaller file"
