"""What is sold, who is paid for it and what is agreed to is as the tenant files made it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kaiin.verification.reading import Reader, as_object
from kaiin.verification.violation import Violation

_MAX_SHOWN = 80


def check(reader: Reader) -> Iterator[Violation]:
    """Tenant, sites, documents and courses are as the last tenant file made them."""
    row = reader.one(
        "SELECT details FROM infra_auditrow WHERE action = 'billing.tenant_applied'"
        " ORDER BY id DESC LIMIT 1"
    )
    if row is None:
        return
    applied = as_object(row[0]).get("rows", {})
    yield from _rows(reader, applied, "tenant.changed", "SELECT 'tenant', t.* FROM sites_tenant t")
    yield from _rows(
        reader, applied, "site.changed", "SELECT 'site:' || s.key, s.* FROM sites_site s"
    )
    yield from _rows(
        reader,
        applied,
        "document.changed",
        "SELECT 'document:' || d.kind || ':' || d.version, d.* FROM sites_documentversion d",
    )
    yield from _rows(
        reader,
        applied,
        "course.changed",
        "SELECT 'course:' || s.key || '/' || c.key || ':' || c.version, c.*"
        " FROM billing_course c JOIN sites_site s ON s.id = c.site_id",
    )


def _rows(
    reader: Reader, applied: Mapping[str, Mapping[str, Any]], check: str, sql: str
) -> Iterator[Violation]:
    missing = {name for name in applied if name.split(":")[0] == check.split(".", maxsplit=1)[0]}
    for (name, *values), columns in reader.named(sql):
        row = dict(zip(columns[1:], values, strict=True))
        missing.discard(name)
        if name not in applied:
            yield Violation(check, (name,), "no tenant file that was applied made it")
            continue
        for column, then in applied[name].items():
            for field, now, was in _differences(column, _read(row[column], then), then):
                says = f"{field} is {_short(now)}, applied was {_short(was)}"
                yield Violation(check, (name,), says)
    for name in sorted(missing):
        yield Violation(check, (name,), "it was applied, and is gone")


def _differences(name: str, now: Any, then: Any) -> Iterator[tuple[str, Any, Any]]:
    """What differs, by name; of two mappings each of their values by itself."""
    if isinstance(now, dict) and isinstance(then, dict):
        for key in {**then, **now}:
            yield from _differences(f"{name}.{key}", now.get(key), then.get(key))
    elif now != then:
        yield name, now, then


def _read(value: Any, like: Any) -> Any:
    """A stored value as JSON has it."""
    if isinstance(like, bool):
        return bool(value)
    if isinstance(like, (dict, list)) and isinstance(value, str):
        return json.loads(value)
    return value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
