"""The service's settings, read from the environment; one that is missing stops the start."""

from collections.abc import Mapping

from kaiin.lab.sandbox.app import SandboxApp, create_app

# Known to all the world: the demo's only.
DEMO_SECRET = "sandbox-secret-of-the-demo-no-real-money"  # noqa: S105

_EXAMPLES = {
    "KAIIN_SANDBOX_STORE": "/var/lib/kaiin/sandbox.sqlite3",
    "KAIIN_SANDBOX_SECRET": "$(openssl rand -base64 32)",
    "KAIIN_SANDBOX_NOTICE_URL": "http://id.localhost:8000/webhooks/sandbox",
    "KAIIN_SANDBOX_PUBLIC_URL": "http://pay.localhost:8001",
}


class SettingMissing(Exception):
    """A setting that the service can't start without; says which and what to write."""


def app_from(variables: Mapping[str, str]) -> SandboxApp:
    """The application as the environment says. Raises SettingMissing."""
    values = {name: variables.get(name, "") for name in _EXAMPLES}
    if variables.get("KAIIN_MODE") == "demo":
        values["KAIIN_SANDBOX_SECRET"] = values["KAIIN_SANDBOX_SECRET"] or DEMO_SECRET
    for name, value in values.items():
        if not value:
            raise SettingMissing(
                f"{name} is not set. Set it, for example: {name}={_EXAMPLES[name]}"
            )
    return create_app(
        store_path=values["KAIIN_SANDBOX_STORE"],
        secret=values["KAIIN_SANDBOX_SECRET"],
        notice_url=values["KAIIN_SANDBOX_NOTICE_URL"],
        public_url=values["KAIIN_SANDBOX_PUBLIC_URL"],
    )
