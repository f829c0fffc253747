"""Commands as an operator runs them: what they print, how they end."""

import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from tests.cli.running import kaiin

from kaiin.cli import clock as clock_command
from kaiin.cli.demo_environment import demo_variables, remember_port

NOW = datetime(2027, 1, 30, 15, 30, tzinfo=UTC)  # 31 January in Japan


def test_help_lists_every_command_and_the_exit_codes(tmp_path: Path) -> None:
    shown = kaiin("--help", folder=tmp_path)
    assert shown.returncode == 0
    head, _, commands = shown.stdout.partition("Commands:")
    listed = re.findall(r"^  (\w+)  ", commands, re.MULTILINE)
    assert listed == [
        *("demo", "clock", "serve", "worker", "migrate", "apply", "identify", "staff", "backup"),
        *("restore", "closing", "outbox", "check", "verify", "explain", "simulate"),
    ]
    # No summary is cut short.
    assert "..." not in commands
    assert "Exit codes" in commands
    assert "kaiin demo" in head


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "check", "verify"])
def test_a_missing_setting_is_named_with_its_mend(command: str, tmp_path: Path) -> None:
    refused = kaiin(command, folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        "kaiin: KAIIN_SECRET_KEY is not set. Set it, for example: "
        "KAIIN_SECRET_KEY=$(openssl rand -base64 48)\n"
    )


@pytest.mark.parametrize("setting", ["KAIIN_VAR", "DATABASE_URL"])
def test_a_folder_that_cannot_be_written_is_one_line(setting: str, tmp_path: Path) -> None:
    # /proc takes no files, not even root's.
    given = {"KAIIN_VAR": "/proc/kaiin", "DATABASE_URL": "sqlite:////proc/kaiin.sqlite3"}
    variables = demo_variables(tmp_path, 1) | {setting: given[setting]}
    refused = kaiin("migrate", folder=tmp_path, variables=variables)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"kaiin: {setting}: ")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "worker", "check"])
def test_an_unprepared_database_is_refused_with_its_mend(command: str, tmp_path: Path) -> None:
    refused = kaiin(command, folder=tmp_path, variables=demo_variables(tmp_path, 1))
    assert refused.returncode == 1
    assert refused.stderr.endswith("Mend: kaiin migrate\n")


def test_migrate_then_check(tmp_path: Path) -> None:
    variables = demo_variables(tmp_path, 1)
    assert kaiin("migrate", folder=tmp_path, variables=variables).returncode == 0
    assert kaiin("check", folder=tmp_path, variables=variables).returncode == 0
    assert kaiin("worker", "--once", folder=tmp_path, variables=variables).returncode == 0


def test_a_busy_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        refused = kaiin("demo", "--port", str(port), folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"kaiin: port {port} is in use.")
    assert "make demo PORT=" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_demo_reset_drops_the_demo_only(tmp_path: Path) -> None:
    (tmp_path / "var/demo").mkdir(parents=True)
    (tmp_path / "var/other").mkdir()
    assert kaiin("demo", "--reset", folder=tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["other"]


def test_clock_without_a_demo_says_how_to_start_one(tmp_path: Path) -> None:
    refused = kaiin("clock", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == "kaiin: there is no demo under var/demo. Start it: make demo\n"


def test_clock_turns_no_other_installation(tmp_path: Path) -> None:
    refused = kaiin("clock", folder=tmp_path, variables={"KAIIN_MODE": "production"})
    assert refused.returncode == 1
    assert "only the demo's clock can be turned" in refused.stderr


def test_clock_asks_the_worker_to_walk(tmp_path: Path) -> None:
    demo = tmp_path / "var/demo"
    demo.mkdir(parents=True)
    remember_port(demo, 8000)
    shown = kaiin("clock", folder=tmp_path)
    assert shown.stdout.endswith(" JST\n")
    asked = kaiin("clock", "advance", "2w", folder=tmp_path)
    assert asked.returncode == 0
    assert ", walking to " in asked.stdout
    back = kaiin("clock", "set", "2020-01-01", folder=tmp_path)
    assert back.returncode == 1
    assert "goes forward only" in back.stderr


@pytest.mark.parametrize(
    ("action", "to", "expected"),
    [
        ("advance", "12h", NOW + timedelta(hours=12)),
        ("advance", "1d", NOW + timedelta(days=1)),
        ("advance", "2w", NOW + timedelta(days=14)),
        # The last day of February in Japan, from its beginning.
        ("advance", "1mo", datetime(2027, 2, 27, 15, tzinfo=UTC)),
        ("set", "2027-03-01", datetime(2027, 2, 28, 15, tzinfo=UTC)),
        ("set", "2027-03-01T09:00", datetime(2027, 3, 1, 0, tzinfo=UTC)),
        ("set", "2027-03-01T09:00+00:00", datetime(2027, 3, 1, 9, tzinfo=UTC)),
    ],
)
def test_where_the_clock_goes(action: str, to: str, expected: datetime) -> None:
    assert clock_command._target(action, to, NOW) == expected


@pytest.mark.parametrize(("action", "to"), [("advance", "1y"), ("set", "tomorrow"), ("turn", "1d")])
def test_a_clock_command_written_wrongly(action: str, to: str) -> None:
    with pytest.raises(typer.BadParameter, match="kaiin clock advance 1mo"):
        clock_command._target(action, to, NOW)
