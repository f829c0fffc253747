"""What is said beside the login field comes from the text's shape alone, in both languages."""

import pytest

from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.reading import LOGIN_KINDS, TypedKind
from kaiin.domain.references import ReferenceKind
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.login import hints

ALL_KINDS = [kind for kind in TypedKind if kind not in LOGIN_KINDS and kind != TypedKind.UNKNOWN]
ALL_CODES = [
    *codes.FORGIVEN,
    *codes.HINTS,
    "identifier.unknown",
    *(codes.is_a(kind) for kind in ALL_KINDS),
    *(codes.could_be(kind) for kind in ReferenceKind),
    codes.could_be(TypedKind.PHONE),
    codes.could_be(TypedKind.MEMBER_NUMBER),
]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_code_has_words(plusmember: object, language: str) -> None:
    assert all(text(code, language) for code in ALL_CODES)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("090-1234-5678", "identifier.is_phone"),
        ("123456789012", "identifier.is_docomo_payment"),
        ("４２４２４２４２４２４２４２４２", "identifier.is_card_number"),
        ("会員番号 1234", "identifier.is_member_number"),
        ("E1234", "identifier.wrong_length"),
        ("はなこ", "identifier.unknown"),
    ],
)
def test_what_is_no_login_id_is_said_without_asking(
    plusmember: object, django_assert_num_queries: object, typed: str, code: str
) -> None:
    sites.identify("")  # the tenant is remembered
    with django_assert_num_queries(0):  # type: ignore[operator]
        hint = hints.before_asking(sites.identify(typed), insisted_on="")
    assert hint is not None
    assert hint.code == code


def test_a_slip_of_the_mail_domain_stops_once_and_then_is_meant(plusmember: object) -> None:
    typed = sites.identify("Hanako＠gmial.com")
    hint = hints.before_asking(typed, insisted_on="")
    assert hint is not None
    assert hint.suggestion == "hanako@gmail.com"
    assert hints.before_asking(typed, insisted_on="hanako@gmial.com") is None


def test_a_wrong_check_digit_never_stops_but_is_said_after_a_refusal(plusmember: object) -> None:
    typed = sites.identify("E123456780")
    assert hints.before_asking(typed, insisted_on="") is None
    hint = hints.after_refusal(typed)
    assert hint is not None
    assert hint.code == "identifier.check_digit"


@pytest.mark.parametrize(
    "typed", ["ｅ １２３４ー５６７８ー６", "hanako@example.jp", "t..x.@docomo.ne.jp"]
)
def test_what_can_be_mended_is_mended_silently(plusmember: object, typed: str) -> None:
    read = sites.identify(typed)
    assert hints.before_asking(read, insisted_on="") is None
    assert hints.after_refusal(read) is None


def test_only_what_logs_in_is_suggested(plusmember: object) -> None:
    phone_without_zero = hints.before_asking(sites.identify("9012345678"), insisted_on="")
    assert phone_without_zero is not None
    assert phone_without_zero.suggestion is None
