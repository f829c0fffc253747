"""What several attacks begin with."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

IDENTITY, OFFICIAL, MAIL = "id.localhost", "official.localhost", "mail.localhost"

# Places outside, as attackers write them: whole, without a scheme, with the slashes that browsers
# forgive, encoded, with what browsers drop, with other schemes, with our name in them.
OUTSIDE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    "/\\/evil.example",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)//",
    "data:text/html,x",
    "%2F%2Fevil.example",
    "%5C%5Cevil.example",
    "http://id.localhost@evil.example/",
    "http://id.localhost.evil.example/",
    "id.localhost.evil.example",
    "evil.example",
)


def stays(location: str, host: str) -> bool:
    """Whether a browser on a page of `host` that follows `location` stays on that host."""
    # What browsers do before they read an address (WHATWG URL, 4.4).
    read = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    parts = urlsplit(read)
    if parts.scheme or read.startswith("//"):
        return parts.scheme in ("", "http") and parts.hostname == host
    return True


def start_at_site(client: Client, host: str = OFFICIAL, **query: str) -> tuple[str, str]:
    """Press "log in" at a site; returns the site's key and the state it sends along."""
    leaving = urlsplit(client.get("/auth/start", query, HTTP_HOST=host).headers["Location"])
    return leaving.path.rpartition("/")[2], parse_qs(leaving.query)["state"][0]


def views(urlconf: str) -> list[tuple[str, Any]]:
    """Every view of a host's pages, with an address that leads to it."""
    return [*_walk(get_resolver(urlconf), "/")]


def _walk(resolver: URLResolver, prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for entry in resolver.url_patterns:
        path = prefix + _example(str(entry.pattern))
        if isinstance(entry, URLPattern):
            found.append((path, entry.callback))
        else:
            found += _walk(entry, path)
    return found


def _example(pattern: str) -> str:
    examples = {
        "slug:site_key": "official",
        "slug:number": "R1",
        "slug:provider": "sandbox",
        "uuid:payment_id": "018f3c2e-0000-7000-8000-000000000000",
        "str:name": "x.eml",
    }
    return re.sub(r"<([^>]+)>", lambda found: examples.get(found[1], "1"), pattern)
