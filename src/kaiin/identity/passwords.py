"""Passwords: how they are hashed and verified, and which new ones are refused.

A password is neither trimmed nor cut nor folded on its way, only brought to Unicode's NFC form,
which changes no character that one sees. Hashes from before (`argon2$…` instead of
`argon2nfc$…`) are of the raw text, and are compared with it until their next change.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from argon2.low_level import ARGON2_VERSION
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator

from kaiin.identity import hashing

SHORTEST = 8
SHORTEST_OF_STAFF = 15  # while staff have no second factor
LONGEST = 128
LEGACY_LIMIT = 12  # of the system that members came from
# A longer text is no password of ours; it costs one hash like any other, but not its own.
_LONGEST_HASHED = 1024


@dataclass(frozen=True)
class Costs:
    """What a hash costs: KiB of memory, passes over them, lanes."""

    memory: int
    passes: int
    lanes: int

    def __str__(self) -> str:
        return f"m={self.memory},t={self.passes},p={self.lanes}"


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's first choice of small memory: 19 MiB, two passes, one lane.

    Of the password's NFC form (SP 800-63B-4, 3.1.1.2): the same characters typed on another
    machine are the same password.
    """

    algorithm = "argon2nfc"
    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return str(super().encode(_composed(password), salt))

    def verify(self, password: str, encoded: str) -> bool:
        return bool(super().verify(_composed(password), encoded))


class RawArgon2id(Argon2PasswordHasher):
    """Hashes from before, of the text exactly as it was typed then. None is made any more."""

    algorithm = "argon2"


TODAY = Costs(Argon2id.memory_cost, Argon2id.time_cost, Argon2id.parallelism)
_hashers = {hasher.algorithm: hasher for hasher in (Argon2id(), RawArgon2id())}
_hasher = _hashers[Argon2id.algorithm]
_COSTS = re.compile(r"\$argon2id\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)\$")


@cache
def _hash_of_nothing(costs: Costs) -> str:
    """A hash that no password has, of the same cost as any: for accounts that don't exist."""

    def base64(length: int) -> str:
        return secrets.token_urlsafe(length).replace("-", "+").replace("_", "/")

    return f"argon2nfc$argon2id$v={ARGON2_VERSION}${costs}${base64(16)}${base64(32)}"


def hash_password(password: str) -> str:
    """The hash to keep of a new password (some 30 ms of work)."""
    with hashing.places.turn():
        return str(_hasher.encode(password, _hasher.salt()))


def costs_of(encoded: str) -> Costs | None:
    """What verifying against this hash costs; None if it is not of a kind that we verify."""
    found = _COSTS.match(encoded.removeprefix(_kind_of(encoded) or "\0"))
    return Costs(*(int(cost) for cost in found.groups())) if found else None


def verify(password: str, encoded: str | None, *, known: Collection[Costs] = (TODAY,)) -> bool:
    """Whether the password is the hash's. One verification for any input.

    `encoded` None (no such account) or in a form that is not ours never matches. `known` are
    the costs that accounts' hashes have: each of them is paid at each try, once, so that no
    account is known by the time that its hash takes. (Work over more memory takes more than
    its share of time, so one cost can't be made up for by another.)
    """
    costs = costs_of(encoded) if encoded is not None else None
    hashable = len(password) <= _LONGEST_HASHED and not _has_surrogates(password)
    against = encoded if encoded and costs and hashable else _hash_of_nothing(TODAY)
    text = password if hashable else ""
    with hashing.places.turn():
        matches = bool(_hashers[_kind_of(against) or Argon2id.algorithm].verify(text, against))
        for other in known:
            if other != costs_of(against):
                _hasher.verify(text, _hash_of_nothing(other))
    return matches and costs is not None and hashable


def is_outdated(encoded: str) -> bool:
    """Whether a hash was made with other costs than today's: make it anew at the next login."""
    return costs_of(encoded) != TODAY


def _kind_of(encoded: str) -> str | None:
    algorithm = encoded.partition("$")[0]
    return algorithm if algorithm in _hashers else None


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def password_problems(
    password: str,
    own: Mapping[str, object],
    *,
    site_words: tuple[str, ...] = (),
    staff: bool = False,
) -> tuple[str, ...]:
    """The codes of what is wrong with a new password; none if it will do.

    `own` is what is known of the member (details, `email`, `member_id`): an attacker tries
    these first, so they don't count towards the length. The same goes for `site_words`.
    `staff` need 15 characters or more.
    """
    problem = _problem_of_length(password, staff=staff)
    if problem is not None:
        return (problem,)
    folded = _fold(password)
    if folded in _common() or len(set(folded)) == 1:
        return ("password.common",)
    if _left_without(folded, _words(own)) < SHORTEST:
        return ("password.own_data",)
    if _left_without(folded, {_fold(word) for word in site_words}) < SHORTEST:
        return ("password.site_name",)
    return ()


def shape(password: str) -> tuple[str, ...]:
    """What a member may want to know of a password that was refused; far too coarse to guess by.

    The former system took half-width characters only, twelve at most, and people type those
    as they remember them.
    """
    flags = {
        "password.full_width": any(unicodedata.east_asian_width(c) in "FW" for c in password),
        "password.outer_spaces": password != password.strip(),
        "password.over_legacy_limit": len(password) > LEGACY_LIMIT,
    }
    return tuple(flag for flag, is_set in flags.items() if is_set)


def _problem_of_length(password: str, *, staff: bool) -> str | None:
    if len(password) < SHORTEST:
        return "password.too_short"
    if staff and len(password) < SHORTEST_OF_STAFF:
        return "password.too_short_staff"
    if len(password) > LONGEST or _has_surrogates(password):
        return "password.too_long"
    return None


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common() -> frozenset[str]:
    # Django ships the 20,000 commonest of Royce Williams' list.
    return frozenset(CommonPasswordValidator().passwords)


def _words(own: Mapping[str, object]) -> set[str]:
    words: set[str] = set()
    for name, value in own.items():
        if isinstance(value, date):
            forms = ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%y%m%d")
            words |= {value.strftime(form) for form in forms}
        elif isinstance(value, str):
            words |= _words_of_text(name, _fold(value))
    return words


def _words_of_text(name: str, value: str) -> set[str]:
    if name == "email":
        local, _, _domain = value.partition("@")
        return {value, local}
    digits = "".join(c for c in value if c.isdigit())
    if name == "birth_date":
        return {value, digits}
    if name == "phone":
        # Stored as +8190…, typed as 090….
        return {digits, "0" + digits.removeprefix("81")}
    if name == "member_id":
        return {value, value.lstrip("abcdefghijklmnopqrstuvwxyz")}
    return {value, *value.split()}


def _left_without(password: str, words: set[str]) -> int:
    """How many characters remain when the words are taken out. Short words prove nothing."""
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= (4 if word.isascii() else 2):
            password = password.replace(word, "")
    return len(password)
