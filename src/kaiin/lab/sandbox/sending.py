"""Sending notices over HTTP."""

from functools import cache
from urllib.parse import urlsplit, urlunsplit

import httpx

from kaiin.lab.sandbox.events import Post

_TIMEOUT_SECONDS = 10.0


@cache
def over_http(url: str) -> Post:
    """Sends to an address; a missing answer is an OSError. One client for all notices: each would
    load the system's certificates anew, which takes longer than sending."""
    address, host = reachable(url)
    # A connection for each notice: one that was kept may be closed by the other side meanwhile.
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(timeout=_TIMEOUT_SECONDS, limits=limits)

    def post(body: bytes, headers: dict[str, str]) -> int:
        try:
            answer = client.post(address, content=body, headers=headers | {"Host": host})
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        return answer.status_code

    return post


def reachable(url: str) -> tuple[str, str]:
    """An address that can be connected to, and the Host header that goes with it.

    Names under `.localhost` are this machine (RFC 6761, 6.3): browsers know that, most
    resolvers don't.
    """
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".localhost"):
        return url, parts.netloc
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"127.0.0.1{port}")), parts.netloc
