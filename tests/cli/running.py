"""Commands as processes of their own."""

import os
import subprocess
import sys
from pathlib import Path


def bare() -> dict[str, str]:
    """What every process needs of the environment; no setting of Kaiin."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def kaiin(
    *arguments: str, folder: Path, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder of its own, with no settings but these."""
    return subprocess.run(
        [sys.executable, "-m", "kaiin.cli", *arguments],
        check=False,
        cwd=folder,
        env=bare() | (variables or {}),
        capture_output=True,
        text=True,
        timeout=60,
    )
