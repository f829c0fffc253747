"""An installation as an operator runs it, production and https, walked through in one process.

Prints what browsers got as JSON; its standard error is the log. Run by test_https.py.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fixtures.deliveries import deliver_all

ROOT = Path(__file__).resolve().parents[2]
IDENTITY, OFFICIAL = "id.example.jp", "official.example.jp"
PASSWORDS = ("the first passphrase", "the second passphrase", "a mistyped passphrase")
EMAIL, NEW = "hanako@example.jp", "sakura@example.jp"


class Browser:
    """Behind the proxy that speaks HTTPS; notes every cookie it is given, with its attributes."""

    def __init__(self, cookies: dict[str, Any]) -> None:
        from django.test import Client

        self.client = Client(
            enforce_csrf_checks=True,
            raise_request_exception=False,
            REMOTE_ADDR="127.0.0.1",
            HTTP_X_FORWARDED_FOR="203.0.113.5",
            HTTP_X_FORWARDED_PROTO="https",
        )
        self.cookies = cookies

    def get(self, path: str, host: str = IDENTITY) -> Any:
        return self._note(self.client.get(path, HTTP_HOST=host))

    def post(self, path: str, page: str, host: str = IDENTITY, **form: str) -> Any:
        """Send a form with the token of the page that contains it."""
        shown = self.get(page, host).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
        form["csrfmiddlewaretoken"] = found[1] if found else ""
        origin = f"https://{host}"
        return self._note(self.client.post(path, form, HTTP_HOST=host, HTTP_ORIGIN=origin))

    def _note(self, response: Any) -> Any:
        for name, morsel in response.cookies.items():
            if morsel.value:
                self.cookies.setdefault(name, []).append(
                    {
                        key: morsel[key]
                        for key in ("secure", "httponly", "samesite", "path", "domain")
                    }
                    | {"value": morsel.value}
                )
        return response


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from kaiin.billing.courses.tenant import apply_tenant
    from kaiin.identity import operations as identity
    from kaiin.identity.flows.register import import_member
    from kaiin.infra import clock
    from kaiin.infra.models import Delivery
    from kaiin.sites.tenant_file.loading import load_tenant_file

    call_command("migrate", verbosity=0)
    apply_tenant(load_tenant_file(ROOT / "examples" / "plusmember.yaml"))
    import_member(
        member_id=None,
        email=EMAIL,
        password_hash=identity.hash_password(PASSWORDS[0]),
        details={"nickname": "はなこ"},
        language="ja",
        created_at=clock.now(),
        actor="system:test",
    )
    cookies: dict[str, Any] = {}
    statuses = walk(Browser(cookies), Browser(cookies))
    # The mail server does not answer: every mail fails, and the log says so.
    mails = [str(row.payload) for row in Delivery.objects.filter(lane="mail")]
    deliver_all()
    page = Browser({}).get("/login?tried=1")
    print(
        json.dumps(
            {
                "cookies": cookies,
                "statuses": statuses,
                "headers": dict(page.headers),
                "missing": Browser({}).get("/components").status_code,
                "mails": mails,
                "errors": list(Delivery.objects.values_list("last_error", flat=True)),
                "secrets": secrets_of(mails, cookies),
            }
        )
    )


def walk(member: Browser, stranger: Browser) -> list[int]:
    """Log in, sign in at a site, join, reset: rightly and wrongly. The statuses of each step."""
    first, second, wrong = PASSWORDS
    member.get("/login")
    seen = [
        member.post("/login", "/login?a=1", login=EMAIL, password=wrong),
        member.post("/login", "/login", login=EMAIL, password=first),
        member.get("/language?to=en&next=/my"),
        member.get("/my"),
    ]
    leaving = urlsplit(member.get("/auth/start", OFFICIAL).headers["Location"])
    state = parse_qs(leaving.query)["state"][0]
    seen.append(member.get(f"/auth/return?code=wrong&state={state}", OFFICIAL))
    stranger.get("/login")
    stranger.get("/login?a=1")
    seen += [
        stranger.post("/join/official/", "/join/official/", choice="monthly"),
        stranger.post("/join/official/way", "/join/official/way", choice="card"),
        stranger.post("/join/official/details", "/join/official/details", **details(second)),
        stranger.post("/join/official/code", "/join/official/code", code="000000"),
        stranger.post("/join/official/code/again", "/join/official/code"),
        stranger.post("/join/official/code", "/join/official/code", code=code_to(NEW, 6)),
        stranger.post("/reset", "/reset", login=EMAIL),
        stranger.post("/reset/code", "/reset/code", code="00000000", password=second),
        stranger.post("/reset/code", "/reset/code", code=code_to(EMAIL, 8), password=second),
        stranger.post("/trouble", "/trouble", login=EMAIL),
        stranger.client.post(
            "/webhooks/sandbox", b"{}", content_type="application/json", HTTP_HOST=IDENTITY
        ),
        stranger.client.post("/login", {"login": EMAIL, "password": first}, HTTP_HOST=IDENTITY),
        broken(stranger, first),
    ]
    return [response.status_code for response in seen]


def details(password: str) -> dict[str, str]:
    return {
        "email": NEW, "password": password, "nickname": "さくら", "legal_name": "山田 さくら",
        "legal_name_kana": "ヤマダ サクラ", "birth_date_year": "1998", "birth_date_month": "4",
        "birth_date_day": "7", "prefecture": "JP-13", "phone": "09012345678",
    }  # fmt: skip


def broken(browser: Browser, password: str) -> Any:
    """A login during which the program breaks: the log says where, and not what was typed."""
    from kaiin.identity.flows import login

    def breaks(**_: object) -> None:
        raise RuntimeError("broken")

    kept, login.log_in = login.log_in, breaks
    try:
        return browser.post("/login", "/trouble", login=EMAIL, password=password)
    finally:
        login.log_in = kept


def code_to(email: str, digits: int) -> str:
    from kaiin.infra.models import Delivery

    rows = Delivery.objects.filter(consumer="mail.send").order_by("-id")
    found = next(row.payload for row in rows if row.payload["to"] == email)
    code = str(found["context"]["code"])
    assert len(code) == digits
    return code


def secrets_of(mails: list[str], cookies: dict[str, Any]) -> list[str]:
    """Everything of this walk that no log may contain."""
    from django.conf import settings

    from kaiin.identity.models import Member, OneTimeCode, Session

    found = [*PASSWORDS, settings.SECRET_KEY, EMAIL, NEW, "山田", "09012345678"]
    found += re.findall(r"'code': '(\d+)'", " ".join(mails))
    found += Session.objects.values_list("session_key", flat=True)
    for session in Session.objects.all():
        data = session.get_decoded()
        found += [str(data["reset"])] if "reset" in data else []
    found += [given["value"] for every in cookies.values() for given in every]
    found += OneTimeCode.objects.values_list("id", flat=True)
    found += Member.objects.values_list("password", flat=True)
    return [secret for secret in found if len(secret) > 2]


if __name__ == "__main__":
    main()
    sys.stdout.flush()
