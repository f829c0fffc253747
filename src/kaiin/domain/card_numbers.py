"""Numbers of payment cards inside any text: found, so that none is shown, stored or logged.

A card number is a run of digits, with signs or spaces between them, that begins like a card
scheme's numbers, has their length and passes Luhn's check. Expiry dates, names and other words may
surround it. It is no card number where its label says that it is a payment's, where it is a
telephone number with a country code, or where it is part of a mail address. Whether it equals a
payment number that is stored, only who can look there knows.
"""

import re
from collections.abc import Iterator

from kaiin.domain.typed_text import fold

MASK = "****"


# How numbers begin, and how many digits they have at least and at most. Maestro's 12 are left out:
# a docomo payment number has as many.
_SCHEMES = (
    (r"4", 13, 13),
    (r"4", 16, 16),
    (r"4", 19, 19),
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", 16, 16),  # Mastercard
    (r"35(?:2[89]|[3-8])", 16, 16),  # JCB
    (r"3[47]", 15, 15),  # American Express
    (r"30[0-5]|3095|3[689]", 14, 14),  # Diners Club
    (r"30[0-5]|3095|3[689]", 16, 16),
    (r"6011|64[4-9]|65", 16, 16),  # Discover
    (r"62|81", 16, 19),  # UnionPay
    (r"50(?:18|20|38)|5893|6304|67(?:59|6[1-3])", 13, 19),  # Maestro
)
_BY_PREFIX = tuple((re.compile(prefixes), range(a, b + 1)) for prefixes, a, b in _SCHEMES)
_SHORTEST, _LONGEST = 13, 19
_FIRST_DIGITS = frozenset("234568")
# One sign can be two digits: "㊷".
_MIN_SIGNS = 7
_GROUPS = re.compile(r"[0-9]+")
# Signs and spaces between the groups of one number.
_BETWEEN = re.compile(r"[^\w@]{1,4}|[^\w@]{0,2}[_ー・][^\w@]{0,2}")
_REST_OF_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,64} ?@ ?(?:[^\W_][\w-]{0,62}\.)+[^\W\d_]"
)
_IN_ADDRESS = re.compile(r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]+")
# "4242424242424242" and "12/27" without a space between.
_GLUED_EXPIRY = re.compile(r"(?P<number>[0-9]{13,19})(?:0[1-9]|1[0-2])[/-][0-9]{2}(?![0-9])")
# How a link writes spaces, commas, hyphens and slashes.
_ESCAPED = re.compile(r"%(?:20|2[B-F]|3A|7C|5F)", re.IGNORECASE)
_ENCLOSED_BEFORE_DIGIT = re.compile(r"([\u2460-\u249b\u24ea-\u24fe\u2776-\u2793])(?=[0-9０-９])")
_LONGEST_REFERENCE = 23
# Numbers of payments that can look like a card's, by the label or the letters before them.
_PAYMENT_LABEL = re.compile(
    r"(?:(?:決済|継続課金|決済情報|注文|受付|お客様|払込|払込票|支払い?|確認|管理|収納機関|納付|取引|"
    r"伝票|請求|領収書|契約|追跡|問い?合わ?せ|振込|口座|バーコード|トランザクション|第[1-3])(?:番号|ID|コード)|"
    r"企業コード|payment|order|slip|confirmation|reference|contract|receipt|transaction|"
    r"invoice|tracking|(?<![A-Za-z])SB|"
    r"(?<![A-Za-z])(?:pi|ch|in|py|cs|seti)_\w{0,20}?)"
    r"(?:[ ]?(?:number|no|id))?[^\w+]{0,4}(?:は|is)?[^\w+]{0,4}$",
    re.IGNORECASE,
)
_LABEL_REACH = 60


def has_card_number(text: str) -> bool:
    """Whether a text in any writing has a card number in it."""
    if sum(map(str.isnumeric, text)) < _MIN_SIGNS:
        return False
    return next(_found(_folded(text)), None) is not None


def without_card_numbers(text: str) -> str:
    """The text with every card number in it replaced by a mask.

    A text without any comes back as it is. A line with one comes back in its folded
    writing: neither width nor invisible characters save a number.
    """
    if not has_card_number(text):
        return text
    lines = "\n".join(map(_masked, text.split("\n")))
    return _masked(lines) if has_card_number(lines) else lines


def _masked(text: str) -> str:
    if not has_card_number(text):
        return text
    folded = _folded(text)
    parts, at = [], 0
    for start, end in _found(folded):
        parts += [folded[at:start], MASK]
        at = end
    return "".join([*parts, folded[at:]])


def _folded(text: str) -> str:
    # A circled number before digits is a list's, not the number's first digit.
    folded = fold(_ENCLOSED_BEFORE_DIGIT.sub(r"\1 ", text)).text
    return _ESCAPED.sub(" - ", folded) if "%" in folded else folded


def is_card_number(digits: str) -> bool:
    """Whether ASCII digits have a card scheme's prefix and length and pass Luhn's check."""
    return any(
        len(digits) in lengths and prefixes.match(digits) for prefixes, lengths in _BY_PREFIX
    ) and _passes_luhn(digits)


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers are in folded text: from the first to the last digit, in order.

    A number begins and ends with a group of digits; at most 19 groups are looked at from each.
    """
    groups = [(match.start(), match.end()) for match in _GROUPS.finditer(text)]
    first = 0
    while first < len(groups):
        last = _last_group(text, groups, first)
        if last is not None:
            yield groups[first][0], groups[last][1]
            first = last
        elif glued := _GLUED_EXPIRY.match(text, groups[first][0]):
            if is_card_number(glued["number"]):
                yield groups[first][0], glued.end("number")
        else:
            first = _end_of_reference(text, groups, first)
        first += 1


def _end_of_reference(text: str, groups: list[tuple[int, int]], first: int) -> int:
    """The last group of a payment's number in even groups behind its label; else the first."""
    size = _length(groups[first])
    last = first
    while last + 1 < len(groups) and last - first < _LONGEST and _length(groups[last]) == size:
        between = text[groups[last][1] : groups[last + 1][0]]
        if between not in {" ", "-"} or _length(groups[last + 1]) > size:
            break
        last += 1
    if last == first:
        return first
    digits = sum(_length(group) for group in groups[first : last + 1])
    return last if digits <= _LONGEST_REFERENCE and _is_labelled(text, groups[first][0]) else first


def _length(group: tuple[int, int]) -> int:
    return group[1] - group[0]


def _last_group(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of a card number that begins with a group; the longest one counts."""
    start, longest, digits = groups[first][0], None, ""
    if text[start] not in _FIRST_DIGITS:
        return None
    for at in range(first, len(groups)):
        if at > first and not _BETWEEN.fullmatch(text, groups[at - 1][1], groups[at][0]):
            break
        digits += text[groups[at][0] : groups[at][1]]
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and is_card_number(digits):
            longest = at
    if longest is None or _is_something_else(text, start, groups[longest][1]):
        return None
    return longest


def _is_something_else(text: str, start: int, end: int) -> bool:
    digits = sum(character.isdigit() for character in text[start:end])
    if text[max(0, start - 3) : start].rstrip(" (").endswith("+") and digits <= 15:
        return True
    if _IN_ADDRESS.fullmatch(text, start, end) and _REST_OF_ADDRESS.match(text, end):
        return True
    return _is_labelled(text, start)


def _is_labelled(text: str, start: int) -> bool:
    return _PAYMENT_LABEL.search(text[max(0, start - _LABEL_REACH) : start]) is not None


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
