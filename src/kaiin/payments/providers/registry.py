"""The providers, one line each. Adding one touches its folder and this table."""

from collections.abc import Callable

from kaiin.payments.errors import NoSuchProvider
from kaiin.payments.providers.protocol import Provider


def _sandbox() -> Provider:
    # A provider's client is loaded when it is needed: httpx takes a tenth of a second.
    from kaiin.payments.providers.sandbox.provider import SandboxProvider  # noqa: PLC0415

    return SandboxProvider.from_settings()


_TABLE: dict[str, Callable[[], Provider]] = {"sandbox": _sandbox}
_in_place: dict[str, Provider] = {}


def get(name: str) -> Provider:
    """A provider by its name. Raises NoSuchProvider."""
    if name not in _TABLE:
        raise NoSuchProvider(provider=name)
    return _in_place.get(name) or _TABLE[name]()


def names() -> tuple[str, ...]:
    """The names of every provider of this version, whether it is configured or not."""
    return tuple(_TABLE)


def all_providers() -> tuple[Provider, ...]:
    """Every provider that this installation can use."""
    return tuple(get(name) for name in _TABLE)


def use(name: str, provider: Provider | None) -> None:
    """Put another object in a provider's place, None to end it: the tests' in-process sandbox."""
    if provider is None:
        _in_place.pop(name, None)
    else:
        _in_place[name] = provider
