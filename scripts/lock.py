"""Writes requirements.lock and requirements-dev.lock from pyproject.toml: exact pins, nothing else.

Everything is installed into a fresh environment, the newest that pyproject.toml allows, and what
came is written down. Run it with `make lock`, then `make test`, then commit both files.
"""

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Made by `make lock` from pyproject.toml. Exact pins; edit pyproject.toml instead.\n"


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = project["project"]["dependencies"]
    # What builds the package is pinned too: installing it reads the same file as constraints.
    development = project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        pins = _install(python, runtime)
        _write("requirements.lock", pins)
        everything = _install(python, [*development, "editables", *pins])
        _write("requirements-dev.lock", [pin for pin in everything if pin not in pins])


def _install(python: Path, requirements: list[str]) -> list[str]:
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "install", "-qq", *requirements], check=True)
    freeze = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
    pins = freeze.stdout.split("\n")
    odd = [pin for pin in pins if pin and "==" not in pin]
    if odd:
        sys.exit(f"not exact pins: {odd}")
    return [pin for pin in pins if pin]


def _write(name: str, pins: list[str]) -> None:
    (ROOT / name).write_text(HEAD + "".join(f"{pin}\n" for pin in pins), "utf-8")
    print(f"{name}: {len(pins)} packages")


if __name__ == "__main__":
    main()
