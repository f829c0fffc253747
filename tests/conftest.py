"""What every test has: Django in test mode, a frozen clock, seeded randomness.

A run of `tests/domain` alone loads no Django at all: the domain needs none.
Every module in `tests/fixtures/` is a plugin: put a fixture there and it is available.
"""

import atexit
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent
_ANOTHER_SEED = "KAIIN_TEST_SEED"
_SEED = int(os.environ.setdefault(_ANOTHER_SEED, "20261122"))

pytest_plugins = sorted(
    f"tests.fixtures.{file.stem}"
    for file in (ROOT / "tests" / "fixtures").glob("*.py")
    if file.stem != "__init__"
)

hypothesis_settings.register_profile("kaiin", deadline=None, print_blob=True)
hypothesis_settings.register_profile(
    "soak",
    hypothesis_settings.get_profile("kaiin"),
    max_examples=3000,
    stateful_step_count=150,
)
hypothesis_settings.load_profile("kaiin")


def pytest_configure(config: pytest.Config) -> None:
    # The same examples every time, unless another seed is asked for.
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = _SEED
    if not _domain_only(config):
        _set_up_django()


def pytest_report_header() -> str:
    return f"seed: {_SEED} (another: {_ANOTHER_SEED}=…)"


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

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file and not memory: tests race real connections of several threads.
        database.setdefault("TEST", {})["NAME"] = str(var / "test.sqlite3")


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.seed(_SEED)
