"""Clubs of real operations, to be damaged."""

from tests.billing.conftest import world

__all__ = ["world"]
