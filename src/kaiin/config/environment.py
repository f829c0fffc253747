"""The installation's settings, read from the environment once and checked before anything starts.

A wrong setting is refused with the name of the variable and what to write instead.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


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
    # How long a page waits for another's lock in the database.
    page_lock_seconds: float
    var: Path
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
    # For how many days what is done is kept: deliveries of events, events, bodies of notices.
    keep_deliveries_days: float
    keep_events_days: float
    keep_notices_days: float
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
    def reads_a_copy(self) -> bool:
        """Whether the database is a file of SQLite that is not to be written to: a backup."""
        parts = urlsplit(self.database_url)
        file = Path(unquote(parts.path))
        if parts.scheme != "sqlite" or not file.is_file():
            return False
        # Root could write a file of mode 0444 all the same.
        writable = file.stat().st_mode & 0o222 and os.access(file, os.W_OK)
        return not (writable and os.access(file.parent, os.W_OK))

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


# All that docs/configuration.md lists; a test compares.
SETTINGS = frozenset({
    "DATABASE_URL", "SMTP_URL",
    "KAIIN_ADMIN_NETWORKS", "KAIIN_BASE_URL", "KAIIN_CLOCK_FILE",
    "KAIIN_KEEP_DELIVERIES_DAYS", "KAIIN_KEEP_EVENTS_DAYS", "KAIIN_KEEP_NOTICES_DAYS", "KAIIN_MODE",
    "KAIIN_PAGE_LOCK_SECONDS", "KAIIN_PROVIDER_CONCURRENCY", "KAIIN_PROVIDER_RATE",
    "KAIIN_PROVIDER_SILENCE_MINUTES",
    "KAIIN_SANDBOX_NOTICE_URL", "KAIIN_SANDBOX_PUBLIC_URL", "KAIIN_SANDBOX_SECRET",
    "KAIIN_SANDBOX_STORE", "KAIIN_SANDBOX_URL", "KAIIN_SECRET_KEY", "KAIIN_TRUSTED_PROXIES",
    "KAIIN_VAR",
})  # fmt: skip
# Read by the tests and development tools only.
_DEVELOPMENT = ("KAIIN_BROWSER", "KAIIN_TEST_")

# Given to libpq; `host` names a server, or the folder of its socket.
POSTGRESQL_OPTIONS = (
    "host", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name",
    "target_session_attrs",
)  # fmt: skip
SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgres")

# Known to all the world, so refused outside the demo and tests.
_OPEN_SECRET = "only-for-the-demo-and-tests-of-kaiin-never-for-production"  # noqa: S105


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The environment's settings. Raises SettingError, naming the variable and the mend."""
    _refuse_unknown(variables)
    mode = _mode(variables.get("KAIIN_MODE", "production"))
    production, testing = mode is Mode.PRODUCTION, mode is Mode.TEST
    var = Path(variables.get("KAIIN_VAR", f"var/{mode}")).absolute()

    def required(name: str, otherwise: str, example: str) -> str:
        value = variables.get(name, "")
        if value:
            return value
        if production:
            raise SettingError(f"{name} is not set. Set it, for example: {name}={example}")
        return otherwise

    secret_key = required("KAIIN_SECRET_KEY", _OPEN_SECRET, "$(openssl rand -base64 48)")
    weak = len(secret_key) < 50 or len(set(secret_key)) < 10 or secret_key == _OPEN_SECRET
    if production and weak:
        raise SettingError(
            "KAIIN_SECRET_KEY is too weak. Set 50 random characters or more: "
            "openssl rand -base64 48"
        )
    base_url = required("KAIIN_BASE_URL", "http://localhost:8000", "https://example.jp")
    _check_base_url(base_url, production=production)
    database_url = required("DATABASE_URL", f"sqlite:///{var}/kaiin.sqlite3", "postgresql://…")
    _check_database_url(database_url)
    # Without one, mails of the demo and of tests go to the mailbox folder.
    smtp_url = required("SMTP_URL", "", "smtp://user:password@mail.example.jp:587") or None
    _check_smtp_url(smtp_url)
    sandbox_url = variables.get("KAIIN_SANDBOX_URL")
    for name in ("KAIIN_SANDBOX_URL", "KAIIN_SANDBOX_PUBLIC_URL", "KAIIN_SANDBOX_NOTICE_URL"):
        _check_web_address(name, variables.get(name, ""))
    return Environment(
        mode=mode,
        base_url=base_url.rstrip("/"),
        database_url=database_url,
        secret_key=secret_key,
        page_lock_seconds=_number(variables, "KAIIN_PAGE_LOCK_SECONDS", 5, least=1),
        var=var,
        smtp_url=smtp_url,
        admin_networks=_networks(variables, "KAIIN_ADMIN_NETWORKS", "127.0.0.0/8,::1/128"),
        trusted_proxies=_networks(variables, "KAIIN_TRUSTED_PROXIES", ""),
        # One at a time is one after the other, in the same order each time.
        provider_concurrency=_whole(
            variables, "KAIIN_PROVIDER_CONCURRENCY", 1 if testing else 8, least=1
        ),
        provider_rate=_number(variables, "KAIIN_PROVIDER_RATE", 0 if testing else 100, least=0),
        provider_silence_minutes=_number(variables, "KAIIN_PROVIDER_SILENCE_MINUTES", 120, least=0),
        keep_deliveries_days=_number(variables, "KAIIN_KEEP_DELIVERIES_DAYS", 30, least=1),
        keep_events_days=_number(variables, "KAIIN_KEEP_EVENTS_DAYS", 400, least=1),
        keep_notices_days=_number(variables, "KAIIN_KEEP_NOTICES_DAYS", 90, least=1),
        sandbox_url=sandbox_url,
        sandbox_public_url=variables.get("KAIIN_SANDBOX_PUBLIC_URL", sandbox_url),
        sandbox_secret=variables.get("KAIIN_SANDBOX_SECRET"),
    )


def copy_uri(file: Path) -> str:
    """How SQLite opens a file that can't be written to."""
    journal = file.with_name(f"{file.name}-wal")
    # Without writers it needs no locks, which it could not make here.
    alone = not journal.exists() or journal.stat().st_size == 0
    return f"{file.absolute().as_uri()}?mode=ro" + ("&immutable=1" if alone else "")


def make_folder(folder: Path, name: str) -> None:
    """Make the folder of a setting. Raises SettingError where this account may not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"{name}: the folder {folder} can't be made ({error.strerror}). "
            f"Name another, or make it for this account: sudo install -d -o $(id -un) {folder}"
        ) from None


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    for name in sorted(variables):
        if name.startswith("KAIIN_") and not (name in SETTINGS or name.startswith(_DEVELOPMENT)):
            near = get_close_matches(name, sorted(SETTINGS), n=1)
            mend = f"Did you mean {near[0]}?" if near else "Unset it."
            raise SettingError(f"{name} is no setting of Kaiin. {mend}")


def _check_database_url(url: str) -> None:
    parts = _parts("DATABASE_URL", url, "postgresql://kaiin@localhost:5432/kaiin")
    if parts.scheme not in DATABASE_SCHEMES:
        raise SettingError(
            "DATABASE_URL must begin with sqlite:/// or postgresql://, "
            "for example sqlite:////var/lib/kaiin/kaiin.sqlite3"
        )
    # `sqlite:///kaiin.sqlite3` names a file in the root folder, which is never what was meant.
    if parts.scheme == "sqlite" and (parts.netloc or str(Path(parts.path).parent) in ("/", ".")):
        raise SettingError(
            "DATABASE_URL must name the SQLite file by its whole path, with four slashes: "
            "sqlite:////var/lib/kaiin/kaiin.sqlite3"
        )
    known = () if parts.scheme == "sqlite" else POSTGRESQL_OPTIONS
    _refuse_rest("DATABASE_URL", parts, known=known)
    if not parts.path.strip("/"):
        raise SettingError(
            "DATABASE_URL names no database. Write for example "
            "postgresql://kaiin:password@localhost:5432/kaiin"
        )


def _refuse_rest(name: str, parts: SplitResult, known: Collection[str]) -> None:
    """What follows `?` or `#` would else be ignored, be it sslmode or half a password."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not parts.fragment and all(key in known for key, _ in pairs):
        return
    # The address may contain a password, so the message leaves it out.
    allowed = f"Only {', '.join(known)} may follow ?" if known else "Nothing may follow"
    raise SettingError(
        f"{name} has something after ? or # that is not known. {allowed}; within a password "
        "write %3F for ? and %23 for #"
    )


def _check_smtp_url(url: str | None) -> None:
    if url is None:
        return
    parts = _parts("SMTP_URL", url, "smtp+starttls://user:password@mail.example.jp:587")
    # Any other scheme would send in the clear, even if its name promises otherwise.
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname:
        raise SettingError(
            "SMTP_URL must name a server after smtp+starttls:// (port 587), smtps:// (port 465) "
            "or smtp:// (unencrypted), for example smtp+starttls://user:password@mail.example.jp:587"
        )
    _refuse_rest("SMTP_URL", parts, known=())


def _check_web_address(name: str, url: str) -> None:
    parts = _parts(name, url, "http://127.0.0.1:8001")
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise SettingError(f"{name} is {url!r}. Write for example http://127.0.0.1:8001")


def _parts(name: str, url: str, example: str) -> SplitResult:
    # The address may contain a password, so the message leaves it out.
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018
    except ValueError:
        raise SettingError(
            f"{name} is no address with a port of 1 to 65535. Write for example {example}"
        ) from None
    return parts


def _number(variables: Mapping[str, str], name: str, otherwise: float, *, least: int) -> float:
    text = variables.get(name, "") or str(otherwise)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number < float("inf"):
        raise SettingError(f"{name} is {text!r}. Write a number of {least} or more: {otherwise}")
    return number


def _whole(variables: Mapping[str, str], name: str, otherwise: int, *, least: int) -> int:
    number = _number(variables, name, otherwise, least=least)
    if number != int(number):
        raise SettingError(f"{name} is {number}. Write a whole number: {otherwise}")
    return int(number)


def _mode(name: str) -> Mode:
    try:
        return Mode(name)
    except ValueError:
        raise SettingError(
            f"KAIIN_MODE is {name!r}. Write one of: {', '.join(Mode)} (default: production)"
        ) from None


def _check_base_url(base_url: str, *, production: bool) -> None:
    parts = _parts("KAIIN_BASE_URL", base_url, "https://example.jp")
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or rest:
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
                f"{name} contains {network!r}. Write addresses or networks with commas between, "
                "for example 127.0.0.1,10.0.0.0/8"
            ) from None
    return networks
