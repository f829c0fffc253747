"""A database of its own for each run, gone afterwards. Never the one that DATABASE_URL names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def fresh(folder: Path, server: str | None, name: str) -> Iterator[str]:
    """The DATABASE_URL of an empty database: a file in `folder`, or `name` on the PostgreSQL
    server of the URL `server`, where it is dropped in the end."""
    if server is None or urlsplit(server).scheme == "sqlite":
        yield f"sqlite:///{folder / 'kaiin.sqlite3'}"
        return
    import psycopg  # noqa: PLC0415 - most runs are on SQLite
    from psycopg import sql  # noqa: PLC0415

    unique = sql.Identifier(f"{name}_{os.getpid()}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(unique))
    try:
        parts = urlsplit(server)
        yield urlunsplit(parts._replace(path=f"/{name}_{os.getpid()}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(unique))
