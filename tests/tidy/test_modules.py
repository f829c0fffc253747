"""Limits of modules and functions: length, names of packages, and what may import or call what."""

import ast
import re
import sys

from tests.tidy.source import CONTEXTS, PACKAGE, ROOT, modules, show

LONGEST_MODULE = 500
LONGEST_FUNCTION = 70
ROOMS_WITHOUT_SUBJECT = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}


def test_modules_are_short() -> None:
    lengths = {module.path: module.text.count("\n") for module in modules()}
    found = [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST_MODULE]
    assert not found, show(found)


def test_functions_are_short() -> None:
    found = [
        f"{module.path}:{node.lineno} {node.name}: {length} lines"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not found, show(found)


def test_rooms_have_a_subject() -> None:
    found = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*")
        if path.stem in ROOMS_WITHOUT_SUBJECT and (path.is_dir() or path.suffix == ".py")
    ]
    assert not found, show(found)


def test_contexts_say_what_they_own() -> None:
    found = []
    for name in (*CONTEXTS, "books", "lab/sandbox"):
        readme = PACKAGE / name / "README.md"
        lines = readme.read_text("utf-8").count("\n") if readme.exists() else 0
        if not 5 <= lines <= 40:
            found.append(f"{name}/README.md has {lines} lines; about ten are wanted")
    assert not found, show(found)


def test_domain_imports_the_standard_library_and_pure_packages_only() -> None:
    known = sys.stdlib_module_names | {"stdnum", "idna", "jpholiday", "kaiin"}
    found = [
        f"{module.path}: {name}"
        for module in modules()
        if module.path.startswith("domain/")
        for name in _imported(module.tree)
        if name.split(".")[0] not in known
        or (name.startswith("kaiin") and not name.startswith("kaiin.domain"))
    ]
    assert not found, show(found)


def test_domain_never_reads_the_clock() -> None:
    reading = re.compile(r"\b(datetime|date)\.(now|today|utcnow)\(|\btime\.(time|monotonic)\(")
    found = [m.path for m in modules() if m.path.startswith("domain/") and reading.search(m.text)]
    assert not found, show(found)


def test_no_business_in_signals_or_save() -> None:
    found = []
    for module in modules():
        if any("signals" in name for name in _imported(module.tree)):
            found.append(f"{module.path}: imports signals")
        if "models" in module.path:
            found += [
                f"{module.path}:{node.lineno}: overrides {node.name}()"
                for node in ast.walk(module.tree)
                if isinstance(node, ast.FunctionDef)
                and node.name in ("save", "delete", "clean")
                and not _only_refuses(node)
            ]
    assert not found, show(found)


def test_doors_take_keywords() -> None:
    """A door with more than two arguments takes them by name."""
    found = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in modules()
        if module.path.split("/")[0] in CONTEXTS
        and re.search(r"/(actions|operations|queries|views)(\.py|/)", module.path)
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.args) > 2
    ]
    assert not found, show(found)


def test_one_module_calls_payment_providers() -> None:
    """The others ask it, and have typed outcomes instead of exceptions."""
    protocol = next(m for m in modules() if m.path == "payments/providers/protocol.py")
    calls = {
        function.name
        for function in ast.walk(protocol.tree)
        if isinstance(function, ast.FunctionDef)
        and any(argument.arg == "timeout_seconds" for argument in function.args.kwonlyargs)
    }
    assert {"charge", "refund", "fetch_payment", "list_events"} <= calls
    found = [
        f"{module.path}:{node.lineno} .{node.func.attr}()"
        for module in modules()
        if not module.path.startswith(("payments/calling.py", "payments/providers/"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in calls
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "calling")
        and any(keyword.arg == "timeout_seconds" for keyword in node.keywords)
    ]
    found += [
        f"{module.path}: imports {name}"
        for module in modules()
        if module.path.startswith(("payments/", "billing/"))
        and not module.path.startswith(("payments/calling.py", "payments/providers/"))
        for name in _imported(module.tree)
        if name.startswith("kaiin.infra.http.Outside")
    ]
    assert not found, show(found)


def test_no_unfinished_work() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    found = [f"{m.path}: {hit[0]}" for m in modules() if (hit := marks.search(m.text))]
    assert not found, show(found)


def test_locks_are_exact_and_name_no_address() -> None:
    pin = re.compile(r"[\w.-]+==[\w.+!-]+")
    found = []
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        found += [f"{name}: {line}" for line in lines if line[0] != "#" and not pin.fullmatch(line)]
    assert not found, show(found)


def _only_refuses(function: ast.FunctionDef) -> bool:
    return all(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in function.body
    )


def _imported(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
