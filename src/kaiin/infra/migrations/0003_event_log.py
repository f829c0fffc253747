"""The log is appended to only, and a reader of it on PostgreSQL knows up to where it is complete.

Ids are given before transactions commit, in another order. A transaction that publishes first locks,
in share mode, a number of its own: the newest id that was given until then, so that its own events
get higher ones. The lowest such lock bounds what a reader may read: `infra_event_settled`. The
newest id is read before the locks: a transaction that locks later gets ids above it. No one waits
for these locks. ADR 25 has the reasons. SQLite has one writer: ids commit in their order there.
"""

from typing import Any

from django.db import migrations

from kaiin.infra.constraints import append_only

# Locks are numbers of 64 bits that the whole database shares: ours begin with these 16.
_LOCKS = 0x4B41 << 48

_NEWEST_ID = "SELECT last_value - (NOT is_called)::int FROM infra_event_id_seq"
_CREATE = f"""
CREATE FUNCTION infra_event_publishing() RETURNS trigger AS $$
BEGIN
    -- Once a transaction: each lock takes room in memory that all connections share.
    IF coalesce(current_setting('kaiin.publishing', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared({_LOCKS} + ({_NEWEST_ID}));
        PERFORM set_config('kaiin.publishing', 'yes', true);
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER infra_event_publishing BEFORE INSERT ON infra_event
    FOR EACH STATEMENT EXECUTE FUNCTION infra_event_publishing();

CREATE FUNCTION infra_event_settled() RETURNS bigint AS $$
DECLARE
    newest bigint := ({_NEWEST_ID});
    lowest bigint;
BEGIN
    SELECT min(((classid::bigint << 32) | objid::bigint) - {_LOCKS}) INTO lowest
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = {_LOCKS >> 48}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid();
    RETURN least(newest, lowest);
END $$ LANGUAGE plpgsql;
"""  # noqa: S608
_DROP = """
DROP FUNCTION infra_event_settled();
DROP TRIGGER infra_event_publishing ON infra_event;
DROP FUNCTION infra_event_publishing();
"""


def _create(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_CREATE)


def _drop(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_DROP)


class Migration(migrations.Migration):
    dependencies = [("infra", "0002_audit_append_only")]

    operations = [
        append_only("infra_event", droppable=True),
        migrations.RunPython(_create, _drop),
    ]
