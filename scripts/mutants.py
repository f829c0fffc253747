"""Breaks the engine on purpose, one place at a time, and sees which proof notices.

    python -m scripts.mutants                        # make mutants: all of mutants/*.toml
    python -m scripts.mutants --list
    python -m scripts.mutants money-late konbini     # those whose names begin so
    python -m scripts.mutants --auto 40 --seed 7     # sampled flips, see scripts/flips.py

Works on copies of the tree in a temporary folder. A mutant that nothing catches is a missing
test: exit code 1, as for one that is unfit: its text is no longer there to be replaced, or what
is to notice it does not end.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import TypeVar

from scripts.flips import flips

R = TypeVar("R")

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "mutants"
PYTHON = sys.executable
CORES = 2
LONGEST_SECONDS = 240
_COPIED = ("src", "tests", "scripts", "docs", "examples", "pyproject.toml", "Makefile")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)

CAUGHT, SURVIVED, UNFIT = "caught", "SURVIVED", "UNFIT"


@dataclass(frozen=True)
class Mutant:
    """One breakage: `old` occurs exactly once in `file` and becomes `new`.

    `catchers` are run in their order until one notices: tests, or a command that begins with
    `kaiin`. `database` is where they run.
    """

    name: str
    breaks: str
    file: str
    old: str
    new: str
    catchers: tuple[str, ...]
    promise: str = ""
    database: str = "sqlite"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `by` is what noticed it, or why it can't be used."""

    mutant: Mutant
    outcome: str
    by: str
    seconds: float


def main() -> int:
    options = _options()
    chosen = [m for m in _mutants(options) if not options.names or _named(m, options.names)]
    if options.auto:
        chosen = Random(options.seed).sample(chosen, min(options.auto, len(chosen)))  # noqa: S311
    if options.list:
        for mutant in chosen:
            print(f"{mutant.name:<34}{mutant.breaks}")
        return 0
    if not chosen:
        print("no mutant has such a name")
        return 2
    # The whole tree is copied, so that edits made meanwhile are not seen.
    with tempfile.TemporaryDirectory(prefix="kaiin-mutants-") as name:
        folders = _copies(Path(name))
        if not options.no_baseline and not _sound(folders, chosen):
            return 2
        verdicts = list(_try_all(chosen, folders))
    if options.json is not None:
        rows = [asdict(verdict) for verdict in verdicts]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    if options.table is not None:
        options.table.write_text(_table(verdicts))
    return _report(verdicts)


def listed() -> list[Mutant]:
    """The mutants of the list, by file and place in it."""
    found: list[Mutant] = []
    for path in sorted(LIST.glob("*.toml")):
        found += [
            Mutant(**entry | {"catchers": tuple(entry["catchers"])})
            for entry in tomllib.loads(path.read_text())["mutant"]
        ]
    names = [mutant.name for mutant in found]
    if len(set(names)) != len(names):
        sys.exit("two mutants have one name")
    return found


def _mutants(options: argparse.Namespace) -> Iterator[Mutant]:
    if not options.auto:
        yield from listed()
        return
    for flip in flips(ROOT):
        yield Mutant(flip.name, flip.says, flip.file, flip.old, flip.new, flip.catchers)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only mutants whose names begin so")
    parser.add_argument("--list", action="store_true", help="say what would be broken")
    parser.add_argument("--auto", type=int, default=0, metavar="N", help="sample N flips instead")
    parser.add_argument("--seed", type=int, default=1, help="of --auto")
    parser.add_argument("--no-baseline", action="store_true", help="trust the unbroken tree")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts there too")
    parser.add_argument("--table", type=Path, metavar="FILE", help="the same as a Markdown table")
    return parser.parse_args()


def _named(mutant: Mutant, beginnings: Iterable[str]) -> bool:
    return any(mutant.name.startswith(beginning) for beginning in beginnings)


def _copies(under: Path) -> list[Path]:
    first = under / "0"
    first.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, first / name, ignore=ignored)
        else:
            shutil.copy2(source, first / name)
    # Compiled files are checked by content: a file's time says nothing when it changes twice
    # within a second.
    compiling = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src"]
    subprocess.run([PYTHON, *compiling], cwd=first, check=True)
    others = [shutil.copytree(first, under / str(number)) for number in range(1, CORES)]
    return [first, *others]


def _sound(folders: Sequence[Path], mutants: Sequence[Mutant]) -> bool:
    """Whether everything that is to notice something is silent about the unbroken tree."""
    sets: dict[tuple[str, str], None] = {}
    for mutant in mutants:
        for catcher in mutant.catchers:
            sets[catcher, mutant.database] = None
    tests: dict[str, list[str]] = {database: [] for _, database in sets}
    jobs: list[Mutant] = []
    for catcher, database in sets:
        if catcher.startswith("kaiin "):
            jobs.append(Mutant("-", "", "", "", "", (catcher,), database=database))
        else:
            tests[database].append(catcher)
    for database, catchers in tests.items():
        for number in range(CORES):
            part = " ".join(catchers[number::CORES])
            if part:
                jobs.append(Mutant("-", "", "", "", "", (part,), database=database))
    sound = True
    for outcome, by in _spread(partial(_hunt, seconds=LONGEST_SECONDS * 4), jobs, folders):
        if outcome != SURVIVED:
            print(f"the unbroken tree fails: {by}")
            sound = False
    return sound


def _try_all(mutants: Sequence[Mutant], folders: Sequence[Path]) -> Iterator[Verdict]:
    for verdict in _spread(_try, mutants, folders):
        name, says = verdict.mutant.name, verdict.mutant.breaks
        print(f"{verdict.outcome:<9}{name:<34}{verdict.by}  [{verdict.seconds:.0f} s]")
        if verdict.outcome != CAUGHT:
            print(f"         {verdict.mutant.file}: {says}")
        sys.stdout.flush()
        yield verdict


def _spread(
    work: Callable[[Mutant, Path], R], mutants: Sequence[Mutant], folders: Sequence[Path]
) -> Iterator[R]:
    """Do the work in as many folders at once as there are, in the order of the mutants."""
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        free.put(folder)

    def run(mutant: Mutant) -> R:
        folder = free.get()
        try:
            return work(mutant, folder)
        finally:
            free.put(folder)

    with ThreadPoolExecutor(len(folders)) as pool:
        yield from pool.map(run, mutants)


def _try(mutant: Mutant, folder: Path) -> Verdict:
    started = time.monotonic()
    outcome, by = _broken(mutant, folder)
    return Verdict(mutant, outcome, by, time.monotonic() - started)


def _broken(mutant: Mutant, folder: Path) -> tuple[str, str]:
    path = folder / mutant.file
    if not path.is_file():
        return UNFIT, "no such file"
    sound = path.read_text()
    count = sound.count(mutant.old)
    if count != 1:
        return UNFIT, f"its text is there {count} times"
    broken = sound.replace(mutant.old, mutant.new)
    try:
        compile(broken, mutant.file, "exec")
    except SyntaxError as error:
        return UNFIT, f"no Python any more: {error}"
    path.write_text(broken)
    try:
        return _hunt(mutant, folder, LONGEST_SECONDS)
    finally:
        path.write_text(sound)


def _hunt(mutant: Mutant, folder: Path, seconds: float) -> tuple[str, str]:
    """Run a mutant's catchers until one notices."""
    tests = [each for each in mutant.catchers if not each.startswith("kaiin ")]
    commands = [each for each in mutant.catchers if each.startswith("kaiin ")]
    runs = [(_pytest(tests, mutant.database), "pytest")] if tests else []
    runs += [(_kaiin(command), command) for command in commands]
    for command, label in runs:
        code, output = _run(command, folder, seconds)
        if code is None:
            # A mutant that hangs says nothing about the tests: no assertion noticed it.
            return UNFIT, f"{label}: no end in {seconds:.0f} s"
        if code == 1:
            found = _FAILED.search(output)
            last = output.strip().rpartition("\n")[2]
            return CAUGHT, found[1] if found else f"{label}: {last[:120]}"
        if code:
            return UNFIT, f"{label} exits {code}: {output.strip()[-300:]}"
    return SURVIVED, ""


def _pytest(tests: Sequence[str], database: str) -> list[str]:
    named = [part for test in tests for part in shlex.split(test)]
    options = ["-x", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider"]
    command = [PYTHON, "-m", "pytest", *options, *named]
    if database == "postgresql":
        return [PYTHON, "-m", "scripts.postgres", *command]
    return command


def _kaiin(command: str) -> list[str]:
    return [PYTHON, "-m", "kaiin.cli", *shlex.split(command)[1:]]


def _run(command: Sequence[str], folder: Path, seconds: float) -> tuple[int | None, str]:
    """Exit code (None: no end in time) and output of a command that sees this copy only."""
    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "KAIIN_MODE": "test",
    }
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return None, ""
        raise
    return process.returncode, output


def _table(verdicts: Sequence[Verdict]) -> str:
    lines = ["| mutant | what it breaks | promise | noticed by |", "|---|---|---|---|"]
    for verdict in verdicts:
        mutant = verdict.mutant
        by = (
            f"`{verdict.by.removeprefix('tests/')}`" if verdict.outcome == CAUGHT else "**nothing**"
        )
        lines.append(f"| `{mutant.name}` | {mutant.breaks} | {mutant.promise} | {by} |")
    return "\n".join(lines) + "\n"


def _report(verdicts: Sequence[Verdict]) -> int:
    counts = {
        outcome: sum(verdict.outcome == outcome for verdict in verdicts)
        for outcome in (CAUGHT, SURVIVED, UNFIT)
    }
    print(f"\n{counts[CAUGHT]} caught, {counts[SURVIVED]} survived, {counts[UNFIT]} unfit")
    return 0 if counts[CAUGHT] == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
