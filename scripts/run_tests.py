"""Runs everything that must hold, stage by stage, and closes with one line of counts.

    python -m scripts.run_tests             # make test
    python -m scripts.run_tests --quick     # make check

A tool counts as one test. Stages go on after a failure, so that one run tells everything.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CORES = 2
LONGEST_STAGE_SECONDS = 900
PARALLEL = ["-n", str(CORES), "--dist", "worksteal"]

TOOLS = {
    "ruff": [BIN / "ruff", "check", "--quiet", "."],
    "ruff format": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "djlint": [BIN / "djlint", "--quiet", "--lint", "src"],
    "import-linter": [BIN / "lint-imports", "--no-logo", "--no-cache"],
    "mypy": [BIN / "mypy", "--no-error-summary"],
    "migrations": [PYTHON, "-m", "kaiin.config.manage", "makemigrations", "--check", "--dry-run"],
}


@dataclass(frozen=True)
class Outcome:
    """What a stage came to."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="tools, domain and tidy tests only")
    quick = parser.parse_args().quick
    started = time.monotonic()
    outcomes = [*_tools(), *(_quick_stages() if quick else _stages())]
    _report(outcomes, time.monotonic() - started)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _tools() -> list[Outcome]:
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(lambda tool: _tool(*tool), TOOLS.items()))


def _tool(name: str, command: list[str | Path]) -> Outcome:
    started = time.monotonic()
    environment = os.environ | {"KAIIN_MODE": "test", "PYTHONWARNINGS": ""}
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    seconds = time.monotonic() - started
    if done.returncode == 0:
        return Outcome(name, seconds, passed=1)
    print(f"\n--- {name}\n{done.stdout}{done.stderr}", flush=True)
    return Outcome(name, seconds, failed=1)


def _quick_stages() -> Iterator[Outcome]:
    yield _pytest("domain and tidy tests", "tests/domain", "tests/tidy", *PARALLEL)


def _stages() -> Iterator[Outcome]:
    yield _pytest("tests on SQLite", "tests", "--ignore=tests/journeys", *PARALLEL)
    with _postgres() as url:
        # What knows no database, and pages and commands over operations that are tested on both:
        # once is enough.
        once = ("journeys", "domain", "tidy", "config", "cli", "sandbox", "web")
        ignored = [f"--ignore=tests/{name}" for name in once]
        yield _pytest("tests on PostgreSQL", "tests", *ignored, *PARALLEL, DATABASE_URL=url)
    browser = subprocess.run(
        [ROOT / "scripts" / "browser.sh"], check=False, stdout=subprocess.PIPE, text=True
    )
    # Modules stay whole: each has its own running club.
    together = ["-n", str(CORES), "--dist", "loadscope"]
    path = browser.stdout.strip()
    yield _pytest("journeys in a browser", "tests/journeys", *together, KAIIN_BROWSER=path)


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


def _pytest(name: str, *arguments: str, **environment: str) -> Outcome:
    print(f"\n--- {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        code = _run(
            [PYTHON, "-m", "pytest", "--quiet", f"--junit-xml={report}", *arguments], environment
        )
        passed, failed, skipped = _counts(report)
    if code != 0 and not failed:
        # No test ran, or the run broke: that is a failure that no test counted.
        failed = 1
    return Outcome(name, time.monotonic() - started, passed, failed, skipped)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """The exit code of a command; one that hangs is ended, with all that it started."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, start_new_session=True
    )
    try:
        return process.wait(timeout=LONGEST_STAGE_SECONDS)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        print(f"\nended after {LONGEST_STAGE_SECONDS} s", flush=True)
        return 1


def _counts(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 0, 0
    suites = list(ElementTree.parse(report).iter("testsuite"))  # noqa: S314 pytest wrote it

    def total(name: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites)

    failed = total("failures") + total("errors")
    skipped = total("skipped")
    return total("tests") - failed - skipped, failed, skipped


def _report(outcomes: list[Outcome], seconds: float) -> None:
    print()
    for outcome in outcomes:
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        print(f"{outcome.name:<24}{outcome.seconds:>7.1f} s   {counts}")
    print(f"{'altogether':<24}{seconds:>7.1f} s\n")

    def total(count: Callable[[Outcome], int]) -> int:
        return sum(map(count, outcomes))

    passed, failed = total(lambda o: o.passed), total(lambda o: o.failed)
    print(f"{passed} passed, {failed} failed, {total(lambda o: o.skipped)} skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main())
