"""`kaiin check --deploy`: what is unsafe is refused, with its mend; what is safe passes."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

SAFE = {
    "KAIIN_SECRET_KEY": "l0ng/and+random" * 4,
    "KAIIN_BASE_URL": "https://example.jp",
    "KAIIN_TRUSTED_PROXIES": "127.0.0.1",
    "SMTP_URL": "smtp+starttls://kaiin:secret@mail.example.jp:587",
}


def kaiin(*arguments: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kaiin.cli", *arguments],
        check=False,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_safe_installation_passes_and_an_unsafe_one_gets_every_error(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    safe = SAFE | {
        "KAIIN_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/kaiin.sqlite3",
    }
    assert kaiin("migrate", variables=safe).returncode == 0
    passed = kaiin("check", "--deploy", variables=safe)
    assert (passed.returncode, passed.stderr) == (0, "")
    folder.chmod(0o755)
    unsafe = safe | {
        "KAIIN_ADMIN_NETWORKS": "0.0.0.0/0",
        "KAIIN_TRUSTED_PROXIES": "",
        "KAIIN_CLOCK_FILE": str(folder / "clock.json"),
        "SMTP_URL": "smtp://kaiin:secret@mail.example.jp:25",
    }
    refused = kaiin("check", "--deploy", variables=unsafe)
    assert refused.returncode == 1
    for code in ("E002", "E003", "E005", "E006", "E007"):
        assert f"kaiin.{code}" in refused.stderr
    assert refused.stderr.count("HINT:") >= 5
    assert "secret@" not in refused.stderr
    # The check of every day asks for none of this.
    assert kaiin("check", variables=unsafe).returncode == 0


@pytest.fixture
def failed_checks(settings: Any, tmp_path: Path) -> Callable[..., list[str]]:
    """The codes of what is wrong with a safe environment after some changes."""
    from kaiin.config import deploy_checks, environment

    safe = environment.read(SAFE | {"DATABASE_URL": "postgresql://kaiin@db/kaiin"})

    def run(**changes: Any) -> list[str]:
        settings.KAIIN = replace(safe, **changes)
        found = [*deploy_checks.environment(), *deploy_checks.tenant()]
        assert all(message.hint for message in found)
        return [str(message.id) for message in found]

    return run


def test_a_safe_environment(failed_checks: Callable[..., list[str]], db: None) -> None:
    assert failed_checks() == []
    assert failed_checks(smtp_url="smtp://127.0.0.1:25") == []
    assert failed_checks(smtp_url="smtp://relay.internal:25") == []
    assert failed_checks(smtp_url="smtps://kaiin:secret@mail.example.jp") == []


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_other_modes_are_none_for_production(
    failed_checks: Callable[..., list[str]], db: None, mode: str
) -> None:
    from kaiin.config.environment import Mode

    assert failed_checks(mode=Mode(mode)) == ["kaiin.E001"]


@pytest.mark.parametrize(
    ("network", "safe"),
    [
        ("127.0.0.0/8", True),
        ("10.0.0.0/8", True),
        ("172.16.0.0/12", True),
        ("203.0.113.8/29", True),
        ("2001:db8::/48", True),
        ("::1/128", True),
        ("0.0.0.0/0", False),
        ("::/0", False),
        ("0.0.0.0/1", False),
        ("8.0.0.0/8", False),
        ("10.0.0.0/7", False),
        ("2000::/3", False),
    ],
)
def test_networks_that_contain_strangers(
    failed_checks: Callable[..., list[str]], db: None, network: str, safe: bool
) -> None:
    assert failed_checks(admin_networks=(network,)) == ([] if safe else ["kaiin.E003"])
    assert failed_checks(trusted_proxies=(network,)) == ([] if safe else ["kaiin.E004"])


def test_the_proxy_must_be_named(failed_checks: Callable[..., list[str]], db: None) -> None:
    assert failed_checks(trusted_proxies=()) == ["kaiin.E005"]


def test_the_clock_is_the_machines(
    failed_checks: Callable[..., list[str]],
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))
    assert failed_checks() == ["kaiin.E002"]


def test_the_sandbox_is_for_trials(
    failed_checks: Callable[..., list[str]], plusmember: object
) -> None:
    """The example's ways to pay all name it."""
    near = {"sandbox_url": "http://127.0.0.1:8001"}
    assert failed_checks() == ["kaiin.E008"]
    assert failed_checks(**near) == ["kaiin.E009"]
    assert failed_checks(**near, sandbox_secret="short") == ["kaiin.E009"]
    assert failed_checks(**near, sandbox_secret="s" * 32) == ["kaiin.I001"]
