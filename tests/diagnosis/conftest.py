"""Members in every standing, made by the real operations, the sandbox and the clock."""

from tests.billing.conftest import world

__all__ = ["world"]
