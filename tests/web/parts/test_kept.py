"""Parts of pages that are rendered once: for whom, for how long, and never with anyone's data."""

import re

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from tests.sites.examples import FRIENDS, changed, parsed

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.sites import queries as sites
from kaiin.sites.tenant_file.models import TenantFile
from kaiin.web.parts import brand, kept


def render(source: str, brand_of_page: brand.Brand, **context: object) -> str:
    request = RequestFactory().get("/")
    request.brand = brand_of_page  # type: ignore[attr-defined]
    template = engines["django"].from_string(source)
    return "".join(template.render(context | {"word": word}, request) for word in ("a", "b"))


@pytest.mark.usefixtures("plusmember")
class TestPart:
    def test_it_is_rendered_once_for_each_value(self) -> None:
        identity = brand.of_identity()
        assert render("{% kept %}{{ word }}{% endkept %}", identity) == "aa"
        assert render("{% kept word %}{{ word }}{% endkept %}", identity) == "ab"

    def test_two_on_one_line_are_two(self) -> None:
        source = "{% kept %}{{ word }}{% endkept %}{% kept %}-{% endkept %}"
        assert render(source, brand.of_identity()) == "a-a-"

    def test_without_a_tenant_nothing_is_kept(self) -> None:
        assert render("{% kept %}{{ word }}{% endkept %}", brand.PLAIN) == "ab"

    def test_made_up_addresses_do_not_fill_the_memory(self, client: Client) -> None:
        for number in range(3):
            client.get(f"/?n={number}", HTTP_HOST="official.localhost")
        most = kept._MOST
        assert 0 < len(kept._kept) <= most
        for number in range(most):
            client.get(f"/?m={number}", HTTP_HOST="official.localhost")
        assert len(kept._kept) <= most


def test_another_process_s_apply_is_seen_within_a_second(
    client: Client, friends: TenantFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("kaiin.sites.queries.monotonic", lambda: seconds[0])

    def top() -> str:
        return client.get("/", HTTP_HOST="friends.localhost").content.decode()

    assert "Come as often as you like." in top()
    known = sites._memory.known
    apply_tenant(parsed(changed(FRIENDS, "Come as often as you like.", "Come on Sundays.")))
    # Another process keeps its memory, since nothing made it forget.
    sites._memory.known = known
    assert "Come as often as you like." in top()
    seconds[0] += 1.0
    assert "Come on Sundays." in top()


@pytest.mark.usefixtures("plusmember")
def test_each_browser_has_its_own_token_and_way_on() -> None:
    pages = []
    for onward in ("/my", "/my/receipts"):
        browser = Client()
        browser.cookies["kaiin-try"] = "1"
        page = browser.get(f"/login?next={onward}", HTTP_HOST="id.localhost").content.decode()
        assert f'name="next" value="{onward}"' in page
        pages.append(page)
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page) for page in pages]
    assert len({token for found in tokens for token in found}) > 1


@pytest.mark.usefixtures("plusmember")
def test_each_language_and_address_has_a_page_of_its_own() -> None:
    pages = [
        Client().get(path, HTTP_HOST="official.localhost", HTTP_ACCEPT_LANGUAGE=language).content
        for path in ("/", "/?from=mail")
        for language in ("en", "ja", "en")
    ]
    assert (pages[0], pages[3]) == (pages[2], pages[5])
    assert len(set(pages)) == 4


@pytest.mark.usefixtures("plusmember")
def test_a_kept_page_s_form_is_accepted() -> None:
    for _ in range(2):
        browser = Client(enforce_csrf_checks=True)
        browser.cookies["kaiin-try"] = "1"
        page = browser.get("/login", HTTP_HOST="id.localhost").content.decode()
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert tokens
        sent = {"csrfmiddlewaretoken": tokens[0], "login": "nobody@example.jp", "password": "x"}
        assert browser.post("/login", sent, HTTP_HOST="id.localhost").status_code == 200
