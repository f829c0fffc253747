"""Applying a tenant file: the sites' part and the courses, planned and done as one.

What a member agrees to belongs to a version of a course. A change of it makes a new
version; running subscriptions keep the one they were bought with.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from kaiin.billing.models import Course, Membership, Subscription
from kaiin.domain.errors import KaiinError
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity import queries as identity_queries
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction
from kaiin.payments import queries as payments_queries
from kaiin.sites import operations as sites_operations, queries as sites_queries
from kaiin.sites.operations import Change, ChangeKind, InUse, Plan

if TYPE_CHECKING:
    from kaiin.sites.tenant_file.models import CourseSpec, SiteSpec, TenantFile

_KEEPING = "running subscriptions keep version {version}"


class TenantRefused(KaiinError):
    """The file would hurt members, so nothing was applied; `plan` says where and why."""

    code = "billing.tenant_refused"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(count=len(plan.refusals))


def plan_tenant(file: "TenantFile") -> Plan:
    """What applying the file would do; changes nothing."""
    return _plan(file, clock.now())


def apply_tenant(file: "TenantFile", *, actor: str = "system:cli") -> Plan:
    """Bring tenant, sites and courses to what the file says, in one transaction.

    Applies come in turn; each plans anew once it is its turn. Returns what was done, which
    is nothing the second time. Raises TenantRefused, and then nothing was changed.
    """
    now = clock.now()
    with transaction():
        sites_operations.lock_tenant()
        plan = _plan(file, now)
        if plan.refusals:
            raise TenantRefused(plan)
        if not plan.is_empty:
            _apply(file, plan, now, actor)
    sites_queries.forget()
    return plan


def _plan(file: "TenantFile", now: datetime) -> Plan:
    sites_changes = sites_operations.plan_sites(file=file, in_use=_in_use(), now=now)
    return Plan((*_plan_providers(file), *sites_changes, *_plan_courses(file)))


def _apply(file: "TenantFile", plan: Plan, now: datetime, actor: str) -> None:
    of_courses = tuple(each for each in plan.changes if each.subject.startswith("course:"))
    of_sites = tuple(each for each in plan.changes if each not in of_courses)
    sites_operations.apply_sites(file=file, changes=of_sites, now=now, actor=actor)
    sites_operations.mark_applied(now=now)
    _apply_courses(file, of_courses, now)
    for change in of_courses:
        sites_operations.record(change=change, context="billing", actor=actor)
    record_applied(actor=actor)


def record_applied(*, actor: str) -> None:
    """Write into the audit trail what is sold now, for `kaiin verify` to compare. In the
    transaction of the change."""
    rows = sites_operations.applied_rows()
    for course in Course.objects.select_related("site"):
        key = f"course:{course.site.key}/{course.key}:{course.version}"
        rows[key] = {"offered": course.offered, "terms": course.terms.to_json()}
    audit.record(
        action="billing.tenant_applied", subject="tenant", actor=actor, details={"rows": rows}
    )


def _in_use() -> InUse:
    return InUse(
        members=identity_queries.has_members(),
        sites=frozenset(Membership.objects.values_list("site__key", flat=True).distinct()),
    )


def _plan_providers(file: "TenantFile") -> Iterator[Change]:
    known = payments_queries.provider_names()
    for way, provider in file.ways_to_pay.items():
        if provider not in known:
            yield Change(
                ChangeKind.REFUSE,
                f"way:{way.value}",
                note=f"there is no provider “{provider}” in this version",
                instead=" or ".join(known),
            )


def _plan_courses(file: "TenantFile") -> list[Change]:
    latest = _latest_versions()
    in_use = _courses_in_use()
    changes: list[Change] = []
    for site in file.sites:
        for position, spec in enumerate(site.courses):
            row = latest.pop((site.key, spec.key), None)
            changes += _plan_course(_subject(site, spec), spec, position, row)
    for (site_key, key), row in sorted(latest.items()):
        if row.offered:
            changes.append(
                _plan_removal(f"course:{site_key}/{key}", in_use=(site_key, key) in in_use)
            )
    return changes


def _plan_course(
    subject: str, spec: "CourseSpec", position: int, row: Course | None
) -> Iterator[Change]:
    if row is None:
        yield Change(ChangeKind.CREATE, subject, note=f"{spec.terms.price:,} yen")
        return
    terms = row.terms.difference(spec.terms)
    looks = sites_operations.difference(row, _looks(spec, position))
    if terms:
        note = f"version {row.version + 1}; {_KEEPING.format(version=row.version)}"
        yield Change(ChangeKind.NEW_VERSION, subject, {**terms, **looks}, note)
    elif looks:
        yield Change(ChangeKind.CHANGE, subject, looks)


def _plan_removal(subject: str, *, in_use: bool) -> Change:
    if in_use:
        return Change(
            ChangeKind.REFUSE,
            subject,
            note="members have subscriptions for it",
            instead="the course as it was, with offered: false",
        )
    return Change(ChangeKind.REMOVE, subject, note="no longer offered; nothing is deleted")


def _apply_courses(file: "TenantFile", changes: tuple[Change, ...], now: datetime) -> None:
    planned = {change.subject: change.kind for change in changes}
    latest = _latest_versions()
    for (site_key, key), row in latest.items():
        if planned.get(f"course:{site_key}/{key}") is ChangeKind.REMOVE:
            Course.objects.filter(pk=row.pk).update(offered=False)
    for site in file.sites:
        for position, spec in enumerate(site.courses):
            kind = planned.get(_subject(site, spec))
            if kind is not None:
                _write_course(site, spec, position, latest.get((site.key, spec.key)), now)


def _write_course(
    site: "SiteSpec", spec: "CourseSpec", position: int, row: Course | None, now: datetime
) -> None:
    site_id = sites_operations.site_id(key=site.key)
    versions = Course.objects.filter(site_id=site_id, key=spec.key)
    columns = _looks(spec, position)
    if row is not None and row.terms == spec.terms:
        Course.objects.filter(pk=row.pk).update(**columns)
    else:
        versions.update(offered=False)
        Course.objects.create(
            site_id=site_id,
            key=spec.key,
            version=row.version + 1 if row else 1,
            created_at=now,
            terms=spec.terms,
            **columns,
        )
    # A member with an older version knows the course by its present name.
    versions.update(name=columns["name"])


def _latest_versions() -> dict[tuple[str, str], Course]:
    rows = Course.objects.select_related("site").order_by("version")
    return {(row.site.key, row.key): row for row in rows}


def _courses_in_use() -> set[tuple[str, str]]:
    running = Subscription.objects.exclude(state=SubscriptionState.ENDED)
    return set(running.values_list("course__site__key", "course__key").distinct())


def _subject(site: "SiteSpec", spec: "CourseSpec") -> str:
    return f"course:{site.key}/{spec.key}"


def _looks(spec: "CourseSpec", position: int) -> dict[str, object]:
    """What may change under running subscriptions."""
    return {
        "name": dict(spec.name),
        "summary": dict(spec.summary),
        "position": position,
        "offered": spec.offered,
    }
