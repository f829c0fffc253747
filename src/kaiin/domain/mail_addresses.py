"""Mail addresses as fans type and paste them: grammar, canonical form, finding them in a text.

The grammar is RFC 5321's with one opening: dots may be anywhere in the local part, because
docomo and au once handed out addresses such as `taro..x.@docomo.ne.jp`, which still receive
mail. Their quoted form, `"taro..x."@docomo.ne.jp`, is the same mailbox.

Canonical: NFKC, lower case, nothing invisible, quoted only where needed, the domain in Unicode;
dots and plus tags stay, because not every provider ignores them.

A text that is a valid address as a whole is that address, and never anything else. Only then are
addresses looked for inside it (`domain.mail_search`).
"""

import re

from kaiin.domain.identifiers import codes
from kaiin.domain.mail_domains import (
    POPULAR,
    ascii_domain,
    canonical_domain,
    is_carrier_domain,
    meant_domain,
)
from kaiin.domain.typed_text import Folded, Reading, merged

MAX_ADDRESS = 254  # RFC 5321's path of 256 octets, without its angle brackets
MAX_LOCAL_PART = 64

LOCAL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~.-")
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_APOSTROPHE = re.compile("(?<=[0-9a-z])[\u2018\u2019\u201b\u2032\u02bc](?=[0-9a-z])", re.IGNORECASE)
_DOUBLE_QUOTES = str.maketrans("“”„‟", '""""')

_OPENING = "\"'`“”„‟‘’‚‛「『【〔〈《([{<«"
_CLOSING = "\"'`“”„‟‘’‚‛」』】〕〉》)]}>».,;:!?。、"
_AT_WORDS = re.compile(
    r"\s*(?:[(\[{<]\s*(?:at|a|アット|あっと)\s*[)\]}>]|\bat\b|アットマーク|あっとまーく|アット|あっと"
    r"|%40|[\"★☆◎■●＠])\s*",
    re.IGNORECASE,
)


def exact_address(text: str) -> str | None:
    """The canonical form of a folded text that is an address as a whole; None for any other.

    Nothing is taken off and nothing is added: `id2007@docomo.ne.jp` and `+fan@gmail.com` are
    themselves.
    """
    local, at, domain = text.rpartition("@")
    return joined(local, domain) if at and "." in domain else None


def joined(local: str, domain: str) -> str | None:
    """The canonical address of two halves in any case, or None where they make none.

    The domain may be of one label; whether it is complete, the caller decides.
    """
    canonical_local = _canonical_local(local.lower())
    canonical = canonical_domain(domain)
    if canonical_local is None or canonical is None:
        return None
    address = f"{canonical_local}@{canonical}"
    return None if len(address) > MAX_ADDRESS else address


def is_carrier_address(address: str) -> bool:
    """Whether a canonical address belongs to a Japanese mobile carrier."""
    return is_carrier_domain(address.rpartition("@")[2])


def breaks_rfc5321(address: str) -> bool:
    """Whether a canonical address has dots where RFC 5321 wants none: `a..b@`, `a.@`, `.a@`."""
    local = address.rpartition("@")[0]
    return not local.startswith('"') and (
        ".." in local or local.startswith(".") or local.endswith(".")
    )


def wire_form(address: str) -> str:
    """How a canonical address is written in SMTP's envelope and a mail's header.

    A local part that RFC 5321 allows only in quotes gets them, even where a library took them
    off; a Unicode domain is encoded.
    """
    local, _, domain = address.rpartition("@")
    if not local.startswith('"') and (breaks_rfc5321(address) or not _is_plain(local.lower())):
        local = _quoted(local)
    return f"{local}@{ascii_domain(domain)}"


def unwrapped(folded: Folded) -> Folded:
    """Take off quotes, brackets and final stops around a copied text.

    A leading dot stays: old carrier addresses may begin with one.
    """
    text = folded.text.lstrip(_OPENING + " ").rstrip(_CLOSING + " ")
    if text == folded.text:
        return folded
    return Folded(text, merged(folded.forgiven, [codes.WRAPPING]))


def normalised(folded: Folded) -> Folded:
    """Typographic quotes as ASCII ones: `“a..b”@`, and the apostrophe between two letters."""
    forgiven = list(folded.forgiven)
    text = _APOSTROPHE.sub("'", folded.text)
    if text != folded.text:
        forgiven.append(codes.APOSTROPHE)
    if re.search("[“”„‟]@", text):
        text = text.translate(_DOUBLE_QUOTES)
    return Folded(text, merged(forgiven))


def reading_of(address: str, forgiven: tuple[str, ...], *, quoted: bool = False) -> Reading:
    """What is to be said of an address that was read; `quoted`: its local part was in quotes.

    In quotes RFC 5321 allows dots anywhere, at every provider.
    """
    hints = []
    meant = meant_domain(address.rpartition("@")[2])
    if breaks_rfc5321(address):
        if is_carrier_address(address):
            hints.append(codes.OLD_CARRIER_FORM)
        elif not quoted:
            hints.append(codes.DOTS)
    suggestion = None
    if meant is not None:
        own = address.rpartition("@")[2]
        hints.append(codes.DOMAIN_INCOMPLETE if meant.startswith(f"{own}.") else codes.DOMAIN_TYPO)
        suggestion = f"{address.rpartition('@')[0]}@{meant}"
    elif codes.COMMA in forgiven or codes.DOUBLED in forgiven:
        # Read without doubt, but worth showing: what was typed is no address.
        hints.append(codes.DOMAIN_TYPO)
        suggestion = address
    return Reading(address, forgiven, tuple(hints), suggestion)


def suggest_at(folded: Folded) -> str | None:
    """The address meant by a text without `@`: "taro(at)gmail.com", "taro.gmail.com"; else None."""
    text = folded.text.lower()
    if _AT_WORDS.search(text):
        address = exact_address(_AT_WORDS.sub("@", text, count=1).replace(" ", ""))
        if address is not None:
            return reading_of(address, ()).suggestion or address
    tight = text.replace(" ", "").replace("。", ".")
    for domain in sorted(POPULAR, key=len, reverse=True):
        local = tight.removesuffix(domain).rstrip(".")
        # "au.com" and "live.jp" end too many other words.
        if local != tight and len(domain) > len("live.jp") and _LOCAL_PART.fullmatch(local):
            return f"{local}@{domain}"
    return None


def fault_of(text: str) -> str:
    """What keeps a text with an `@` from being an address."""
    local, _, domain = text.replace(" ", "").lower().rpartition("@")
    if "@" in local:
        return codes.TWO_ATS
    if not local or not domain:
        return codes.INCOMPLETE
    if len(local) > MAX_LOCAL_PART or len(local) + 1 + len(domain) > MAX_ADDRESS:
        return codes.TOO_LONG
    if _canonical_local(local) is None or canonical_domain(domain) is None:
        return codes.CHARACTERS
    return codes.CHARACTERS if "." in domain else codes.DOMAIN_INCOMPLETE


def _canonical_local(local: str) -> str | None:
    quoted = _QUOTED.fullmatch(local)
    if quoted:
        local = re.sub(r"\\(.)", r"\1", quoted.group(1))
    if not 0 < len(local) <= MAX_LOCAL_PART:
        return None
    if _is_plain(local):
        return local
    if quoted is None or not local.isascii() or not local.isprintable():
        return None
    return _quoted(local)


def _is_plain(local: str) -> bool:
    return _LOCAL_PART.fullmatch(local) is not None


def _quoted(local: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", local) + '"'
