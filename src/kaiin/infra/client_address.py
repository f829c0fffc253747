"""Whose request this is: the one reader of X-Forwarded-For, believing our own proxies only."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the request came from, as text; proxies that we trust are looked through.

    Each proxy appends the address that it saw, so the list is read from the right, until an
    address that is no proxy of ours. What stands further left, anybody may have written.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [
        part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    ]
    while forwarded and within(address, settings.KAIIN.trusted_proxies):
        said = forwarded.pop()
        if _parsed(said) is None:
            break
        address = said
    return address


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
