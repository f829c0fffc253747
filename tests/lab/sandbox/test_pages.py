"""The sandbox's pages: both languages, no JavaScript, nothing kept of a card."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kaiin.lab.sandbox import texts
from kaiin.lab.sandbox.app import SandboxApp, create_app
from tests.fixtures.clock import Clock

SECRET = "a secret"


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> SandboxApp:
    return create_app(
        store_path=tmp_path / "store.sqlite3",
        secret=SECRET,
        notice_url="",
        public_url="http://localhost",
        source=Random(2),
    )


def checkout(app: SandboxApp, method: str, **other: Any) -> str:
    """The path of a new payment's page."""
    asked = {
        "application": "kaiin",
        "order_id": f"order-{method}",
        "method": method,
        "amount": 6600,
        "currency": "JPY",
        "description": "月会費まとめて払い<コース>",
        "customer": "m7",
        "language": "ja",
        "return_url": "http://id.localhost:8000/pay/return/1",
        "renews": False,
        "slip_days": 3,
    }
    headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": f"key-{method}"}
    answer = app.test_client().post("/v1/checkouts", json=asked | other, headers=headers)
    assert answer.json is not None
    return str(answer.json["checkout_url"]).removeprefix("http://localhost")


def status(app: SandboxApp, method: str) -> str:
    headers = {"Authorization": f"Bearer {SECRET}"}
    answer = app.test_client().get(f"/v1/orders/order-{method}", headers=headers)
    assert answer.json is not None
    return str(answer.json["status"])


def post(app: SandboxApp, path: str, **form: str) -> TestResponse:
    return app.test_client().post(path, data=form)


def test_both_catalogs_have_the_same_codes_and_places() -> None:
    japanese, english = (texts.catalog(language) for language in texts.LANGUAGES)
    assert japanese.keys() == english.keys()
    for code, words in japanese.items():
        assert sorted(re.findall(r"{\w+}", words)) == sorted(re.findall(r"{\w+}", english[code]))


@pytest.mark.parametrize("method", ["card", "docomo", "au", "softbank", "konbini"])
def test_pages_speak_both_languages_and_load_nothing_from_elsewhere(
    app: SandboxApp, method: str
) -> None:
    path = checkout(app, method)
    japanese = app.test_client().get(path)
    english = app.test_client().get(f"{path}?lang=en")
    assert '<html lang="ja">' in japanese.text
    assert "お試し環境です" in japanese.text
    assert '<html lang="en">' in english.text
    assert "No real money moves" in english.text
    assert '<html lang="en">' in app.test_client().get(path).text
    for page in (japanese.text, english.text):
        assert "&lt;コース&gt;" in page
        assert "<script" not in page
        assert "style=" not in page
        assert not re.search(r'(src|href)="(https?:)?//(?!id\.localhost)', page)
    policy = japanese.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://id.localhost:8000 http://*.localhost:8000" in policy
    assert japanese.headers["Cache-Control"] == "no-store"


def test_only_test_cards_and_nothing_of_them_is_kept(app: SandboxApp, tmp_path: Path) -> None:
    path = checkout(app, "card")
    real = post(app, f"{path}/card", number="4111111111111111", expiry="12/30", cvc="123")
    assert real.status_code == 422
    assert "4111" not in real.text
    post(app, f"{path}/card", number="４２４２ 4242－4242 4242", expiry="１２／３０", cvc="１２３")
    assert "本人認証" in app.test_client().get(path).text
    post(app, f"{path}/3ds", answer="proven")
    assert status(app, "card") == "paid"
    app.service.store.close()
    for file in tmp_path.iterdir():
        assert b"4242424242424242" not in file.read_bytes()


def test_a_card_form_says_what_is_wrong_beside_the_field(app: SandboxApp) -> None:
    path = checkout(app, "card")
    answer = post(app, f"{path}/card", number="1", expiry="13/30", cvc="x")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'value="13/30"' in answer.text
    assert 'role="alert"' in answer.text
    old = post(app, f"{path}/card", number="4242424242424242", expiry="10/26", cvc="123")
    assert old.text.count('aria-invalid="true"') == 1


def test_the_carriers_pin(app: SandboxApp) -> None:
    path = checkout(app, "docomo")
    assert post(app, f"{path}/pin", phone="090-1234-5678", pin="0000").status_code == 422
    assert post(app, f"{path}/pin", phone="03-1234-5678", pin="1234").status_code == 422
    # Agreeing before logging in leads nowhere.
    assert post(app, f"{path}/agree").headers["Location"] == path
    assert status(app, "docomo") == "open"
    assert post(app, f"{path}/pin", phone="090ー1234ー5678", pin="1234").status_code == 303
    agreed = post(app, f"{path}/agree")
    assert agreed.headers["Location"] == "http://id.localhost:8000/pay/return/1"
    assert status(app, "docomo") == "paid"


def test_posting_twice_pays_once(app: SandboxApp) -> None:
    path = checkout(app, "au")
    post(app, f"{path}/pin", phone="09012345678", pin="1234")
    post(app, f"{path}/agree")
    again = post(app, f"{path}/agree")
    assert (again.status_code, again.headers["Location"]) == (303, path)
    assert "お支払いは済んでいます" in app.test_client().get(path).text


class Fields(HTMLParser):
    """The values of a page's inputs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input":
            self.values[found.get("name") or ""] = found.get("value") or ""


def test_a_slip_is_paid_at_the_till(app: SandboxApp, clock: Clock) -> None:
    path = checkout(app, "konbini")
    assert post(app, f"{path}/slip", store="kiosk").status_code == 422
    slip_path = post(app, f"{path}/slip", store="lawson").headers["Location"]
    slip = app.test_client().get(slip_path).text
    assert "2026年11月25日(水) 23:59" in slip
    numbers = Fields(slip).values
    assert re.fullmatch(r"[1-9]\d{9,10}", numbers["slip"])
    wrong = post(app, "/store", slip=numbers["slip"], confirmation="000001")
    assert wrong.status_code == 422
    found = post(app, "/store", **numbers)
    assert "6,600円を払う" in found.text
    assert status(app, "konbini") == "open"
    assert "お支払いを受け付けました" in post(app, "/store", **numbers, pay="1").text
    assert status(app, "konbini") == "paid"
    assert "お支払い済みです" in post(app, "/store", **numbers).text
    assert post(app, "/store", **numbers, pay="1").status_code == 422


def test_the_till_takes_no_late_or_void_slip(app: SandboxApp, clock: Clock) -> None:
    path = checkout(app, "konbini")
    slip_path = post(app, f"{path}/slip", store="lawson").headers["Location"]
    numbers = Fields(app.test_client().get(slip_path).text).values
    clock.freeze(clock.now() + timedelta(days=3, hours=11, minutes=59, seconds=59))
    assert "期限が切れて" not in post(app, "/store", **numbers).text
    clock.advance(seconds=1)
    late = post(app, "/store", **numbers, pay="1")
    assert late.status_code == 422
    assert "期限が切れています" in late.text
    assert status(app, "konbini") == "open"
    clock.advance(hours=3)
    assert status(app, "konbini") == "expired"


def test_other_sites_forms_are_refused(app: SandboxApp) -> None:
    path = checkout(app, "card")
    for origin in ("http://evil.example", "null"):
        answer = app.test_client().post(f"{path}/cancel", headers={"Origin": origin})
        assert answer.status_code == 403
    assert status(app, "card") == "open"
    ours = app.test_client().post(f"{path}/cancel", headers={"Origin": "http://localhost"})
    assert ours.status_code == 303
    assert status(app, "card") == "canceled"


def test_the_sandboxs_own_pages(app: SandboxApp) -> None:
    pages = app.test_client()
    assert "まだありません" in pages.get("/?lang=ja").text
    path = checkout(app, "au", renews=True)
    post(app, f"{path}/pin", phone="09012345678", pin="1234")
    post(app, f"{path}/agree")
    overview = pages.get("/?lang=en")
    assert "Carrier ends it" in overview.text
    end = re.search(r"/mandates/\w+/end", overview.text)
    assert end is not None
    assert pages.post(end[0], data={"by": "carrier"}).status_code == 303
    assert "mandate.ended" in pages.get("/").text
    assert pages.post("/switches", data={"name": "delay", "value": "x"}).status_code == 422
    assert pages.post("/switches", data={"name": "delay", "value": "180"}).status_code == 303
    assert "180" in pages.get("/switches").text
    pages.get("/language?lang=en")
    assert "Page not found" in pages.get("/nowhere").text
    assert pages.get("/pay/nothing").status_code == 404
    assert pages.get("/v1/nothing").status_code == 404
