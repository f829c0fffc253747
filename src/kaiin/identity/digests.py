"""Random tokens, codes, and the keyed digests in whose form they are stored."""

import secrets

from django.utils.crypto import salted_hmac

_TOKEN_BYTES = 32  # 256 bits


def token() -> str:
    """A random token that can't be guessed, safe in addresses and cookies."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(purpose: str, *parts: str) -> str:
    """The keyed digest of what must not be stored itself: 64 hexadecimal characters.

    Keyed by the installation's secret, so a stolen table of digests of short codes or mail
    addresses can't be guessed backwards; `purpose` keeps one use's digests out of another's.
    """
    content = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return str(salted_hmac(f"kaiin.identity.{purpose}", content, algorithm="sha256").hexdigest())


def random_digits(length: int) -> str:
    """A code of decimal digits, every one equally likely."""
    return f"{secrets.randbelow(10**length):0{length}}"
