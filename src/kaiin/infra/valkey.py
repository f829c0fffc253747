"""A cache in Valkey for what the database knows anyway; without it, everything works on.

Used for sessions (`VALKEY_URL`): several nodes then share what each would read again. Django's
own backend speaks to Redis with a client of that name; this one uses Valkey's.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
import valkey
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer

_SECONDS = 0.5

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class _Client(RedisCacheClient):
    def __init__(self, servers: list[str]) -> None:
        self._lib = valkey
        self._servers = servers
        self._pools: dict[int, valkey.ConnectionPool] = {}
        self._client = valkey.Valkey
        self._pool_class = valkey.ConnectionPool
        self._serializer = RedisSerializer()
        self._pool_options = {
            "parser_class": valkey.connection.DefaultParser,
            "socket_timeout": _SECONDS,
            "socket_connect_timeout": _SECONDS,
        }

    def get(self, key: Any, default: Any) -> Any:
        return _or(default, lambda: super(_Client, self).get(key, default))

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        _or(None, lambda: super(_Client, self).set(key, value, timeout))

    def has_key(self, key: Any) -> bool:
        return _or(otherwise=False, ask=lambda: super(_Client, self).has_key(key))

    def delete(self, key: Any) -> bool:
        """A session that could not be dropped here has ended in the database all the same: each
        request asks there whether its member session stands."""
        return _or(otherwise=False, ask=lambda: super(_Client, self).delete(key))


def _or(otherwise: T, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except valkey.ValkeyError as error:
        _log.warning("valkey.unavailable", error=str(error))
        return otherwise


class ValkeyCache(RedisCache):
    """Where the server does not answer, nothing is found and nothing is kept."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
