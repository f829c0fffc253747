"""What every answer carries, also the errors."""

from typing import Any

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, OFFICIAL, views
from tests.web.login.conftest import Visitor, World

# Bundles are public and immutable; machines ask for the rest.
_NO_PAGES = ("/assets/", "/favicon.ico", "/readyz", "/metrics")


def directives(response: Any) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: values for name, *values in parts}


def must_be_strict(response: Any, note: object) -> None:
    policy = directives(response)
    assert policy["default-src"] == ["'none'"], note
    assert policy["script-src"] == policy["style-src"] == ["'self'"], note
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"], note
    everything = " ".join(word for words in policy.values() for word in words)
    assert "unsafe" not in everything, note
    assert "*" not in everything, note
    headers = response.headers
    assert headers["X-Frame-Options"] == "DENY", note
    assert headers["X-Content-Type-Options"] == "nosniff", note
    assert headers["Referrer-Policy"] == "same-origin", note
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", note
    assert "Access-Control-Allow-Origin" not in headers, note
    assert "Server" not in headers, note


@pytest.mark.parametrize(
    ("host", "urlconf"),
    [(IDENTITY, "kaiin.config.urls_identity"), (OFFICIAL, "kaiin.config.urls_site")],
)
def test_every_page_is_strict_and_kept_by_no_cache(world: World, host: str, urlconf: str) -> None:
    """As a stranger and as a member; pages, redirects, refusals."""
    member = world.joined()
    stranger, known = Visitor(Client()), Visitor(Client())
    known.log_in(world.member_id(member))
    paths = [path for path, _ in views(urlconf) if not path.startswith(("/admin/", *_NO_PAGES))]
    assert paths
    for path in paths:
        for browser in (stranger, known):
            response = browser.get(path, headers={"host": host})
            must_be_strict(response, path)
            assert "no-store" in response.headers["Cache-Control"], path
            assert "private" in response.headers["Cache-Control"], path
            assert "camera=()" in response.headers["Permissions-Policy"], path


def test_error_pages_are_as_strict(plusmember: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from kaiin.web.site import views as site_views

    client = Client(raise_request_exception=False, HTTP_HOST=OFFICIAL)
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=OFFICIAL)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    answers = {
        404: client.get("/nowhere"),
        400: client.get("/", HTTP_HOST="a b"),
        403: strict.post("/auth/logout"),
        405: client.get("/auth/logout"),
    }
    monkeypatch.setattr(site_views, "list_courses", breaks)
    answers[500] = client.get("/")
    for status, response in answers.items():
        assert response.status_code == status
        must_be_strict(response, status)
        assert "a secret of the inside" not in response.content.decode()
        assert "Traceback" not in response.content.decode()


def test_an_undeclared_host_gets_the_headers_too(plusmember: object) -> None:
    for path in ("/", "/login", "/readyz", "/nowhere"):
        must_be_strict(Client(HTTP_HOST="evil.example").get(path), path)


def test_forms_lead_to_our_hosts_and_providers_only(plusmember: object, settings: Any) -> None:
    settings.KAIIN_SANDBOX_PUBLIC_URL = "https://pay.example:8443/some/path"
    targets = directives(Client(HTTP_HOST=IDENTITY).get("/legal"))["form-action"]
    assert sorted(targets) == [
        "'self'",
        "http://id.localhost:8000",
        "http://mail.localhost:8000",
        "http://official.localhost:8000",
        "https://pay.example:8443",
    ]
