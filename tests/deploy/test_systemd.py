"""The systemd units that are shipped: as systemd itself reads them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = ("kaiin-serve.service", "kaiin-worker.service")
INSTALLED = "/opt/kaiin/.venv/bin/kaiin"


@pytest.fixture(scope="session")
def analyze() -> str:
    if shutil.which("systemd-analyze") is None:
        subprocess.run([ROOT / "scripts" / "need.sh", "systemd"], check=True)
    return "systemd-analyze"


def test_systemd_finds_no_fault_in_the_units(analyze: str, tmp_path: Path) -> None:
    # The command must exist where a unit says, so the one of this environment takes its place.
    command = str(Path(sys.executable).parent / "kaiin")
    for name in SERVICES:
        text = (UNITS / name).read_text("utf-8")
        assert INSTALLED in text
        (tmp_path / name).write_text(text.replace(INSTALLED, command), "utf-8")
    ran = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / name) for name in SERVICES)],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    # Other units of the machine may be reported too.
    ours = [line for line in ran.stderr.splitlines() if "kaiin" in line or str(tmp_path) in line]
    assert (ran.returncode, ours) == (0, []), ran.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_process_that_ends_is_started_again_for_ever(name: str) -> None:
    lines = (UNITS / name).read_text("utf-8").splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(lines)
