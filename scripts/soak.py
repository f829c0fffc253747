"""Simulates one seed after the other until the time is up, and stops at the first that fails.

python -m scripts.soak --minutes 60             # make soak; SQLite, then PostgreSQL, in turn
python -m scripts.soak --minutes 5 --seed 100   # from this seed on
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from scripts.postgres import postgres

KAIIN = Path(sys.executable).parent / "kaiin"
# Members and months of a seed, by its number: small clubs find most, large ones the rest.
SIZES = ((40, 12), (80, 8), (20, 24), (150, 6))
# Three of four runs are hostile; every second kills.
FAULTS = ("hostile", "hostile", "usual", "hostile")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    asked = parser.parse_args()
    until = time.monotonic() + asked.minutes * 60
    member_months = runs = 0
    with postgres() as url:
        seed = asked.seed
        while time.monotonic() < until:
            members, months = SIZES[seed % len(SIZES)]
            command = [
                KAIIN, "simulate", "--json", "--seed", str(seed), "--members", str(members),
                "--months", str(months), "--faults", FAULTS[seed % len(FAULTS)],
            ]  # fmt: skip
            if seed % 2:
                command.append("--crash")
            on_postgres = seed % 4 >= 2
            environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
            if on_postgres:
                environment["DATABASE_URL"] = url
            done = subprocess.run(
                command, check=False, env=environment, capture_output=True, text=True
            )
            where = "PostgreSQL" if on_postgres else "SQLite"
            if done.returncode:
                print(done.stderr, f"\nseed {seed} failed on {where}", sep="", flush=True)
                return 1
            told = json.loads(done.stdout)
            runs, member_months = runs + 1, member_months + members * months
            print(
                f"seed {seed:<5} {where:<10} {members:>4} × {months:<2} {told['faults']:<8}"
                f" {told['seconds']:>7.1f} s  nothing found",
                flush=True,
            )
            seed += 1
    print(f"{runs} runs, {member_months} member-months, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
