"""The installation's settings, read from the environment once and checked before anything starts.

A wrong setting is refused with the name of the variable and what to write instead.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit


class SettingError(Exception):
    """A setting that can't be used: says which, why, and how to mend it."""


class Mode(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Environment:
    """Every setting that an operator gives."""

    mode: Mode
    # Scheme, domain and port that the hosts' labels are joined to: `http://localhost:8000`
    # makes `http://id.localhost:8000` of the label `id`.
    base_url: str
    database_url: str
    secret_key: str
    var: Path
    valkey_url: str | None
    smtp_url: str | None
    # Addresses or networks that may open /admin/, until staff have a second factor.
    admin_networks: tuple[str, ...]
    # Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    trusted_proxies: tuple[str, ...]
    # How many calls to a provider are under way at once when renewals are charged, and how many
    # begin a second (0: no limit).
    provider_concurrency: int
    provider_rate: float
    # A provider that sends nothing for so long while payments are open is reported; 0: never.
    provider_silence_minutes: float
    sandbox_url: str | None
    sandbox_public_url: str | None
    sandbox_secret: str | None

    @property
    def scheme(self) -> str:
        return urlsplit(self.base_url).scheme

    @property
    def base_domain(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def port(self) -> int | None:
        return urlsplit(self.base_url).port

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


# Known to all the world, so refused outside the demo and tests.
_OPEN_SECRET = "only-for-the-demo-and-tests-of-kaiin-never-for-production"  # noqa: S105


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The environment's settings. Raises SettingError, naming the variable and the mend."""
    mode = _mode(variables.get("KAIIN_MODE", "production"))
    production = mode is Mode.PRODUCTION
    var = Path(variables.get("KAIIN_VAR", f"var/{mode}")).absolute()

    def required(name: str, otherwise: str, example: str) -> str:
        value = variables.get(name, "")
        if value:
            return value
        if production:
            raise SettingError(f"{name} is not set. Set it, for example: {name}={example}")
        return otherwise

    secret_key = required("KAIIN_SECRET_KEY", _OPEN_SECRET, "$(openssl rand -base64 48)")
    if production and _is_weak(secret_key):
        raise SettingError(
            "KAIIN_SECRET_KEY is too weak. Set 50 random characters or more: "
            "openssl rand -base64 48"
        )
    base_url = required("KAIIN_BASE_URL", "http://localhost:8000", "https://example.jp")
    _check_base_url(base_url, production=production)
    database_url = required("DATABASE_URL", f"sqlite:///{var}/kaiin.sqlite3", "postgresql://…")
    if urlsplit(database_url).scheme not in ("sqlite", "postgresql", "postgres"):
        raise SettingError(
            "DATABASE_URL must begin with sqlite:/// or postgresql://, "
            "for example sqlite:////var/lib/kaiin/kaiin.sqlite3"
        )
    # Without one, mails of the demo and of tests go to the mailbox folder.
    smtp_url = required("SMTP_URL", "", "smtp://user:password@mail.example.jp:587") or None
    sandbox_url = variables.get("KAIIN_SANDBOX_URL")
    return Environment(
        mode=mode,
        base_url=base_url.rstrip("/"),
        database_url=database_url,
        secret_key=secret_key,
        var=var,
        valkey_url=variables.get("VALKEY_URL"),
        smtp_url=smtp_url,
        admin_networks=_networks(variables, "KAIIN_ADMIN_NETWORKS", "127.0.0.0/8,::1/128"),
        trusted_proxies=_networks(variables, "KAIIN_TRUSTED_PROXIES", ""),
        # One at a time is one after the other, in the same order each time.
        provider_concurrency=int(
            _number(variables, "KAIIN_PROVIDER_CONCURRENCY", 1 if mode is Mode.TEST else 8, least=1)
        ),
        provider_rate=_number(
            variables, "KAIIN_PROVIDER_RATE", 0 if mode is Mode.TEST else 100, least=0
        ),
        provider_silence_minutes=_number(variables, "KAIIN_PROVIDER_SILENCE_MINUTES", 120, least=0),
        sandbox_url=sandbox_url,
        sandbox_public_url=variables.get("KAIIN_SANDBOX_PUBLIC_URL", sandbox_url),
        sandbox_secret=variables.get("KAIIN_SANDBOX_SECRET"),
    )


def _number(variables: Mapping[str, str], name: str, otherwise: float, *, least: int) -> float:
    text = variables.get(name, "") or str(otherwise)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number < float("inf"):
        raise SettingError(f"{name} is {text!r}. Write a number of {least} or more: {otherwise}")
    return number


def _is_weak(secret: str) -> bool:
    return len(secret) < 50 or len(set(secret)) < 10 or secret == _OPEN_SECRET


def _mode(name: str) -> Mode:
    try:
        return Mode(name)
    except ValueError:
        raise SettingError(
            f"KAIIN_MODE is {name!r}. Write one of: {', '.join(Mode)} (default: production)"
        ) from None


def _check_base_url(base_url: str, *, production: bool) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise SettingError(
            f"KAIIN_BASE_URL is {base_url!r}. Write scheme and domain only, "
            "for example https://example.jp"
        )
    if production and parts.scheme != "https":
        raise SettingError(f"KAIIN_BASE_URL must be https in production, not {base_url!r}")


def _networks(variables: Mapping[str, str], name: str, otherwise: str) -> tuple[str, ...]:
    parts = variables.get(name, otherwise).split(",")
    networks = tuple(part.strip() for part in parts if part.strip())
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError:
            raise SettingError(
                f"{name} holds {network!r}. Write addresses or networks with commas between, "
                "for example 127.0.0.1,10.0.0.0/8"
            ) from None
    return networks
