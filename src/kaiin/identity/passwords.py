"""Passwords: how they are hashed and verified, and which new ones are refused.

A password is never changed on its way: not trimmed, not cut, not normalised. What was typed
is what is verified, once.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache

from argon2.low_level import ARGON2_VERSION
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator

SHORTEST = 8
SHORTEST_OF_STAFF = 15  # while staff have no second factor
LONGEST = 128
# A longer text is no password of ours; it costs one hash like any other, but not its own.
_LONGEST_HASHED = 1024


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's first choice of small memory: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


_hasher = Argon2id()


def _hash_of_nothing() -> str:
    """A hash that no password has, of the same cost as any: for accounts that don't exist."""

    def base64(length: int) -> str:
        return secrets.token_urlsafe(length).replace("-", "+").replace("_", "/")

    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"argon2$argon2id$v={ARGON2_VERSION}${costs}${base64(16)}${base64(32)}"


_NOTHING = _hash_of_nothing()


def hash_password(password: str) -> str:
    """The hash to keep of a new password (some 30 ms of work)."""
    return str(_hasher.encode(password, _hasher.salt()))


def verify(password: str, encoded: str | None) -> bool:
    """Whether the password is the hash's. One Argon2 computation, whatever is given.

    `encoded` None (no such account) or in a form that is not ours never matches.
    """
    ours = encoded is not None and encoded.startswith("argon2$")
    hashable = len(password) <= _LONGEST_HASHED and not _has_surrogates(password)
    matches = bool(
        _hasher.verify(
            password if hashable else "",
            encoded if ours and hashable and encoded is not None else _NOTHING,
        )
    )
    return matches and ours and hashable


def is_outdated(encoded: str) -> bool:
    """Whether a hash was made with other costs than today's: make it anew at the next login."""
    return bool(_hasher.must_update(encoded))


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
