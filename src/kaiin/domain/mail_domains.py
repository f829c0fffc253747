"""Mail domains: their canonical form, the carriers' ones, and which one a slip may have meant.

Canonical is UTS 46's Unicode form, so that `日本語.jp` and `xn--wgv71a119e.jp` are one domain.
"""

import re
from itertools import chain

import idna

from kaiin.domain.typed_text import fold

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
POPULAR = (
    *("gmail.com", "icloud.com", "yahoo.co.jp", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp"),
    *("i.softbank.jp", "au.com", "outlook.jp", "outlook.com", "hotmail.com", "hotmail.co.jp"),
    *("ymobile.ne.jp", "yahoo.ne.jp", "yahoo.com", "uqmobile.jp", "rakumail.jp", "live.jp"),
    *("nifty.com", "biglobe.ne.jp", "googlemail.com"),
)
# Real domains, for which no neighbour in spelling is suggested.
_REAL = CARRIER_DOMAINS.union(
    POPULAR,
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

# Endings that are no top-level domain, or not one that has Japanese second levels.
_WRONG_COM = re.compile(r"\.(?:con|cmo|ocm|cpm|vom|xom|coom|comm|c0m)$")
_WRONG_JP = re.compile(r"\.(co|ne|or|ac|go)(?:jp|\.jo|\.jpp|\.pj|\.jl)$")
_TWICE = re.compile(r"\.(com|jp)\.\1$")
COMMON_ENDINGS = re.compile(r"com|co|cm|con|ne|jp|net|org|(?:co|ne|or)\.?jp")

# Top-level domains in other scripts that a typed address may end in. Any other word after the last
# dot is taken for the sentence that goes on: `taro@example.com。よろしく`.
_UNICODE_TOP_LEVELS = frozenset(
    (
        *("みんな", "コム", "セール", "ストア", "ファッション", "クラウド", "ポイント"),
        *("グーグル", "アマゾン", "世界", "中国", "中國", "香港", "台湾", "台灣"),
        *("新加坡", "公司", "网络", "在线", "网址", "商城", "中文网", "企业", "我爱你"),
        *("集团", "한국", "삼성", "닷컴", "닷넷", "рф", "бг", "укр", "срб"),
        *("мкд", "мон", "қаз", "онлайн", "сайт", "москва", "орг"),
        *("дети", "бел", "ευ", "ελ"),
    )
)
_TOP_LEVEL = re.compile(r"[a-z]{2,24}|xn--[a-z0-9-]{2,59}")
_ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_UNICODE_LABEL = re.compile(r"(?:[^\W_]|[-ー])+")
MAX_DOMAIN = 253


def canonical_domain(domain: str) -> str | None:
    """The Unicode form of a domain in lower case, or None where it can be no mail domain.

    A domain of one label is canonical too: whether it is complete, its reader decides.
    """
    if len(domain) > MAX_DOMAIN:
        return None
    labels = [_canonical_label(label) for label in domain.lower().split(".")]
    known = [label for label in labels if label is not None]
    if len(known) < len(labels):
        return None
    if len(known) > 1:
        typed = domain.lower().rpartition(".")[2]
        if not _is_top_level(known[-1]):
            # What may not be written in its own script stays as it was typed.
            known[-1] = typed
        if not _is_top_level(known[-1]):
            return None
    return ".".join(known)


def ascii_domain(domain: str) -> str:
    """The form in which a canonical domain goes over the wire."""
    return ".".join(
        label if label.isascii() else idna.encode(label, uts46=True).decode()
        for label in domain.split(".")
    )


def is_carrier_domain(domain: str) -> bool:
    """Whether a canonical domain belongs to a Japanese mobile carrier."""
    return domain in CARRIER_DOMAINS or _REGIONAL_CARRIER.fullmatch(domain) is not None


def _is_top_level(label: str) -> bool:
    return label in _UNICODE_TOP_LEVELS or _TOP_LEVEL.fullmatch(label) is not None


def _canonical_label(label: str) -> str | None:
    if label.isascii() and not label.startswith("xn--"):
        return label if _ASCII_LABEL.fullmatch(label) else None
    try:
        encoded = idna.encode(label, uts46=True).decode()
        decoded = idna.decode(encoded)
    except (idna.IDNAError, UnicodeError):
        # Registered under older rules (symbols, for one): only its ASCII form is known to be one.
        return label if _ASCII_LABEL.fullmatch(label) else None
    # A joiner or middle dot inside would be lost when the canonical form is typed again.
    readable = _UNICODE_LABEL.fullmatch(decoded) and fold(decoded).text == decoded
    return decoded if readable else encoded


def meant_domain(domain: str) -> str | None:
    """The popular domain that a canonical domain is a slip of, or None for an honest one."""
    if domain in _REAL or _INTERNATIONAL.fullmatch(domain):
        return None
    if domain in _KNOWN_TYPOS:
        return _KNOWN_TYPOS[domain]
    if domain in _SHORTENED:
        return _SHORTENED[domain]
    provider, _, suffix = domain.partition(".")
    for popular in POPULAR:
        if _is_slip_of(popular, domain, provider, suffix):
            return popular
    mended = _WRONG_JP.sub(r".\1.jp", _WRONG_COM.sub(".com", _TWICE.sub(r".\1", domain)))
    return mended if mended != domain else None


def _is_slip_of(popular: str, domain: str, provider: str, suffix: str) -> bool:
    """One slip in each half, or the right provider with the wrong ending."""
    if _slips(domain, popular) <= 1:
        return len(popular) > len("live.jp")  # "au.com" is within one slip of too much
    label, _, ending = popular.partition(".")
    if len(label) < 5:
        return False
    if provider == label and COMMON_ENDINGS.fullmatch(suffix):
        return True
    return _slips(provider, label) <= 1 and _slips(suffix, ending) <= 1


def _slips(one: str, other: str) -> int:
    """Typing slips between two words, up to 2: a letter more, less or other, two exchanged.

    Optimal string alignment distance, cut short where the lengths already decide.
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
    for popular in POPULAR:
        dots = [at for at, character in enumerate(popular) if character == "."]
        cut = [popular[:at] for at in dots]
        joined = [popular[:at] + popular[at + 1 :] for at in dots]
        for short in (*cut, *joined, popular.replace(".", "")):
            if len(short) >= len("gmail") and short not in _REAL:
                shortened.setdefault(short, popular)
    return shortened


_SHORTENED = _shortened_domains()
