"""docs/configuration.md against what is read: names, defaults, bounds and examples."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from kaiin.config import environment
from kaiin.config.environment import Environment, SettingError

ROOT = Path(__file__).resolve().parents[2]


class Row(NamedTuple):
    name: str
    kind: str
    default: str
    bounds: str
    example: str


def _rows() -> dict[str, Row]:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    rows = [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]
    return {row.name.strip("`"): row for row in rows}


ROWS = _rows()
EXAMPLES = {name: row.example.strip("`") for name, row in ROWS.items()}
NUMBERS = {name: row for name, row in ROWS.items() if row.kind == "number"}
REQUIRED = {name for name, row in ROWS.items() if row.default == "required"}


def _read(**changed: str) -> Environment:
    """What is required, and what is named here."""
    return environment.read({name: EXAMPLES[name] for name in REQUIRED} | changed)


def test_the_page_names_every_setting_and_no_other() -> None:
    assert set(ROWS) == environment.SETTINGS


def test_nothing_reads_what_the_page_does_not_name() -> None:
    read: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        code = file.read_text("utf-8")
        read |= set(re.findall(r"[\"'](KAIIN_[A-Z_]+|[A-Z]+_URL)[\"']", code))
    # Other names that look like it: Django's, and prefixes.
    read -= {"KAIIN_SCHEME", "KAIIN_TEST_", "KAIIN_BROWSER", "STATIC_URL", "SITE_URL", "PUBLIC_URL"}
    assert read == set(ROWS)


def test_all_examples_together_are_a_production() -> None:
    kaiin = environment.read(EXAMPLES)
    assert kaiin.mode is environment.Mode.PRODUCTION
    assert kaiin.sandbox_public_url == EXAMPLES["KAIIN_SANDBOX_PUBLIC_URL"]


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_without_what_is_required_nothing_starts(name: str) -> None:
    with pytest.raises(SettingError, match=name):
        _read(**{name: ""})


@pytest.mark.parametrize(
    "name", sorted(name for name, row in ROWS.items() if row.default.startswith("`"))
)
def test_a_default_is_what_is_read_without_it(name: str) -> None:
    assert _read(**{name: ROWS[name].default.strip("`")}) == _read()


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_is_taken_from_its_bound_on(name: str) -> None:
    least = int(NUMBERS[name].bounds.removesuffix(" or more"))
    _read(**{name: str(least)})
    for wrong in (str(least - 1), "inf", "nan", "many"):
        with pytest.raises(SettingError, match=name):
            _read(**{name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("KAIIN_MODE", "staging"),
        ("KAIIN_BASE_URL", "http://example.jp"),
        ("KAIIN_BASE_URL", "https://example.jp/club"),
        ("KAIIN_SECRET_KEY", "a1b2c3d4e5" * 4 + "abcdefghi"),
        ("KAIIN_SECRET_KEY", "abcdefghi" * 6),
        ("DATABASE_URL", "mysql://kaiin@db/kaiin"),
        ("DATABASE_URL", "sqlite:///kaiin.sqlite3"),
        ("SMTP_URL", "smtp+tls://mail.example.jp"),
        ("KAIIN_TRUSTED_PROXIES", "127.0.0.1,proxy.example.jp"),
        ("KAIIN_ADMIN_NETWORKS", "10.0.0.0/33"),
    ],
)
def test_past_the_bounds_it_is_refused(name: str, wrong: str) -> None:
    assert ROWS[name].bounds
    with pytest.raises(SettingError, match=name):
        _read(**{name: wrong})


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("KAIIN_MODE", {mode.value for mode in environment.Mode}),
        ("SMTP_URL", set(environment.SMTP_SCHEMES)),
        ("DATABASE_URL", set(environment.DATABASE_SCHEMES)),
    ],
)
def test_the_page_lists_every_word_that_is_taken(name: str, shapes: set[str]) -> None:
    assert set(re.findall(r"`([^`]+)`", ROWS[name].bounds)) == shapes
