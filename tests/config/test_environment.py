from pathlib import Path

import pytest

from kaiin.config import environment, settings
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


def test_what_follows_the_address_of_postgresql_reaches_it() -> None:
    url = "postgresql://kaiin@/kaiin?host=%2Frun%2Fpostgresql&sslmode=verify-full"
    assert environment.read({**PRODUCTION, "DATABASE_URL": url}).database_url == url
    read = settings._database(url)
    assert (read["HOST"], read["OPTIONS"]) == ("/run/postgresql", {"sslmode": "verify-full"})


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
        ({"KAIIN_BASE_URL": "https://example.jp:port"}, "1 to 65535"),
        ({"DATABASE_URL": "sqlite:///relative.db"}, "four slashes"),
        ({"DATABASE_URL": "sqlite://folder/relative.db"}, "four slashes"),
        ({"DATABASE_URL": "postgresql://kaiin@db:54321x/kaiin"}, "1 to 65535"),
        ({"SMTP_URL": "smtp+tls://mail.example.jp:587"}, "starttls"),
        ({"SMTP_URL": "smtp://mail.example.jp:99999"}, "1 to 65535"),
        ({"SMTP_URL": "mail.example.jp"}, "smtps"),
        ({"DATABASE_URL": "postgresql://kaiin@db"}, "no database"),
        ({"DATABASE_URL": "postgresql://kaiin@db/kaiin?ssl=true"}, "sslmode"),
        ({"DATABASE_URL": "postgresql://kaiin@db/kaiin#word@db/kaiin"}, "%23"),
        ({"DATABASE_URL": "sqlite:////var/kaiin.sqlite3?mode=ro"}, "after ."),
        ({"SMTP_URL": "smtp://mail.example.jp:25?tls=true"}, "after ."),
        ({"KAIIN_BASE_URL": "https://example.jp?x"}, "domain only"),
        ({"KAIIN_BASE_URL": "https://me:secret@example.jp"}, "domain only"),
        ({"KAIIN_SANDBOX_URL": "127.0.0.1:8001"}, "http://127"),
        ({"KAIIN_PROVIDER_CONCURRENCY": "2.5"}, "whole number"),
        ({"KAIIN_PROVIDER_RATE": "nan"}, "number of 0"),
        ({"KAIIN_PAGE_LOCK_SECONDS": "0"}, "number of 1"),
        ({"KAIIN_PROVIDER_SILENCE_MINUTES": "inf"}, "number of 0"),
        ({"KAIIN_TRUSTED_PROXY": "127.0.0.1"}, "KAIIN_TRUSTED_PROXIES"),
        ({"KAIIN_COLOUR_OF_DOORS": "red"}, "Unset it"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_mend(
    changed: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingError, match=named.replace("/", ".")) as refused:
        environment.read({**PRODUCTION, **changed})
    assert next(iter(changed)) in str(refused.value)
