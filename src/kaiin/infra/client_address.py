"""Whose request this is: the one reader of X-Forwarded-For, believing our own proxies only."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# A proxy leaves one of these; without them the request came straight from its sender.
_MARKS = ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST", "X_REAL_IP", "FORWARDED")


def client_address(request: HttpRequest) -> str:
    """The address that the request came from, as text; proxies that we trust are looked through.

    Each proxy appends the address that it saw, so the list is read from the right, until an
    address that is no proxy of ours. What is further left can be forged.
    """
    return _nearest_known(request)[0]


def sure_address(request: HttpRequest) -> str:
    """As `client_address`, but nothing where a proxy does not say whom it speaks for: one that
    is not in KAIIN_TRUSTED_PROXIES, or one that sends no readable X-Forwarded-For."""
    address, sure = _nearest_known(request)
    return address if sure else ""


def _nearest_known(request: HttpRequest) -> tuple[str, bool]:
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not any(f"HTTP_{mark}" in request.META for mark in _MARKS):
        return address, True
    if not within(address, settings.KAIIN.trusted_proxies):
        return address, False
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while forwarded and within(address, settings.KAIIN.trusted_proxies):
        said = forwarded.pop().strip()
        if _parsed(said) is None:
            return address, False
        address = said
    return address, True


def counted_as(address: str) -> str:
    """Under what an address is counted: IPv6 by its /64, which one connection has whole."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return address if parsed is None else str(parsed)


def within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks; a text that is no address lies in none."""
    parsed = _parsed(address)
    return parsed is not None and any(
        parsed in ip_network(network, strict=False) for network in networks
    )


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed
