"""The databases' own counters of keys."""

from django.db import connection


def jump(gap: int) -> None:
    """Move each table's counter on: no key of rows that a restored database lost is given anew,
    and no name that was made of one."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master"
                " WHERE type = 'table' AND sql LIKE '%%AUTOINCREMENT%%'"
                " AND name NOT IN (SELECT name FROM sqlite_sequence)",
                [],
            )
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [gap])
            return
        for table in tables:
            for sequence in connection.introspection.get_sequences(cursor, table):
                name = sequence["name"]
                cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [name, name, gap])
