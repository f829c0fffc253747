"""What `kaiin check --deploy` refuses, beyond Django's own checks; each says how to mend it."""

import stat
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.db import DatabaseError

from kaiin.config.environment import Environment, Mode
from kaiin.infra import clock

# A network of the open internet that is wider than this (/16, /32) belongs to no single operator.
_WIDEST = {4: 16, 6: 32}
_PRIVATE = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
_SHORTEST_SECRET = 32
_NEAR = ("localhost", "127.0.0.1", "::1")


@register(deploy=True)
def environment(**_: Any) -> list[CheckMessage]:
    """The settings that an operator gives."""
    return list(problems(settings.KAIIN))


@register(deploy=True)
def tenant(**_: Any) -> list[CheckMessage]:
    """What the tenant file asks of the settings. Says nothing while no file is applied."""
    # Loads half of Kaiin, and the checks are registered at each start.
    from kaiin.sites import queries as sites  # noqa: PLC0415

    try:
        providers = set(sites.tenant().ways_to_pay.values())
    except (sites.TenantMissing, DatabaseError):
        return []
    return list(_sandbox(settings.KAIIN)) if "sandbox" in providers else []


def problems(kaiin: Environment) -> Iterator[CheckMessage]:
    """What is unsafe in an environment."""
    if kaiin.mode is not Mode.PRODUCTION:
        yield Error(
            f"KAIIN_MODE is {kaiin.mode.value}: its secrets are known to all the world, and "
            "mails go to a folder.",
            hint="Set KAIIN_MODE=production, or leave it out.",
            id="kaiin.E001",
        )
    if clock.file() is not None:
        yield Error(
            "KAIIN_CLOCK_FILE is set: its content decides who has paid.",
            hint="Unset KAIIN_CLOCK_FILE. Only the demo's clock can be turned.",
            id="kaiin.E002",
        )
    yield from _networks(kaiin)
    yield from _mail(kaiin)
    yield from _database(kaiin)


def _networks(kaiin: Environment) -> Iterator[CheckMessage]:
    for network in filter(_too_wide, kaiin.admin_networks):
        yield Error(
            f"KAIIN_ADMIN_NETWORKS contains {network}: strangers reach the back office, which has "
            "no second factor yet.",
            hint="Name the addresses of your staff, for example "
            "KAIIN_ADMIN_NETWORKS=127.0.0.1,203.0.113.8/29",
            id="kaiin.E003",
        )
    for network in filter(_too_wide, kaiin.trusted_proxies):
        yield Error(
            f"KAIIN_TRUSTED_PROXIES contains {network}: a client from there may claim any address.",
            hint="Name your proxies' own addresses, for example KAIIN_TRUSTED_PROXIES=127.0.0.1",
            id="kaiin.E004",
        )
    if kaiin.secure and not kaiin.trusted_proxies:
        yield Error(
            "KAIIN_BASE_URL is https and KAIIN_TRUSTED_PROXIES is not set: the proxy that speaks "
            "HTTPS is not believed, so that every form is refused and HSTS is not sent.",
            hint="Name that proxy, for example KAIIN_TRUSTED_PROXIES=127.0.0.1, and let it set "
            "X-Forwarded-For and X-Forwarded-Proto.",
            id="kaiin.E005",
        )


def _mail(kaiin: Environment) -> Iterator[CheckMessage]:
    server = urlsplit(kaiin.smtp_url or "")
    if server.scheme == "smtp" and server.password and server.hostname not in _NEAR:
        yield Error(
            "SMTP_URL sends a password, and every mailed code, unencrypted over the network.",
            hint="Write smtp+starttls:// (port 587) or smtps:// (port 465) instead of smtp://",
            id="kaiin.E006",
        )


def _database(kaiin: Environment) -> Iterator[CheckMessage]:
    name = str(settings.DATABASES["default"]["NAME"])
    if not kaiin.database_url.startswith("sqlite") or not Path(name).exists():
        return
    file = Path(name)
    open_file = file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)
    open_folder = file.parent.stat().st_mode & stat.S_IXOTH
    if open_file and open_folder:
        yield Error(
            f"{file}: every account of this machine may read the members' data.",
            hint=f"chmod o-rwx {file.parent}",
            id="kaiin.E007",
        )


def _sandbox(kaiin: Environment) -> Iterator[CheckMessage]:
    if not kaiin.sandbox_url:
        yield Error(
            "The tenant file names the provider sandbox, and KAIIN_SANDBOX_URL is not set: "
            "no one can pay.",
            hint="Name another provider under ways_to_pay and apply the file; for a trial set "
            "KAIIN_SANDBOX_URL, KAIIN_SANDBOX_PUBLIC_URL and KAIIN_SANDBOX_SECRET.",
            id="kaiin.E008",
        )
    elif len(kaiin.sandbox_secret or "") < _SHORTEST_SECRET:
        yield Error(
            "KAIIN_SANDBOX_SECRET is missing or short: notices of payments can be forged.",
            hint=f"Set {_SHORTEST_SECRET} characters or more: openssl rand -base64 48",
            id="kaiin.E009",
        )
    else:
        yield Info(
            "The tenant file names the provider sandbox: all who can reach it join without "
            "paying money.",
            hint="Right for a trial. Otherwise name another provider under ways_to_pay.",
            id="kaiin.I001",
        )


def _too_wide(text: str) -> bool:
    network = ip_network(text, strict=False)
    return network.prefixlen < _WIDEST[network.version] and not any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in _PRIVATE
    )
