"""An https installation: its cookies, its headers, its log, after one walk."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Walk:
    printed: dict[str, Any]
    log: str


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("https")
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.https_installation"],
        check=False,
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "kaiin.config.settings",
            "KAIIN_MODE": "production",
            "KAIIN_SECRET_KEY": "l0ng/and+random" * 4,
            "KAIIN_BASE_URL": "https://example.jp",
            "KAIIN_VAR": str(folder),
            "KAIIN_TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": f"sqlite:///{folder}/kaiin.sqlite3",
            "SMTP_URL": "smtp://127.0.0.1:1",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return Walk(json.loads(done.stdout), done.stderr)


def test_the_walk_went_its_way(walk: Walk) -> None:
    """Forms work behind the proxy that speaks HTTPS; what is wrong is refused."""
    assert walk.printed["statuses"] == [
        *(200, 302, 302, 200),  # a wrong password, the right one, the language, My page
        400,  # a forged return to a site
        *(302, 302, 302, 200, 302, 302),  # joining: a wrong code, another, the right one
        *(302, 200, 302),  # a new password: a wrong code, the right one
        302,  # "Can't log in?"
        *(400, 403, 500),  # a forged notice, a form without its token, a fault of ours
    ]


def test_every_cookie_is_bound_to_its_host_and_out_of_scripts_reach(walk: Walk) -> None:
    cookies = walk.printed["cookies"]
    kinds = {name.partition("kaiin-entry-")[0] for name in cookies}
    assert kinds == {
        "__Host-kaiin",
        "__Host-kaiin-csrf",
        "__Host-kaiin-device",
        "__Host-kaiin-language",
        "__Host-kaiin-try",
        "__Host-",  # that of the way to a site
    }
    for name, given in cookies.items():
        for attributes in given:
            assert attributes["secure"], name
            assert attributes["httponly"], name
            assert attributes["samesite"] == "Lax", name
            assert (attributes["path"], attributes["domain"]) == ("/", ""), name


def test_https_is_asked_for_ever_after(walk: Walk) -> None:
    headers = walk.printed["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_of_development_are_not_there(walk: Walk) -> None:
    assert walk.printed["missing"] == 404


def test_the_log_has_no_secret_and_no_personal_data(walk: Walk) -> None:
    """Not even when a mail can't be sent, and when the program breaks during a login."""
    assert "events.failed" in walk.log
    assert "RuntimeError: broken" in walk.log
    assert "payments.notice_refused" in walk.log
    assert len(walk.printed["secrets"]) > 25
    assert [secret for secret in walk.printed["secrets"] if secret in walk.log] == []


def test_nor_does_it_repeat_what_mails_say(walk: Walk) -> None:
    assert len(walk.printed["mails"]) >= 3
    assert "確認コード" not in walk.log
    assert "context" not in walk.log
    for error in filter(None, walk.printed["errors"]):
        assert error == "ConnectionRefusedError: [Errno 111] Connection refused"


def test_every_line_of_the_log_is_json(walk: Walk) -> None:
    lines = walk.log.strip().splitlines()
    assert lines
    for line in lines:
        assert {"event", "level", "timestamp"} <= json.loads(line).keys()
