from pathlib import Path

import pytest

from kaiin.config import environment
from kaiin.config.environment import Mode, SettingError

PRODUCTION = {
    "KAIIN_SECRET_KEY": "l0ng/and+random" * 4,
    "KAIIN_BASE_URL": "https://example.jp",
    "DATABASE_URL": "postgresql://kaiin@db/kaiin",
    "SMTP_URL": "smtp://mail.example.jp:25",
}


def test_a_full_production_environment_is_read() -> None:
    read = environment.read(PRODUCTION)
    assert read.mode is Mode.PRODUCTION
    assert (read.scheme, read.base_domain, read.port, read.secure) == (
        "https",
        "example.jp",
        None,
        True,
    )


def test_the_demo_needs_nothing(tmp_path: Path) -> None:
    read = environment.read({"KAIIN_MODE": "demo", "KAIIN_VAR": str(tmp_path)})
    assert read.database_url == f"sqlite:///{tmp_path}/kaiin.sqlite3"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"KAIIN_SECRET_KEY": ""}, "KAIIN_SECRET_KEY"),
        ({"KAIIN_SECRET_KEY": "short"}, "openssl rand"),
        ({"KAIIN_SECRET_KEY": environment._OPEN_SECRET}, "too weak"),
        ({"KAIIN_SECRET_KEY": "k" * 64}, "too weak"),
        ({"KAIIN_BASE_URL": "http://example.jp"}, "must be https"),
        ({"KAIIN_BASE_URL": "example.jp"}, "https://example.jp"),
        ({"KAIIN_BASE_URL": "https://example.jp/kaiin"}, "domain only"),
        ({"DATABASE_URL": "mysql://db/kaiin"}, "postgresql://"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"KAIIN_MODE": "prod"}, "production"),
        ({"KAIIN_ADMIN_NETWORKS": "office"}, "10.0.0.0/8"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_mend(
    changed: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingError, match=named.replace("/", ".")) as refused:
        environment.read({**PRODUCTION, **changed})
    assert next(iter(changed)) in str(refused.value)
