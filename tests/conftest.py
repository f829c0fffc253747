"""What every test has: Django in test mode, and the fixtures.

A run of `tests/domain` alone loads no Django at all: the domain needs none.
Every module in `tests/fixtures/` is a plugin: put a fixture there and it is available.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = sorted(
    f"tests.fixtures.{file.stem}"
    for file in (ROOT / "tests" / "fixtures").glob("*.py")
    if file.stem != "__init__"
)


def pytest_configure(config: pytest.Config) -> None:
    if not _domain_only(config):
        _set_up_django()


# Single tests that take many seconds. They begin first: at the end, one would run alone.
_LONG = (
    "tests/crashes/",
    "tests/lab/simulation/test_simulate.py",
    "tests/payments/test_orders_of_messages.py",
    "tests/security/test_deploy_checks.py",
    "tests/security/test_fuzzed_forms.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; on PostgreSQL without the cases that `few_on_postgres` says ask the same of
    it again."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    cases: Counter[str] = Counter()
    kept = []
    for item in items:
        marker = item.get_closest_marker("few_on_postgres")
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        if marker is None or cases[test] <= marker.args[0]:
            kept.append(item)
    items[:] = kept


def pytest_collection_finish() -> None:
    # What was loaded and collected stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _domain_only(config: pytest.Config) -> bool:
    domain = ROOT / "tests" / "domain"
    paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    return bool(paths) and all(path.is_relative_to(domain) for path in paths)


def _set_up_django() -> None:
    var = Path(tempfile.mkdtemp(prefix="kaiin-test-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="kaiin.config.settings",
        KAIIN_MODE="test",
        KAIIN_VAR=str(var),
    )
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{var}/kaiin.sqlite3")
    from django.conf import settings

    # Each test client would look through all files of all apps before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file and not memory: tests race real connections of several threads.
        database.setdefault("TEST", {})["NAME"] = str(var / "test.sqlite3")
