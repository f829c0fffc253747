"""Forms of other sites are refused; every view answers only to the verbs it means."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, OFFICIAL, views
from tests.web.login.conftest import Visitor, World

pytestmark = pytest.mark.few_on_postgres(0)

URLS = {IDENTITY: "kaiin.config.urls_identity", OFFICIAL: "kaiin.config.urls_site"}
# Proven by its signature, and used by no browser; or a way back from a provider, which posts, and
# does nothing but lead to itself by GET.
_WITHOUT_TOKEN = re.compile(r"^/(webhooks|pay/return)/")


@pytest.mark.parametrize("host", URLS)
def test_no_view_takes_a_form_without_its_token(plusmember: object, host: str) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=host)
    guarded = []
    for path, view in views(URLS[host]):
        exempt = getattr(view, "csrf_exempt", False)
        assert exempt is bool(_WITHOUT_TOKEN.match(path)), path
        if not exempt and not path.startswith("/admin/"):
            guarded.append(path)
    assert len(guarded) >= 8
    for path in guarded:
        assert strict.post(path, {"login": "x"}).status_code == 403, path


def test_another_sites_token_is_no_token(world: World, member: int) -> None:
    """A token of the attacker's own browser, and a form sent from elsewhere with the right one."""
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=IDENTITY)
    attacker = Client(HTTP_HOST=IDENTITY)
    tokens = []
    for client in (strict, attacker):
        page = client.get("/login", follow=True).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        tokens.append(found[1])
    form = {"login": world.member_id(member), "password": "wrong"}
    mine, theirs = tokens
    assert strict.post("/login", {**form, "csrfmiddlewaretoken": theirs}).status_code == 403
    form["csrfmiddlewaretoken"] = mine
    for origin in ("http://evil.example", "http://official.localhost", "null"):
        refused = strict.post("/login", form, HTTP_ORIGIN=origin)
        assert refused.status_code == 403, origin
    assert strict.post("/login", form, HTTP_ORIGIN="http://id.localhost").status_code == 200


def test_looking_changes_nothing(world: World) -> None:
    """No GET logs out, leaves or takes back: an image's address is enough to send one."""
    from kaiin.billing.models import Membership, Subscription

    member = world.joined()
    visitor = Visitor(Client())
    visitor.log_in(world.member_id(member))
    before = [list(model.objects.values()) for model in (Membership, Subscription)]
    for path in ("/logout", "/my/official/leave", "/my/official/stay", "/entry/official/check"):
        assert visitor.get(path).status_code in {200, 405}
    assert [list(model.objects.values()) for model in (Membership, Subscription)] == before
    assert visitor.get("/my").status_code == 200
    assert Client(HTTP_HOST=OFFICIAL).get("/auth/logout").status_code == 405


ODD = ("\x00", "a\x00b@example.jp", "\ud800", "９" * 400 + "🈳")


@pytest.mark.parametrize("signed_in", [False, True])
def test_odd_input_is_no_error(world: World, signed_in: bool) -> None:
    """NUL, half characters, numbers beyond any, deep nesting: an answer, never a 500."""
    visitor = Visitor(Client(raise_request_exception=False))
    visitor.get("/login", follow=True)
    if signed_in:
        visitor.log_in(world.member_id(world.joined()))
    fields = ("login", "password", "code", "choice", "email", "birth_date_year", "phone", "use")
    names = ("next", "site", "state", "lang", "course", "tried", *fields)
    elsewhere = ("/admin/", "/webhooks/", *(["/logout"] if signed_in else []))
    paths = [path for path, _ in views(URLS[IDENTITY]) if not path.startswith(elsewhere)]
    assert len(paths) > 8
    for text in map(_sent, ODD):
        form = "&".join(f"{name}={text}" for name in names)
        for path in paths:
            assert visitor.get(f"{path}?{form}").status_code < 500, (path, text)
            answer = visitor.client.post(path, form, "application/x-www-form-urlencoded")
            assert answer.status_code < 500, (path, text)
        for path in ("/auth/start", "/auth/return", "/language"):
            answer = visitor.client.get(f"{path}?{form}", HTTP_HOST=OFFICIAL)
            assert answer.status_code < 500, (path, text)


def _sent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
