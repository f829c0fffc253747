"""Simulates seed after seed, some at a time, and keeps what each came to; those that this very
tree was already tried with are passed over, so that a stopped run goes on where it was.

    python -m scripts.soak --seeds 1-50 --members 200 --months 24     # the proof's runs, on SQLite
    python -m scripts.soak --seeds 1-10 --members 200 --months 24 --database postgresql
    python -m scripts.soak --minutes 60              # make soak: clubs of all sizes, until then
    python -m scripts.soak --totals                  # what was done so far, of this tree

One JSON line a seed goes to var/soak.jsonl. Exit code 1: something was found; the story is in
var/soak/, and the other seeds went on.
"""

import argparse
import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
KAIIN = Path(sys.executable).parent / "kaiin"
KEPT = ROOT / "var" / "soak.jsonl"
STORIES = ROOT / "var" / "soak"
# Without a size: members and months of a seed, by its number.
SIZES = ((40, 12), (80, 8), (20, 24), (200, 6))


@dataclass(frozen=True)
class Run:
    """One run; the same run of the same tree comes to the same."""

    seed: int
    members: int
    months: int
    faults: str
    crash: bool
    database: str

    @property
    def command(self) -> list[str]:
        options = {"seed": self.seed, "members": self.members, "months": self.months}
        named = [f"--{name}={value}" for name, value in options.items()]
        return [
            str(KAIIN), "simulate", "--json", *named, f"--faults={self.faults}",
            *(["--crash"] if self.crash else []),
        ]  # fmt: skip


def main() -> int:
    options = _options()
    tree = _tree()
    KEPT.parent.mkdir(exist_ok=True)
    done = [line for line in _kept() if line["tree"] == tree]
    if not options.totals:
        known = {_key(line) for line in done}
        runs = (run for run in _runs(options) if _key(asdict(run)) not in known)
        needs_server = options.database in ("postgresql", "both")
        with postgres() if needs_server else nullcontext("") as url:
            for line in _played(runs, url, tree, options):
                done.append(line)
                with KEPT.open("a") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                print(_shown(line), flush=True)
    return _totals(done)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", help="for example 1-50 or 7,99991,100-120")
    parser.add_argument("--members", type=int, help="how many people; default: by the seed")
    parser.add_argument("--months", type=int, help="how long; default: by the seed")
    parser.add_argument("--faults", choices=("none", "usual", "hostile"), default="hostile")
    parser.add_argument("--no-crash", action="store_true", help="kill no processes")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, help="begin no run after that")
    parser.add_argument("--totals", action="store_true", help="only say what was done")
    options = parser.parse_args()
    if not (options.seeds or options.minutes or options.totals):
        parser.error("one of --seeds, --minutes, --totals")
    return options


def _runs(options: argparse.Namespace) -> Iterator[Run]:
    for seed in _seeds(options.seeds) if options.seeds else itertools.count(1):
        members, months = SIZES[seed % len(SIZES)]
        database = options.database
        if database == "both":
            database = "postgresql" if seed % 4 == 0 else "sqlite"
        yield Run(
            seed,
            options.members or members,
            options.months or months,
            options.faults,
            not options.no_crash,
            database,
        )


def _seeds(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _played(
    runs: Iterable[Run], url: str, tree: str, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """What each run came to, as they end."""
    until = time.monotonic() + options.minutes * 60 if options.minutes else None
    waiting = iter(runs)
    with ThreadPoolExecutor(options.processes) as pool:
        under_way: set[Future[dict[str, Any]]] = set()
        while True:
            while len(under_way) < options.processes:
                late = until is not None and time.monotonic() >= until
                run = None if late else next(waiting, None)
                if run is None:
                    break
                under_way.add(pool.submit(_play, run, url, tree))
            if not under_way:
                return
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for each in ended:
                yield each.result()


def _play(run: Run, url: str, tree: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if run.database == "postgresql":
        environment["DATABASE_URL"] = url
    done = subprocess.run(run.command, check=False, env=environment, capture_output=True, text=True)
    line: dict[str, Any] = {**asdict(run), "tree": tree, "member_months": run.members * run.months}
    try:
        outcome = json.loads(done.stdout)
    except ValueError:
        outcome = {"violation": {"check": f"ended with {done.returncode}"}}
    found = outcome["violation"]
    line |= {
        "seconds": outcome.get("seconds"),
        "processor_seconds": outcome.get("processor_seconds"),
        "digest": outcome.get("digest"),
        "violation": found and found["check"],
    }
    if found:
        STORIES.mkdir(parents=True, exist_ok=True)
        story = STORIES / f"{run.database}-{run.seed}-{run.members}x{run.months}.txt"
        story.write_text(done.stderr)
        line["story"] = str(story.relative_to(ROOT))
    return line


def _key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("seed", "members", "months", "faults", "crash", "database")
    return tuple(line[name] for name in names)


def _kept() -> list[dict[str, Any]]:
    if not KEPT.exists():
        return []
    return [json.loads(line) for line in KEPT.read_text().splitlines()]


def _tree() -> str:
    """What the product is made of, in one word: its files' contents, committed or not."""
    digest = hashlib.sha256()
    for folder in ("src", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _shown(line: Mapping[str, Any]) -> str:
    size = f"{line['members']} × {line['months']}"
    speed = line["member_months"] / (line["processor_seconds"] or 1)
    came_to = line["violation"] or "nothing found"
    story = f"  {line['story']}" if "story" in line else ""
    return (
        f"seed {line['seed']:<9} {line['database']:<10} {size:<9} {line['faults']:<8}"
        f" {line['processor_seconds'] or 0:>7.1f} s of a core, {speed:>5.1f} a second  "
        f"{came_to}{story}"
    )


def _totals(done: Iterable[Mapping[str, Any]]) -> int:
    lines = list(done)
    for database in sorted({line["database"] for line in lines}):
        here = [line for line in lines if line["database"] == database]
        clean = [line for line in here if not line["violation"]]
        member_months = sum(line["member_months"] for line in clean)
        seconds = sum(line["processor_seconds"] or 0 for line in clean)
        print(
            f"{database}: {len(clean)} of {len(here)} runs clean, {member_months} member-months"
            f" in {seconds:.0f} s of a core ({member_months / (seconds or 1):.1f} a second);"
            f" seeds {' '.join(str(line['seed']) for line in clean)}"
        )
    found = [line for line in lines if line["violation"]]
    for line in found:
        print(_shown(line))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
