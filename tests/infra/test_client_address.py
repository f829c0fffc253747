import pytest
from django.test import RequestFactory

from kaiin.infra.client_address import client_address, counted_as, within


@pytest.fixture
def behind_proxy(settings):
    from dataclasses import replace

    settings.KAIIN = replace(settings.KAIIN, trusted_proxies=("10.0.0.0/8",))


def _request(remote: str, forwarded: str | None = None):
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return RequestFactory(REMOTE_ADDR=remote).get("/", headers=headers)


def test_without_a_trusted_proxy_the_header_is_not_believed() -> None:
    assert client_address(_request("203.0.113.9", "127.0.0.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),
    ],
)
def test_the_list_is_read_from_the_right_past_our_proxies(
    behind_proxy, remote: str, forwarded: str | None, client: str
) -> None:
    assert client_address(_request(remote, forwarded)) == client


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("::1", True),
        ("8.8.8.8", False),
        ("", False),
    ],
)
def test_networks(address: str, inside: bool) -> None:
    assert within(address, ("127.0.0.0/8", "::1/128")) is inside


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("nonsense", "nonsense"),
    ],
)
def test_ipv6_is_counted_by_its_64_bits(address: str, counted: str) -> None:
    assert counted_as(address) == counted
