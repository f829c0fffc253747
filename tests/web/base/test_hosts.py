"""Which host shows what; languages; the headers of every answer."""

import pytest
from django.test import Client
from tests.sites.examples import FRIENDS, parsed

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.sites.tenant_file.models import TenantFile
from kaiin.web.parts import assets

OFFICIAL, IDENTITY = "official.localhost", "id.localhost"

pytestmark = pytest.mark.usefixtures("plusmember")


def test_an_unknown_host_gets_a_page_without_names(client: Client) -> None:
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 404
    body = response.content.decode()
    assert "JO1" not in body
    assert "Plus member" not in body
    assert "evil.example" not in body


def test_a_malformed_host_is_refused(client: Client) -> None:
    assert client.get("/", HTTP_HOST="a b").status_code == 400


def test_readiness_is_answered_at_any_host(client: Client) -> None:
    ready = client.get("/readyz", HTTP_HOST="10.0.0.7")
    assert ready.json() == {"ready": True, "checks": {"database": True, "tenant": True}}


@pytest.mark.parametrize("host", [OFFICIAL, IDENTITY])
def test_browsers_find_an_icon_where_they_look_for_one(client: Client, host: str) -> None:
    """Pages that name none, such as the back office, would log a missing page each."""
    response = client.get("/favicon.ico", HTTP_HOST=host)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert response.content.startswith(b"<svg ")


@pytest.mark.parametrize("host", [OFFICIAL, IDENTITY])
def test_every_answer_has_the_strict_headers(client: Client, host: str) -> None:
    headers = client.get("/legal", HTTP_HOST=host).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "http://id.localhost:8000" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_have_no_inline_style_or_script(client: Client) -> None:
    body = client.get("/components", HTTP_HOST=OFFICIAL).content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert body.count("<script") == 1
    assert " onclick" not in body


def test_the_tenants_language_is_used_until_another_is_wanted(client: Client) -> None:
    assert 'lang="ja"' in client.get("/legal", HTTP_HOST=OFFICIAL).content.decode()
    english = client.get("/legal", HTTP_HOST=OFFICIAL, HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.8")
    assert 'lang="en"' in english.content.decode()
    french = client.get("/legal", HTTP_HOST=OFFICIAL, HTTP_ACCEPT_LANGUAGE="fr")
    assert 'lang="ja"' in french.content.decode()


def test_a_language_once_chosen_is_kept(client: Client) -> None:
    response = client.get("/language?to=en&next=/legal", HTTP_HOST=OFFICIAL)
    assert (response.status_code, response.headers["Location"]) == (302, "/legal")
    page = client.get("/legal", HTTP_HOST=OFFICIAL, HTTP_ACCEPT_LANGUAGE="ja")
    assert 'lang="en"' in page.content.decode()


def test_a_language_comes_along_from_another_host(client: Client) -> None:
    assert 'lang="en"' in client.get("/legal?lang=en", HTTP_HOST=IDENTITY).content.decode()
    assert 'lang="en"' in client.get("/legal", HTTP_HOST=IDENTITY).content.decode()


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_language_switch_leads_nowhere_else(client: Client, path: str) -> None:
    response = client.get("/language", {"to": "en", "next": path}, HTTP_HOST=OFFICIAL)
    assert response.headers["Location"] == "/"


def test_a_language_that_is_not_offered_is_passed_over(client: Client) -> None:
    # In a database that has had another tenant's documents: they are new versions.
    apply_tenant(parsed(FRIENDS.replace("    version: 1\n", "    version: 2\n")))
    host = "friends.localhost"
    page = client.get("/legal?lang=ja", HTTP_HOST=host, HTTP_ACCEPT_LANGUAGE="ja")
    assert 'lang="en"' in page.content.decode()


def test_each_site_has_its_own_colour_in_one_immutable_style_sheet(client: Client) -> None:
    official = assets.stylesheet("site-official", "#1e5b8c")
    page = client.get("/legal", HTTP_HOST=OFFICIAL).content.decode()
    assert official.url in page
    sheet = client.get(official.url, HTTP_HOST=OFFICIAL, HTTP_ACCEPT_ENCODING="gzip")
    assert sheet.headers["Content-Encoding"] == "gzip"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.content == official.packed
    assert "--accent: #1e5b8c" in official.body.decode()


def test_a_former_style_sheet_is_kept_only_shortly(client: Client) -> None:
    sheet = client.get("/assets/site-official.000000000000.css", HTTP_HOST=OFFICIAL)
    assert sheet.headers["Cache-Control"] == "public, max-age=60"
    missing = client.get("/assets/site-nobody.000000000000.css", HTTP_HOST=OFFICIAL)
    assert missing.status_code == 404


def test_everything_a_page_needs_is_small() -> None:
    sheet, script = assets.stylesheet("identity", "#2f4f7f"), assets.script()
    assert len(script.body) < 6_000
    assert len(sheet.packed) + len(script.packed) < 14_000


def test_a_stale_form_gets_its_own_error_page(plusmember: TenantFile) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/auth/logout", HTTP_HOST=OFFICIAL)
    assert response.status_code == 403
    assert "errors.stale_form" in response.content.decode()
