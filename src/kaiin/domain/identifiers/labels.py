"""Labels that people type or copy along: "会員ID：E…", "決済番号 …", "No.123", "TEL 090…".

A label also distinguishes numbers whose shape alone says nothing, such as au's and SoftBank's.
"""

import re
from dataclasses import dataclass

from kaiin.domain.identifiers import codes
from kaiin.domain.references import ReferenceKind
from kaiin.domain.typed_text import Folded, merged

MEMBER_NUMBER = "member_number"
OTHER = "other"

# The labels of each kind; "" where one may precede any identifier. Those of OTHER speak for no kind
# of number, yet never precede a login ID.
_LABELS = {
    "": (
        *("plus member id", "emtg id"),
        *("ログインid", "会員id", "ユーザーid", "ユーザid", "会員コード"),
        *("login id", "member id", "membership id", "user id", "your id", "account id"),
        *("id番号", "id no", "id number", "id", "ログイン", "番号"),
        *("会員アイディー", "アイディー", "アイディ", "アカウント", "account"),
    ),
    OTHER: (
        *("クレジットカード番号", "カード番号"),
        *("電話番号", "電話", "携帯電話番号", "携帯番号", "携帯電話", "携帯"),
        *("tel", "phone number", "phone"),
        *("メールアドレス", "メルアド", "メアド", "メール", "アドレス"),
        *("e-mail", "email", "mail address", "mail", "address"),
    ),
    MEMBER_NUMBER: (
        *("会員番号", "会員no", "会員ナンバー", "メンバーズナンバー"),
        *("member number", "membership number", "member no", "no", "#"),
    ),
    ReferenceKind.DOCOMO_PAYMENT.value: ("決済番号", "ドコモ決済番号"),
    ReferenceKind.AU_CONTRACT.value: ("継続課金id",),
    ReferenceKind.AU_PAYMENT.value: ("決済情報番号",),
    ReferenceKind.SOFTBANK_ORDER.value: ("注文番号", "order number"),
    ReferenceKind.KONBINI_SLIP.value: (
        *("受付番号", "お客様番号", "お支払い受付番号", "払込票番号", "払込番号", "お支払い番号"),
        "slip number",
    ),
    ReferenceKind.KONBINI_CONFIRMATION.value: ("確認番号", "confirmation number"),
    ReferenceKind.CARD_LAST4.value: ("カード下4桁", "カード末尾", "下4桁", "末尾4桁"),
}
_KIND_OF_LABEL = {label: kind for kind, labels in _LABELS.items() for label in labels}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text without its label. `kind` is "" where the label implies none."""

    kind: str
    rest: Folded


def without_label(folded: Folded) -> Labelled | None:
    """Take a leading label off folded text; None where there is none, or nothing after it."""
    if counted := _COUNTED.fullmatch(folded.text):
        return Labelled(MEMBER_NUMBER, _forgiven(folded, counted.group(1)))
    match = _PATTERN.fullmatch(folded.text)
    if match is None:
        return None
    kind = _KIND_BY_TIGHT_LABEL[match["label"].replace(" ", "").lower()]
    return Labelled(kind, _forgiven(folded, match["rest"]))


def label_before(text: str, at: int) -> str | None:
    """What the label right before a place speaks for: None without one.

    "" is a label of login IDs, `OTHER` one of something else, known or unknown to this module.
    """
    before = _MARKS_AND_VERBS.sub("", text[max(0, at - _REACH) : at]).lower()
    if match := _KNOWN_AT_END.search(before):
        return _KIND_BY_TIGHT_LABEL[match.group().replace(" ", "")]
    return OTHER if _SOME_NUMBER.search(before) else None


def is_label(word: str) -> bool:
    """Whether Latin letters are a label that may precede an ID without a sign between."""
    return word.lower() in _KIND_BY_TIGHT_LABEL or word.lower() in {"no", "number"}


def _forgiven(folded: Folded, rest: str) -> Folded:
    return Folded(rest.strip(), merged(folded.forgiven, [codes.LABEL]))


def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_KIND_OF_LABEL, key=len, reverse=True)
    labels = "|".join(re.escape(label).replace(r"\ ", " ?") for label in longest_first)
    # Without a mark between, only a digit or a phone's "+" or "(" may follow a Latin label:
    # "tel090…" is one, "telma" is a nickname. Japanese labels need no mark.
    mark = r"\s*[:=.#・は]\s*|\s+|(?=[0-9+(])|(?<=[^\x00-\x7f])"
    return re.compile(rf"(?P<label>{labels})(?P<mark>{mark})(?P<rest>.+)", re.IGNORECASE)


_PATTERN = _pattern()
_COUNTED = re.compile(r"([0-9]{1,7}) ?番")
_KIND_BY_TIGHT_LABEL = {label.replace(" ", ""): kind for label, kind in _KIND_OF_LABEL.items()}
_SOME_NUMBER = re.compile(
    r"(?:番号|ナンバー|コード|暗証|パスワード|生年月日|誕生日|日|円|金額|合計|支払い|決済|注文|伝票|領収書|請求書|[¥$€]|"
    r"(?:^|[^a-z])(?:number|code|password|pin|no|date|birthday|total|amount|payment|order|receipt|slip|fax|zip|ref))$"
)
_MARKS_AND_VERBS = re.compile(r"(?:[^\w#¥$€]|_|は|が|です|\bis\b|の方)*$", re.IGNORECASE)
_REACH = 40


def _known_at_end() -> re.Pattern[str]:
    # "id" ends "paid", "番号" the name of any number: these begin a word or are no label.
    words = {label: re.escape(label).replace(r"\ ", " ?") for label in _KIND_OF_LABEL}
    whole = "|".join(word for label, word in words.items() if label.isascii() or label == "番号")
    others = "|".join(
        word for label, word in words.items() if not label.isascii() and label != "番号"
    )
    return re.compile(rf"(?:(?<![^\W\d_])(?:{whole})|{others})$")


_KNOWN_AT_END = _known_at_end()
