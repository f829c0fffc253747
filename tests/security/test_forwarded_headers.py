"""Class 12: what a request claims about itself is believed of our own proxies only."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.security.browsing import IDENTITY
from tests.web.login.conftest import Visitor, World

pytestmark = pytest.mark.few_on_postgres(0)

PROXY, STRANGER = "10.0.0.2", "203.0.113.9"


@pytest.fixture
def behind_proxy(settings: Any) -> None:
    settings.KAIIN = replace(
        settings.KAIIN, trusted_proxies=("10.0.0.0/8", "127.0.0.1"), admin_networks=("127.0.0.1",)
    )


def status(path: str, **meta: str) -> int:
    return Client(HTTP_HOST=IDENTITY, **meta).get(path).status_code


@pytest.mark.usefixtures("plusmember", "behind_proxy")
class TestBackOffice:
    @pytest.mark.parametrize("path", ["/admin/login/", "/metrics"])
    def test_who_is_inside(self, path: str) -> None:
        assert status(path, REMOTE_ADDR="127.0.0.1") == 200
        assert status(path, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR="127.0.0.1") == 200

    @pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/jsi18n/", "/metrics"])
    @pytest.mark.parametrize(
        "meta",
        [
            {"REMOTE_ADDR": STRANGER},
            {"REMOTE_ADDR": STRANGER, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
            {"REMOTE_ADDR": STRANGER, "HTTP_X_REAL_IP": "127.0.0.1"},
            {"REMOTE_ADDR": STRANGER, "HTTP_FORWARDED": "for=127.0.0.1"},
            {"REMOTE_ADDR": STRANGER, "HTTP_CLIENT_IP": "127.0.0.1"},
            {"REMOTE_ADDR": STRANGER, "HTTP_TRUE_CLIENT_IP": "127.0.0.1"},
            # What is left of the proxy's own entry can be forged.
            {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": f"127.0.0.1, {STRANGER}"},
            {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": f"{STRANGER}, 10.0.0.3"},
            # A proxy on this machine that does not say whom it speaks for, or not readably.
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "127.0.0.1"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": ""},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "unknown"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"{STRANGER}:4711"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"{STRANGER}, nonsense"},
            {"REMOTE_ADDR": ""},
        ],
    )
    def test_who_is_not(self, path: str, meta: dict[str, str]) -> None:
        assert status(path, **meta) == 404

    @pytest.mark.parametrize(
        "path",
        ["/%61dmin/", "//admin/", "/./admin/", "/x/../admin/", "/ADMIN/", "/admin/%2e%2e/admin/",
         "/admin;x/", "/admin%2Flogin/", "/%6detrics", "//metrics", "/metrics/", "/metrics%00"],
    )  # fmt: skip
    def test_no_other_writing_of_the_path_leads_in(self, path: str) -> None:
        # Given as servers give it: the client's own reading of an address would mend it first.
        client = Client(HTTP_HOST=IDENTITY, REMOTE_ADDR=STRANGER)
        assert client.get("/", PATH_INFO=unquote(path)).status_code in {400, 404}


@pytest.mark.usefixtures("plusmember", "behind_proxy")
class TestScheme:
    def secure(self, **meta: str) -> bool:
        response = Client(HTTP_HOST=IDENTITY, **meta).get("/legal")
        return bool(response.wsgi_request.is_secure())

    def test_a_proxy_is_believed(self) -> None:
        assert self.secure(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_PROTO="https")
        assert not self.secure(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_PROTO="http")
        assert not self.secure(REMOTE_ADDR=PROXY)

    @pytest.mark.parametrize(
        "name", ["X_FORWARDED_PROTO", "KAIIN_SCHEME", "X_FORWARDED_SSL", "FRONT_END_HTTPS"]
    )
    def test_another_sender_is_not_believed(self, name: str) -> None:
        assert not self.secure(REMOTE_ADDR=STRANGER, **{f"HTTP_{name}": "https"})


def test_without_proxies_no_header_is_believed(plusmember: object) -> None:
    assert django_settings.KAIIN.trusted_proxies == ()
    response = Client(HTTP_HOST=IDENTITY).get("/legal", HTTP_X_FORWARDED_PROTO="https")
    assert not response.wsgi_request.is_secure()


def test_a_claimed_address_gives_no_new_tries(visitor: Visitor, world: World) -> None:
    """The limits for a network address count the real one."""
    visitor.get("/login", follow=True)
    answers = [
        visitor.client.post(
            "/trouble",
            {"login": "E123456786"},
            REMOTE_ADDR=STRANGER,
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        ).status_code
        for number in range(31)
    ]
    assert answers == [302] * 30 + [200]


def test_a_claimed_member_is_not_logged_in(world: World, member: int) -> None:
    """Headers that gates in front of other products set."""
    claims = ("REMOTE_USER", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_FORWARDED_USER")
    member_id = world.member_id(member)
    client = Client(HTTP_HOST=IDENTITY, **dict.fromkeys(claims, member_id))
    assert client.get("/my").status_code == 302
