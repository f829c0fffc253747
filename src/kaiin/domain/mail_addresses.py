"""Mail addresses as fans type and hold them: grammar, canonical form, domains often mistyped.

The grammar is RFC 5321's unquoted form with one opening: dots may stand anywhere in the local
part, because docomo and au once handed out addresses such as `taro..x.@docomo.ne.jp`, which
still receive mail. Canonical: NFKC, lower case, nothing invisible, no spaces; dots and plus tags
stay, because not every provider ignores them. Unicode domains stay Unicode.
"""

import re
from dataclasses import dataclass
from itertools import chain

from kaiin.domain.typed_text import SPACES, Folded, fold, merged

CASE = "identifier.case"
WRAPPING = "identifier.wrapping"
DOT_MARK = "identifier.dot_mark"
COMMA = "identifier.comma"
DOUBLED = "identifier.doubled"

DOMAIN_TYPO = "identifier.mail_domain_typo"
DOMAIN_INCOMPLETE = "identifier.mail_domain_incomplete"
INCOMPLETE = "identifier.mail_incomplete"
TWO_ATS = "identifier.mail_two_ats"
MISSING_AT = "identifier.mail_missing_at"
CHARACTERS = "identifier.mail_characters"
OLD_CARRIER_FORM = "identifier.mail_old_carrier"
DOTS = "identifier.mail_dots"
TOO_LONG = "identifier.too_long"

MAX_ADDRESS = 254  # RFC 5321's path of 256 octets, without its angle brackets
MAX_LOCAL_PART = 64

# Domains of Japanese carriers, present and past: they filter mail, die with a change of carrier,
# and some once gave out addresses that RFC 5321 forbids.
_DOMAINS_OF_CARRIERS = {
    "docomo": ("docomo.ne.jp", "mopera.net", "disney.ne.jp"),
    "au": ("ezweb.ne.jp", "au.com", "auone.jp", "ido.ne.jp", "ez1.ido.ne.jp", "ez2.ido.ne.jp"),
    "uq": ("uqmobile.jp",),
    "softbank": ("softbank.ne.jp", "i.softbank.jp", "vodafone.ne.jp", "jp-t.ne.jp"),
    "ymobile": ("ymobile.ne.jp", "ymobile1.ne.jp", "yahoo.ne.jp", "ymail.ne.jp"),
    "emobile": ("emobile.ne.jp", "emobile-s.ne.jp"),
    "willcom": ("willcom.com", "pdx.ne.jp", "wcm.ne.jp"),
    "rakuten": ("rakumail.jp",),
}
CARRIER_DOMAINS = frozenset(chain.from_iterable(_DOMAINS_OF_CARRIERS.values()))
# Vodafone and J-Phone gave each region its own letter: t.vodafone.ne.jp, jp-t.ne.jp.
_REGIONAL_CARRIER = re.compile(r"(?:[a-z]\.vodafone|(?:[a-z]\.)?jp-[a-z])\.ne\.jp")

# What a mistyped domain may have meant, the commonest first.
_POPULAR = (
    *("gmail.com", "icloud.com", "yahoo.co.jp", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp"),
    *("i.softbank.jp", "au.com", "outlook.jp", "outlook.com", "hotmail.com", "hotmail.co.jp"),
    *("ymobile.ne.jp", "yahoo.ne.jp", "yahoo.com", "uqmobile.jp", "rakumail.jp", "live.jp"),
    *("nifty.com", "biglobe.ne.jp", "googlemail.com"),
)
# Real domains, for which no neighbour in spelling is suggested.
_REAL = CARRIER_DOMAINS.union(
    _POPULAR,
    ("me.com", "mac.com", "msn.com", "live.com", "aol.com", "aol.jp", "ymail.com", "mail.com"),
    ("email.com", "rocketmail.com", "gmx.com", "gmx.net", "gmx.de", "proton.me", "protonmail.com"),
    ("qq.com", "naver.com", "hanmail.net", "daum.net", "infoseek.jp", "goo.jp", "excite.co.jp"),
    ("ocn.ne.jp", "so-net.ne.jp", "plala.or.jp", "dion.ne.jp", "odn.ne.jp"),
)
# Providers with honest addresses under the endings of many countries.
_INTERNATIONAL = re.compile(
    r"(?:yahoo|hotmail|outlook|live)\."
    r"(?:com?\.(?:tw|hk|kr|uk|au|br|sg|id|th|vn|ph|my|in)|tw|kr|fr|de|it|es|ca|in)"
)

# Wrong domains that no rule below reaches: too short, or near to several.
_KNOWN_TYPOS = {
    "au.ne.jp": "au.com",
    "au.co.jp": "au.com",
    "au.jp": "au.com",
    "au": "au.com",
    "au.con": "au.com",
    "aucom": "au.com",
    "au.co": "au.com",
    "softbank.jp": "i.softbank.jp",
    "softbank": "softbank.ne.jp",
    "i.softbank.ne.jp": "i.softbank.jp",
    "isoftbank.ne.jp": "i.softbank.jp",
    "i.softbank.co.jp": "i.softbank.jp",
    "yahoo": "yahoo.co.jp",
    "yahoo.co": "yahoo.co.jp",
    "yahoo.jp": "yahoo.co.jp",
    "yahoo.com.jp": "yahoo.co.jp",
    "outlook": "outlook.com",
    "outlook.co.jp": "outlook.jp",
    "nttdocomo.ne.jp": "docomo.ne.jp",
    "e-zweb.ne.jp": "ezweb.ne.jp",
}

# Endings that are no top-level domain, or not one that Japanese second levels stand under.
_WRONG_COM = re.compile(r"\.(?:con|cmo|ocm|cpm|vom|xom|coom|comm|c0m)$")
_WRONG_JP = re.compile(r"\.(co|ne|or|ac|go)(?:jp|\.jo|\.jpp|\.pj|\.jl)$")
_TWICE = re.compile(r"\.(com|jp)\.\1$")
_COMMON_ENDINGS = re.compile(r"com|co|cm|con|ne|jp|net|org|(?:co|ne|or)\.?jp")

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
_TOP_LEVEL = re.compile(r"[a-z]{2,24}|xn--[a-z0-9-]{2,59}")

_OPENING = "\"'`“”„‟‘’‚‛「『【〔〈《([{<«"
_CLOSING = "\"'`“”„‟‘’‚‛」』】〕〉》)]}>».,;:!?。、"
_IN_ANGLES = re.compile(r"<\s*(?:mailto:)?([^<>]*@[^<>]*)>")
_MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_MISTYPED_DOT = re.compile("[,、・·•]")
_AT_WORDS = re.compile(
    r"\s*(?:[(\[{<]\s*(?:at|a|アット|あっと)\s*[)\]}>]|\bat\b|アットマーク|あっとまーく|アット|あっと"
    r"|%40|[\"★☆◎■●＠])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MailReading:
    """What an address was read as. `value` is None where no address can be made out."""

    value: str | None
    forgiven: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    suggestion: str | None = None


def canonical_email(text: str) -> str | None:
    """The look-up form of an address in any writing, or None where it is not one address.

    A mistyped domain is kept: the member may have registered it so.
    """
    return read_mail(unwrapped(fold(text))).value


def is_carrier_address(address: str) -> bool:
    """Whether a canonical address belongs to a Japanese mobile carrier."""
    domain = address.rpartition("@")[2]
    return domain in CARRIER_DOMAINS or _REGIONAL_CARRIER.fullmatch(domain) is not None


def breaks_rfc5321(address: str) -> bool:
    """Whether a canonical address has dots where RFC 5321 wants none: `a..b@`, `a.@`, `.a@`."""
    local = address.rpartition("@")[0]
    return ".." in local or local.startswith(".") or local.endswith(".")


def unwrapped(folded: Folded) -> Folded:
    """Take off what came along with a copied text: quotes, brackets, `mailto:`, a final stop.

    A leading dot stays: old carrier addresses may begin with one.
    """
    text = folded.text
    if in_angles := _IN_ANGLES.search(text):
        text = in_angles.group(1)
    if mailto := _MAILTO.fullmatch(text.strip(_OPENING)):
        text = mailto.group(1)
    text = text.lstrip(_OPENING + " ").rstrip(_CLOSING + " ")
    if text == folded.text:
        return folded
    return Folded(text, merged(folded.forgiven, [WRAPPING]))


def read_mail(folded: Folded) -> MailReading:
    """Read an address from folded, unwrapped text that holds an `@`."""
    mended = _mended(folded)
    local, _, domain = mended.text.rpartition("@")
    if fault := _fault(local, domain):
        return MailReading(None, mended.forgiven, (fault,))
    meant = meant_domain(domain)
    if "." not in domain and meant is None:
        return MailReading(None, mended.forgiven, (DOMAIN_INCOMPLETE,))
    hints = []
    if breaks_rfc5321(mended.text):
        hints.append(OLD_CARRIER_FORM if is_carrier_address(mended.text) else DOTS)
    suggestion = None
    if meant is not None:
        hints.append(DOMAIN_INCOMPLETE if meant.startswith(f"{domain}.") else DOMAIN_TYPO)
        suggestion = f"{local}@{meant}"
    elif COMMA in mended.forgiven or DOUBLED in mended.forgiven:
        # Read without doubt, but worth showing: what was typed is no address.
        hints.append(DOMAIN_TYPO)
        suggestion = mended.text
    return MailReading(mended.text, mended.forgiven, tuple(hints), suggestion)


def meant_domain(domain: str) -> str | None:
    """The popular domain that a canonical domain is a slip of, or None for an honest one."""
    if domain in _REAL or _INTERNATIONAL.fullmatch(domain):
        return None
    if domain in _KNOWN_TYPOS:
        return _KNOWN_TYPOS[domain]
    if domain in _SHORTENED:
        return _SHORTENED[domain]
    provider, _, suffix = domain.partition(".")
    for popular in _POPULAR:
        if _is_slip_of(popular, domain, provider, suffix):
            return popular
    mended = _WRONG_JP.sub(r".\1.jp", _WRONG_COM.sub(".com", _TWICE.sub(r".\1", domain)))
    return mended if mended != domain else None


def suggest_at(folded: Folded) -> str | None:
    """The address meant by a text without `@`: "taro(at)gmail.com", "taro.gmail.com"; else None."""
    text = folded.text.lower()
    if _AT_WORDS.search(text):
        reading = read_mail(Folded(_AT_WORDS.sub("@", text, count=1)))
        if reading.value is not None:
            return reading.suggestion or reading.value
    tight = text.replace(" ", "").replace("。", ".")
    for domain in sorted(_POPULAR, key=len, reverse=True):
        local = tight.removesuffix(domain).rstrip(".")
        # "au.com" and "live.jp" end too many other words.
        if local != tight and len(domain) > len("live.jp") and _LOCAL_PART.fullmatch(local):
            return f"{local}@{domain}"
    return None


def _mended(folded: Folded) -> Folded:
    """Undo what can't be meant in an address: spaces, wrong dots, doubled `@`, capitals."""
    steps = (
        (SPACES, lambda text: text.replace(" ", "")),
        (DOT_MARK, lambda text: text.replace("。", ".")),
        (COMMA, lambda text: _MISTYPED_DOT.sub(".", text)),
        (DOUBLED, lambda text: _single_dots(re.sub("@{2,}", "@", text))),
        (CASE, str.lower),
    )
    text, codes = folded.text, list(folded.forgiven)
    for code, mend in steps:
        before, text = text, mend(text)
        if text != before:
            codes.append(code)
    return Folded(text, merged(codes))


def _single_dots(text: str) -> str:
    """Doubled dots and outer dots of the domain go; the local part's dots are the member's own."""
    local, at, domain = text.rpartition("@")
    return local + at + re.sub(r"\.{2,}", ".", domain).strip(".") if at else text


def _fault(local: str, domain: str) -> str | None:
    if "@" in local:
        return TWO_ATS
    if not local or not domain:
        return INCOMPLETE
    if len(local) > MAX_LOCAL_PART or len(local) + 1 + len(domain) > MAX_ADDRESS:
        return TOO_LONG
    labels = domain.split(".")
    if not _LOCAL_PART.fullmatch(local) or not all(map(_is_label, labels)):
        return CHARACTERS
    if len(labels) > 1 and not _TOP_LEVEL.fullmatch(labels[-1]):
        return CHARACTERS
    return None


def _is_label(label: str) -> bool:
    return len(label) <= 63 and _LABEL.fullmatch(label) is not None and "_" not in label


def _is_slip_of(popular: str, domain: str, provider: str, suffix: str) -> bool:
    """One slip in each half, or the right provider with the wrong ending."""
    if _slips(domain, popular) <= 1:
        return len(popular) > len("live.jp")  # "au.com" is within one slip of too much
    label, _, ending = popular.partition(".")
    if len(label) < 5:
        return False
    if provider == label and _COMMON_ENDINGS.fullmatch(suffix):
        return True
    return _slips(provider, label) <= 1 and _slips(suffix, ending) <= 1


def _slips(one: str, other: str) -> int:
    """Typing slips between two words, up to 2: a letter more, less or other, two exchanged.

    Optimal string alignment distance, cut short where the lengths already tell.
    """
    if abs(len(one) - len(other)) > 1:
        return 2
    if one == other:
        return 0
    first = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None
    )
    if first is None:
        return 1
    rest, other_rest = one[first:], other[first:]
    one_slip = (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )
    return 1 if one_slip else 2


def _shortened_domains() -> dict[str, str]:
    """Popular domains broken off at a dot ("docomo.ne") or with a dot lost ("gmailcom")."""
    shortened: dict[str, str] = {}
    for popular in _POPULAR:
        dots = [at for at, character in enumerate(popular) if character == "."]
        cut = [popular[:at] for at in dots]
        joined = [popular[:at] + popular[at + 1 :] for at in dots]
        for short in (*cut, *joined, popular.replace(".", "")):
            if len(short) >= len("gmail") and short not in _REAL:
                shortened.setdefault(short, popular)
    return shortened


_SHORTENED = _shortened_domains()
