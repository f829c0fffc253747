"""The environment variables that the demo's processes share."""

import json
import os
import sys
from pathlib import Path

VAR = Path("var/demo")
_NOTE = "demo.json"


def demo_variables(var: Path, port: int) -> dict[str, str]:
    """What pages, worker and sandbox of a demo under `var` need: pages at `port`, the sandbox
    at the next."""
    var = var.absolute()
    return {
        "KAIIN_MODE": "demo",
        "KAIIN_VAR": str(var),
        "KAIIN_BASE_URL": f"http://localhost:{port}",
        "KAIIN_CLOCK_FILE": str(var / "clock.json"),
        "KAIIN_SANDBOX_URL": f"http://127.0.0.1:{port + 1}",
        "KAIIN_SANDBOX_PUBLIC_URL": f"http://pay.localhost:{port + 1}",
        "KAIIN_SANDBOX_NOTICE_URL": f"http://id.localhost:{port}/webhooks/sandbox",
        "KAIIN_SANDBOX_STORE": str(var / "sandbox.sqlite3"),
        "KAIIN_SANDBOX_SECRET": "the-sandbox-of-the-demo-moves-no-money",
        "DATABASE_URL": f"sqlite:///{var}/kaiin.sqlite3",
        "PYTHONUNBUFFERED": "1",
    }


def remember_port(var: Path, port: int) -> None:
    """Note where the demo runs, for commands beside it."""
    (var / _NOTE).write_text(json.dumps({"port": port}), "utf-8")


def enter_demo() -> None:
    """Let this process act on the demo, unless its environment names another installation."""
    if "KAIIN_MODE" in os.environ:
        if os.environ["KAIIN_MODE"] != "demo" or "KAIIN_CLOCK_FILE" not in os.environ:
            sys.exit("kaiin: only the demo's clock can be turned; KAIIN_MODE names another mode")
        return
    try:
        note = json.loads((VAR / _NOTE).read_text("utf-8"))
    except FileNotFoundError:
        sys.exit(f"kaiin: there is no demo under {VAR}. Start it: make demo")
    os.environ.update(demo_variables(VAR, note["port"]))
