"""Django's PostgreSQL engine, but for how instants are read."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.pq import Format

_ServerSideCursor: Any = base.ServerSideCursor
_DRIVERS_OWN: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    """Leaves instants to the driver's own loader, which is C. Django's is Python, around the
    driver's Python one, and cost a tenth of what a renewal does. Django keeps the session in UTC,
    so that both read the same."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose cursors use that loader."""
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", _DRIVERS_OWN)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the connection; a named one is the server's. As Django's, which looks at
        each for what its own loader knows."""
        if name is None:
            return self.connection.cursor()
        return _ServerSideCursor(
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )
