"""The hosted pages on which members pay. They work without JavaScript and keep no card number."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.typed_text import compact, fold
from kaiin.infra import clock
from kaiin.lab.sandbox import cards, texts
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.service import STORES, the_service
from kaiin.lab.sandbox.store import Row, numbers_of

pages = Blueprint("pages", __name__)
Page = str | Response | tuple[str, int]

# What carriers' pages refuse, so that it can be tried.
WRONG_PIN = "0000"


@pages.errorhandler(Refused)
def _refused(error: Refused) -> Page:
    if error.status == 404:
        return message_page("not_found", 404)
    # A page that was left open, the back button, a double click: show where the payment is now.
    token = (request.view_args or {}).get("token")
    if token and request.method == "POST":
        return redirect(f"/pay/{token}", 303)
    return message_page("not_possible", error.status)


@pages.get("/pay/<token>")
def pay(token: str) -> Page:
    """The page for the payment's present state."""
    payment = _payment(token)
    if payment["status"] != "open":
        return _render("closed.html", payment)
    if payment["slip"]:
        return redirect(f"/slip/{token}", 303)
    return _form(payment, {})


@pages.post("/pay/<token>/card")
def enter_card(token: str) -> Page:
    """The card form: on to 3-D Secure, or back with what is wrong."""
    payment = _payment(token)
    card = cards.find(_typed("number"))
    errors = {}
    if card is None:
        errors["number"] = "error.number"
    expires_at = _expiry(_typed("expiry"))
    if expires_at is None:
        errors["expiry"] = "error.expiry"
    if not re.fullmatch(r"[0-9]{3,4}", _typed("cvc")):
        errors["cvc"] = "error.cvc"
    if errors or card is None:
        return _form(payment, errors), 422
    payment = the_service().enter_card(token, card, expires_at=expires_at)
    return _next(payment)


@pages.post("/pay/<token>/3ds")
def three_ds(token: str) -> Page:
    """The card's bank asks who is there."""
    proven = request.form.get("answer") == "proven"
    return _next(the_service().answer_three_ds(token, proven=proven))


@pages.post("/pay/<token>/pin")
def enter_pin(token: str) -> Page:
    """A carrier's log-in: phone number and four digits."""
    payment = _payment(token)
    errors = {}
    if not re.fullmatch(r"0[5789]0[0-9]{8}", _typed("phone")):
        errors["phone"] = "error.phone"
    pin = _typed("pin")
    if not re.fullmatch(r"[0-9]{4}", pin):
        errors["pin"] = "error.pin"
    elif pin == WRONG_PIN:
        errors["pin"] = "error.wrong_pin"
    if errors:
        return _form(payment, errors), 422
    return _next(the_service().enter_pin(token))


@pages.post("/pay/<token>/agree")
def agree(token: str) -> Page:
    """The member agrees to the carrier's contract."""
    return _next(the_service().agree(token))


@pages.post("/pay/<token>/slip")
def issue_slip(token: str) -> Page:
    """A store was chosen: here is the slip."""
    payment = _payment(token)
    store = request.form.get("store", "")
    if store not in STORES:
        return _form(payment, {"store": "error.store"}), 422
    the_service().issue_slip(token, store)
    return redirect(f"/slip/{token}", 303)


@pages.post("/pay/<token>/cancel")
def cancel(token: str) -> Page:
    """The member turned back."""
    return _back(the_service().give_up(token))


@pages.get("/slip/<token>")
def slip(token: str) -> Page:
    """The slip: numbers, sum, deadline, and how to pay at that store."""
    payment = _payment(token)
    if not payment["slip"]:
        return redirect(f"/pay/{token}", 303)
    return _render("slip.html", payment, numbers=numbers_of(payment))


def message_page(name: str, status: int) -> tuple[str, int]:
    """A page that says one thing."""
    language = page_language()
    return render_template("message.html", language=language, name=name), status


def page_language() -> str:
    """The reader's language for pages that belong to no payment."""
    wanted = request.args.get("lang") or request.cookies.get("sandbox-language", "")
    if wanted in texts.LANGUAGES:
        return wanted
    return request.accept_languages.best_match(texts.LANGUAGES) or "ja"


def _payment(token: str) -> Row:
    payment = the_service().fetch_by_token(token)
    wanted = request.args.get("lang")
    if wanted in texts.LANGUAGES and wanted != payment["language"]:
        the_service().set_language(token, wanted)
        payment["language"] = wanted
    return payment


def _form(payment: Row, errors: dict[str, str]) -> str:
    method = Method(payment["method"])
    if payment["step"] == "3ds":
        return _render("three_ds.html", payment)
    if payment["step"] == "agree":
        return _render("agree.html", payment)
    if method is Method.CARD:
        return _render("card.html", payment, errors=errors, cards=cards.CARDS)
    if method is Method.KONBINI:
        return _render("stores.html", payment, errors=errors, stores=STORES)
    return _render("carrier.html", payment, errors=errors)


def _next(payment: Row) -> Response:
    """After a post: the next step, or back to the merchant once it is decided."""
    if payment["status"] == "open":
        return redirect(f"/pay/{payment['token']}", 303)
    return _back(payment)


def _back(payment: Row) -> Response:
    _allow_way_back(payment)
    return redirect(payment["return_url"] or f"/pay/{payment['token']}", 303)


def _render(template: str, payment: Row, **more: object) -> str:
    _allow_way_back(payment)
    language = payment["language"] if payment["language"] in texts.LANGUAGES else "ja"
    return render_template(template, payment=payment, language=language, form=request.form, **more)


def _allow_way_back(payment: Row) -> None:
    parts = urlsplit(payment["return_url"])
    if not parts.netloc:
        return
    origins = [f"{parts.scheme}://{parts.netloc}"]
    _, dot, parent = parts.netloc.partition(".")
    if dot and not parent.replace(".", "").replace(":", "").isdigit():
        origins.append(f"{parts.scheme}://*.{parent}")
    g.return_origins = origins


def _typed(name: str) -> str:
    """What was typed, without spaces and hyphens, in ASCII for any keyboard."""
    return compact(fold(request.form.get(name, ""))).text


def _expiry(typed: str) -> datetime | None:
    """When a card of this month/year ends: with the month, in Japan. None: it has, or is none."""
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{2})", typed)
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    months = (2000 + int(match[2])) * 12 + int(match[1])
    ends_at = datetime(months // 12, months % 12 + 1, 1, tzinfo=JST)
    return ends_at if ends_at > clock.now() else None
