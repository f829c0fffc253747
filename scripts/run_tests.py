"""Runs every check, stage by stage, and closes with one line of counts.

    python -m scripts.run_tests             # make test
    python -m scripts.run_tests --quick     # make check

A tool counts as one test. Stages go on after a failure, so that one run shows everything. They
run beside each other: the journeys, which are one process and wait for others, come first; the
tests on SQLite and on PostgreSQL fill both cores with what these leave. What the others print is
shown when all have ended.
"""

import argparse
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from xml.etree import ElementTree

from scripts.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CORES = 2
LONGEST_STAGE_SECONDS = 1800
SHOWN_GROUPS = 10
PARALLEL = ["-n", str(CORES), "--dist", "worksteal"]
INSTALLATION = (
    "security/test_deploy_checks.py"
    "::test_a_safe_installation_passes_and_an_unsafe_one_gets_every_error"
)
# A stage that can use any core as long as there is work gives way to those that can't, so that
# none of these is left alone at the end.
FILLS_UP = 5

# Some hundred processes load the same modules: each is compiled once in any case.
_OURS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

TOOLS = {
    "ruff": [BIN / "ruff", "check", "--quiet", "."],
    "ruff format": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "djlint": [BIN / "djlint", "--quiet", "--lint", "src"],
    "import-linter": [BIN / "lint-imports", "--no-logo", "--no-cache"],
    "mypy": [BIN / "mypy", "--no-error-summary"],
    "migrations": [
        *(PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"),
        "--settings=kaiin.config.settings",
    ],
}


@dataclass(frozen=True)
class Outcome:
    """What a stage came to."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # Seconds of each test with its set-up, by module.
    groups: dict[str, list[float]] = field(default_factory=dict)
    # What was printed meanwhile, where it was kept back.
    output: str = ""


# Child processes under way, to be ended with this one; then no other is started.
_children: set[subprocess.Popen[str]] = set()
_stopping = Event()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="tools, domain and tidy tests only")
    quick = parser.parse_args().quick
    started = time.monotonic()
    try:
        outcomes = [*_tools(), *_quick_stages()] if quick else _all_stages()
    except BaseException:
        _stop()
        raise
    for outcome in outcomes:
        if outcome.output:
            print(f"\n--- {outcome.name}\n{outcome.output}", flush=True)
    _slowest(outcomes)
    _report(outcomes, time.monotonic() - started)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _all_stages() -> list[Outcome]:
    with ThreadPoolExecutor(2) as beside:
        single = beside.submit(lambda: [*_tools(workers=1), _journeys()])
        # Compiles the tests once: five processes at the same time would each take as long for it.
        _run([PYTHON, "-m", "pytest", "--quiet", "--collect-only", "tests"], {}, io.StringIO())
        on_postgres = beside.submit(_on_postgres)
        try:
            on_sqlite = _pytest(
                "tests on SQLite", "tests", "--ignore=tests/journeys", *PARALLEL, nice=FILLS_UP
            )
        except BaseException:
            _stop()
            raise
        *tools, journeys = single.result()
    return [*tools, on_sqlite, on_postgres.result(), journeys]


def _tools(workers: int = CORES) -> list[Outcome]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda tool: _tool(*tool), TOOLS.items()))


def _tool(name: str, command: list[str | Path]) -> Outcome:
    started = time.monotonic()
    kept = io.StringIO()
    code = _run(command, {"KAIIN_MODE": "test", "PYTHONWARNINGS": ""}, kept)
    seconds = time.monotonic() - started
    if code == 0:
        return Outcome(name, seconds, passed=1)
    return Outcome(name, seconds, failed=1, output=kept.getvalue())


def _quick_stages() -> Iterator[Outcome]:
    yield _pytest("domain and tidy tests", "tests/domain", "tests/tidy", *PARALLEL)


def _on_postgres() -> Outcome:
    with _postgres() as url:
        # What knows no database, and pages and commands over operations that are tested on both:
        # once is enough.
        once = ("journeys", "domain", "tidy", "config", "cli", "deploy", "lab/sandbox", "web")
        # Whole installations with a file of their own: the same run again.
        ignored = [f"--ignore=tests/{name}" for name in (*once, "security/test_https.py")]
        ignored.append(f"--deselect=tests/{INSTALLATION}")
        kept = io.StringIO()
        return _pytest(
            "tests on PostgreSQL", "tests", *ignored, *PARALLEL,
            kept=kept, nice=FILLS_UP, DATABASE_URL=url,
        )  # fmt: skip


def _journeys() -> Outcome:
    browser = subprocess.run(
        [ROOT / "scripts" / "browser.sh"], check=False, stdout=subprocess.PIPE, text=True
    )
    # One process: the clubs' own processes and the browser are work enough beside the others.
    path = browser.stdout.strip()
    kept = io.StringIO()
    return _pytest("journeys in a browser", "tests/journeys", kept=kept, KAIIN_BROWSER=path)


@contextmanager
def _postgres() -> Iterator[str]:
    """A server's address, or one that refuses: then the stage fails and the run goes on."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres())
        except (OSError, subprocess.SubprocessError) as error:
            print(f"\nPostgreSQL did not start: {error}", flush=True)
            url = "postgresql://nobody@127.0.0.1:1/none"
        yield url


def _pytest(
    name: str,
    *arguments: str,
    kept: io.StringIO | None = None,
    nice: int = 0,
    **environment: str,
) -> Outcome:
    """Run tests; what they print is shown at once, or goes to `kept`."""
    if kept is None:
        print(f"\n--- {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [
            "nice", f"-n{nice}", PYTHON, "-m", "pytest", "--quiet", f"--junit-xml={report}",
            *arguments,
        ]  # fmt: skip
        code = _run(command, environment, kept)
        passed, failed, skipped = _counts(report)
        groups = _groups(report)
    if code != 0 and not failed:
        # No test ran, or the run broke: that is a failure that no test counted.
        failed = 1
    output = kept.getvalue() if kept else ""
    return Outcome(name, time.monotonic() - started, passed, failed, skipped, groups, output)


def _run(
    command: list[str | Path] | list[str], environment: dict[str, str], kept: io.StringIO | None
) -> int:
    """The exit code of a command; one that hangs is ended, with all that it started."""
    if _stopping.is_set():
        return 1
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_OURS | environment,
        start_new_session=True,
        stdout=subprocess.PIPE if kept else None,
        stderr=subprocess.STDOUT if kept else None,
        text=True,
    )
    _children.add(process)
    try:
        output, _ = process.communicate(timeout=LONGEST_STAGE_SECONDS)
    except subprocess.TimeoutExpired:
        _end(process)
        output, _ = process.communicate()
        message = f"\nended after {LONGEST_STAGE_SECONDS} s\n"
        if kept:
            output = (output or "") + message
        else:
            print(message, flush=True)
    finally:
        _children.discard(process)
    if kept:
        kept.write(output or "")
    return process.returncode


def _stop() -> None:
    _stopping.set()
    for child in list(_children):
        _end(child)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _counts(report: Path) -> tuple[int, int, int]:
    suites = _elements(report, "testsuite")

    def total(name: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites)

    failed = total("failures") + total("errors")
    skipped = total("skipped")
    return total("tests") - failed - skipped, failed, skipped


def _groups(report: Path) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for case in _elements(report, "testcase"):
        # A class in a module is a part of its name, in capitals.
        names = [part for part in case.get("classname", "").split(".") if part[:1].islower()]
        groups["/".join(names[1:])].append(float(case.get("time", "0")))
    return groups


def _elements(report: Path, name: str) -> list[ElementTree.Element]:
    if not report.exists():
        return []
    return list(ElementTree.parse(report).iter(name))  # noqa: S314 pytest wrote it


def _slowest(outcomes: Iterable[Outcome]) -> None:
    """A table of the slowest modules: where to look first when the run has become slow."""
    groups = [
        (sum(seconds), len(seconds), module, outcome.name.split()[-1])
        for outcome in outcomes
        for module, seconds in outcome.groups.items()
    ]
    print(f"\nThe {SHOWN_GROUPS} slowest groups\n{'seconds':>8}{'tests':>7}  where")
    for seconds, count, module, where in sorted(groups, reverse=True)[:SHOWN_GROUPS]:
        print(f"{seconds:>8.1f}{count:>7}  {module} ({where})")


def _report(outcomes: list[Outcome], seconds: float) -> None:
    print()
    for outcome in outcomes:
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        print(f"{outcome.name:<24}{outcome.seconds:>7.1f} s   {counts}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime
    print(f"{'altogether':<24}{seconds:>7.1f} s   {processor:.0f} s of processor time\n")

    def total(count: Callable[[Outcome], int]) -> int:
        return sum(map(count, outcomes))

    passed, failed = total(lambda o: o.passed), total(lambda o: o.failed)
    print(f"{passed} passed, {failed} failed, {total(lambda o: o.skipped)} skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main())
