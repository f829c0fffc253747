"""Labels that people type or copy along: "会員ID：E…", "決済番号 …", "No.123", "TEL 090…".

A label also tells apart numbers whose shape alone says nothing, such as au's and SoftBank's.
"""

import re
from dataclasses import dataclass

from kaiin.domain.identifiers import codes
from kaiin.domain.references import ReferenceKind
from kaiin.domain.typed_text import Folded, merged

MEMBER_NUMBER = "member_number"

# Each label and the kind that it speaks for; "" where it may stand before any identifier.
_KIND_OF_LABEL = {
    **dict.fromkeys(
        (
            "plus member id",
            "emtg id",
            "ログインid",
            "会員id",
            "ユーザーid",
            "ユーザid",
            "会員コード",
        ),
        "",
    ),
    **dict.fromkeys(("login id", "member id", "user id", "id番号", "id", "ログイン", "番号"), ""),
    **dict.fromkeys(("メールアドレス", "メルアド", "メアド", "メール", "アドレス"), ""),
    **dict.fromkeys(("クレジットカード番号", "カード番号"), ""),
    **dict.fromkeys(("e-mail", "email", "mail address", "mail", "address"), ""),
    **dict.fromkeys(
        ("電話番号", "電話", "携帯電話番号", "携帯番号", "携帯電話", "携帯", "tel"), ""
    ),
    **dict.fromkeys(("phone number", "phone"), ""),
    **dict.fromkeys(("会員番号", "会員no", "member number", "member no", "no", "#"), MEMBER_NUMBER),
    **dict.fromkeys(("決済番号", "ドコモ決済番号"), ReferenceKind.DOCOMO_PAYMENT.value),
    "継続課金id": ReferenceKind.AU_CONTRACT.value,
    "決済情報番号": ReferenceKind.AU_PAYMENT.value,
    "注文番号": ReferenceKind.SOFTBANK_ORDER.value,
    **dict.fromkeys(
        ("受付番号", "お客様番号", "お支払い受付番号", "払込票番号", "払込番号", "お支払い番号"),
        ReferenceKind.KONBINI_SLIP.value,
    ),
    "確認番号": ReferenceKind.KONBINI_CONFIRMATION.value,
    **dict.fromkeys(
        ("カード下4桁", "カード末尾", "下4桁", "末尾4桁"), ReferenceKind.CARD_LAST4.value
    ),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text without its label. `kind` is "" where the label tells none."""

    kind: str
    rest: Folded


def without_label(folded: Folded) -> Labelled | None:
    """Take a leading label off folded text; None where there is none, or nothing after it."""
    if counted := _COUNTED.fullmatch(folded.text):
        return Labelled(MEMBER_NUMBER, _forgiven(folded, counted.group(1)))
    match = _PATTERN.fullmatch(folded.text)
    if match is None:
        return None
    label = match["label"].replace(" ", "").lower()
    kind = _KIND_BY_TIGHT_LABEL[label]
    if "@" in folded.text and label.isascii() and (kind or match["mark"].strip() not in {"", ":"}):
        return None  # part of an address: no.1@docomo.ne.jp
    return Labelled(kind, _forgiven(folded, match["rest"]))


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
