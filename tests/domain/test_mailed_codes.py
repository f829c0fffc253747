import pytest
from hypothesis import given, strategies as st

from kaiin.domain.mailed_codes import NOT_READ, SEVERAL, read_code

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "typed",
    [
        "923936",
        " 923936 ",
        "９２３９３６",
        "923 936",
        "923\u3000936",
        "９２３－９３６",
        "923-936",
        "923ー936",
        "9 2 3 9 3 6",
        "92\u200b3936",
        "923 936です",
        "【JO1 OFFICIAL SITE】確認コードは 923936 です",
        "【JO1 OFFICIAL SITE】確認コードは923936です",
        "JO1 923 936",
        "Your code: 923936.",
        "確認コード：923936\n有効期限：10分 2026-11-27",
        "923936 923936",
        "code923936",
        "③ 923936",
        "٩٢٣٩٣٦",
    ],
)
def test_the_one_group_of_its_length_is_the_code(typed: str) -> None:
    assert read_code(typed, 6).digits == "923936"


@pytest.mark.parametrize(
    ("typed", "length", "fault"),
    [
        ("", 6, NOT_READ),
        ("92393", 6, NOT_READ),
        ("9239361", 6, NOT_READ),
        ("1 923 936", 6, NOT_READ),
        ("JO1", 6, NOT_READ),
        ("E923936784", 6, NOT_READ),
        ("923936 111111", 6, SEVERAL),
        ("923 936、111 111", 6, SEVERAL),
        ("2026-11-27、1234 5678", 8, SEVERAL),
        ("\x00\ud800", 6, NOT_READ),
    ],
)
def test_nothing_is_guessed(typed: str, length: int, fault: str) -> None:
    read = read_code(typed, length)
    assert (read.digits, read.fault) == (None, fault)


@given(
    digits=st.from_regex(r"[0-9]{6}|[0-9]{8}", fullmatch=True),
    cut=st.integers(1, 5),
    between=st.sampled_from(["", " ", "-", "\u3000", " - "]),
    around=st.sampled_from(["", "コード：", "「", "JO1 ", "\t"]),
    wide=st.booleans(),
)
def test_any_code_in_any_width_and_grouping_reads_as_itself(
    digits: str, cut: int, between: str, around: str, wide: bool
) -> None:
    typed = digits[:cut] + between + digits[cut:]
    if wide:
        typed = typed.translate(_WIDE)
    assert read_code(around + typed, len(digits)).digits == digits
