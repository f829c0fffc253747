"""`kaiin apply`: bring the tenant, its sites and courses to what a file says."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kaiin.cli.loading import load_installation

if TYPE_CHECKING:
    from kaiin.sites.operations import Change, Plan
    from kaiin.sites.tenant_file.models import TenantFile

BAD_FILE = 2
REFUSED = 3
_SIGNS = {"create": "+", "change": "~", "new version": "^", "remove": "-", "refuse": "!"}
_WIDEST_VALUE = 60


def apply(
    file: Annotated[Path, typer.Argument(help="The tenant file, YAML.")],
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would change, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")] = False,
) -> None:
    """Bring the installation to what a tenant file says.

    Tenant, sites and courses, in one transaction; a second time changes nothing. Nothing
    of members is ever deleted: what would hurt them is refused, or becomes a new version of a
    course beside the one that runs.

    Exit codes: 0 applied, planned, or nothing to change · 1 the database is not ready ·
    2 the file has errors, each shown with line, column and what to write instead ·
    3 something in it is refused, and so nothing was changed.
    """
    tenant_file = _loaded(file, as_json)
    load_installation()
    from kaiin.billing.courses.tenant import TenantRefused, apply_tenant, plan_tenant

    if plan:
        planned = plan_tenant(tenant_file)
        result = "refused" if planned.refusals else "planned"
    else:
        try:
            planned = apply_tenant(tenant_file)
            result = "applied"
        except TenantRefused as refused:
            planned, result = refused.plan, "refused"
    if planned.is_empty:
        result = "unchanged"
    if as_json:
        changes = [change.as_dict() for change in planned.changes]
        _print_json({"result": result, "file": str(file), "changes": changes})
    else:
        _show(planned, result, file)
    if result == "refused":
        raise typer.Exit(REFUSED)


def _loaded(file: Path, as_json: bool) -> "TenantFile":
    from kaiin.sites.tenant_file.loading import load_tenant_file
    from kaiin.sites.tenant_file.problems import Problem, TenantFileErrors

    try:
        return load_tenant_file(file)
    except OSError as error:
        message = error.strerror or "can't be read"
        problems: tuple[Problem, ...] = (Problem(0, 0, "file", message, instead=""),)
        said = [f"kaiin: {file}: {message}"]
    except TenantFileErrors as errors:
        problems = errors.problems
        said = [
            f"{file}:{each.line}:{each.column}: {each.path}: {each.message}\n"
            f"    write: {each.instead}"
            for each in problems
        ]
        said.append(f"kaiin: {_count(len(problems), 'error')}; nothing was changed")
    if as_json:
        found = [problem.as_dict() for problem in problems]
        _print_json({"result": "bad_file", "file": str(file), "errors": found})
    else:
        print("\n".join(said), file=sys.stderr)
    raise typer.Exit(BAD_FILE)


def _show(plan: "Plan", result: str, file: Path) -> None:
    for change in plan.changes:
        _show_change(change)
    count = _count(len(plan.changes), "change")
    print(
        {
            "unchanged": f"{file}: nothing to change",
            "planned": f"{file}: {count} planned; nothing was changed yet",
            "applied": f"{file}: {count} applied",
            "refused": f"{file}: {_count(len(plan.refusals), 'refusal')}; nothing was changed",
        }[result]
    )


def _show_change(change: "Change") -> None:
    note = f": {change.note}" if change.note else ""
    subject = change.subject.replace(":", " ")
    print(f"{_SIGNS[change.kind]} {change.kind} {subject}{note}")
    for name, (before, after) in change.fields.items():
        for inner, old, new in _inner_differences(before, after):
            print(f"    {name}{inner}: {_shown(old)} → {_shown(new)}")
    if change.instead:
        print(f"    write: {change.instead}")


def _inner_differences(before: object, after: object) -> list[tuple[str, object, object]]:
    """Of two mappings only what differs, such as one language of a text."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [("", before, after)]
    return [
        (f".{key}", before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _shown(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _WIDEST_VALUE else text[: _WIDEST_VALUE - 1] + "…"


def _print_json(answer: dict[str, object]) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
