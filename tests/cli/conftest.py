"""Commands about members are tried on clubs of real operations."""

from tests.billing.conftest import world

__all__ = ["world"]
