import re

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.identifiers.reading import TypedKind, identify
from kaiin.domain.references import FORMATS, ReferenceKind, candidates, canonical


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ReferenceKind.DOCOMO_PAYMENT, "１２３４ー５６７８　９０１２", "123456789012"),
        (ReferenceKind.DOCOMO_PAYMENT, "12345678901", None),
        (ReferenceKind.DOCOMO_PAYMENT, "١٢٣٤٥٦٧٨٩٠١٢", None),
        (ReferenceKind.AU_CONTRACT, "ab12-3456 7890", "AB1234567890"),
        (ReferenceKind.AU_CONTRACT, "わかりません", None),
        (ReferenceKind.AU_CONTRACT, "UNKNOWNID", None),
        (ReferenceKind.AU_PAYMENT, "1234567890123456", "1234567890123456"),
        (ReferenceKind.AU_PAYMENT, "12345678901234567", None),
        (ReferenceKind.SOFTBANK_ORDER, "sb-1234567890123456", "SB1234567890123456"),
        (ReferenceKind.KONBINI_SLIP, "123-4567-8901", "12345678901"),
        (ReferenceKind.KONBINI_SLIP, "20020-123456789012", "20020123456789012"),
        (ReferenceKind.KONBINI_SLIP, "123456789", None),
        (ReferenceKind.KONBINI_CONFIRMATION, "4000\u200b08", "400008"),
        (ReferenceKind.CARD_LAST4, "４２４２", "4242"),
        (ReferenceKind.CARD_LAST4, "42424", None),
        (ReferenceKind.CARD_PAYMENT, " pi_3Nk-Ab_C ", "pi_3Nk-Ab_C"),
    ],
)
def test_canonical(kind: ReferenceKind, text: str, expected: str | None) -> None:
    assert canonical(kind, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123456789012", {ReferenceKind.DOCOMO_PAYMENT}),
        ("12345678901", {ReferenceKind.KONBINI_SLIP}),
        ("09012345678", set()),
        ("123456789012345", {ReferenceKind.AU_CONTRACT, ReferenceKind.AU_PAYMENT}),
        ("1234567890123456", {ReferenceKind.AU_PAYMENT}),
        ("SB1234567890123456", {ReferenceKind.AU_CONTRACT, ReferenceKind.SOFTBANK_ORDER}),
        ("123456", {ReferenceKind.KONBINI_CONFIRMATION}),
        ("4242", {ReferenceKind.CARD_LAST4}),
        ("taro19900105", set()),
        ("", set()),
    ],
)
def test_candidates(text: str, expected: set[ReferenceKind]) -> None:
    assert set(candidates(text)) == expected


@pytest.mark.parametrize("kind", ReferenceKind)
@given(data=st.data())
def test_what_the_sandbox_issues_is_read_back(kind: ReferenceKind, data: st.DataObject) -> None:
    shape = FORMATS[kind].sandbox_shape
    digits = data.draw(st.text("0123456789", min_size=shape.count("#"), max_size=shape.count("#")))
    filling = iter(digits)
    number = re.sub("#", lambda _: next(filling), shape)
    assert canonical(kind, number) == number
    assert kind in candidates(number)
    assert identify(number).kind is not TypedKind.CARD_NUMBER


@pytest.mark.parametrize("kind", ReferenceKind)
@given(st.text())
def test_any_text_has_at_most_one_canonical_form(kind: ReferenceKind, text: str) -> None:
    form = canonical(kind, text)
    assert form is None or (form.isascii() and canonical(kind, form) == form)
