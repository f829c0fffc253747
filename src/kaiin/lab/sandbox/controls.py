"""Pages of the sandbox itself: what was paid, the store's till, contracts, faults on demand."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from kaiin.domain.references import ReferenceKind, canonical
from kaiin.lab.sandbox import reversals, switches
from kaiin.lab.sandbox.pages import Page, message_page, page_language
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.service import the_service
from kaiin.lab.sandbox.store import Row
from kaiin.lab.sandbox.switches import DECLINES, GLOBAL, REFUND_FAILURES, Switch, WrongSwitch

controls = Blueprint("controls", __name__)

_SHOWN = 50


@controls.errorhandler(Refused)
def _refused(error: Refused) -> Page:
    return message_page("not_found" if error.status == 404 else "not_possible", error.status)


@controls.get("/")
def overview() -> Page:
    """The newest payments and contracts, each with what can be done to it."""
    service = the_service()
    service.settle()
    with service.store.transaction() as tx:
        payments = tx.all("SELECT * FROM payment ORDER BY created_at DESC LIMIT ?", (_SHOWN,))
        for payment in payments:
            payment["refunds"] = reversals.of_payment(tx, payment)
            payment["left"] = reversals.left(tx, payment)
        mandates = tx.all("SELECT * FROM mandate ORDER BY created_at DESC LIMIT ?", (_SHOWN,))
        notices = tx.all(
            "SELECT delivery.*, event.type FROM delivery JOIN event ON event.id = event_id"
            " ORDER BY delivery.number DESC LIMIT ?",
            (_SHOWN,),
        )
    return _render("overview.html", payments=payments, mandates=mandates, notices=notices)


@controls.route("/store", methods=["GET", "POST"])
def store() -> Page:
    """A store's till: type the slip's two numbers, see the sum, pay."""
    if request.method == "GET":
        return _render("store.html", errors={}, slip=None)
    try:
        slip = _typed_slip()
        if "pay" not in request.form:
            return _render("store.html", errors={}, slip=slip)
        paid = the_service().pay_at_store(slip["slip"])
    except Refused as error:
        return _render("store.html", errors={"slip": f"error.{error.code}"}, slip=None), 422
    return _render("store_done.html", payment=paid)


@controls.post("/orders/<order_id>/refund")
def refund(order_id: str) -> Page:
    """What is left of a payment is given back, on the dashboard and not by the API."""
    service = the_service()
    with service.store.transaction() as tx:
        left = reversals.left(tx, service.payment_of_order(tx, order_id))
    typed = request.form.get("amount", "").strip()
    amount = int(typed) if typed.isascii() and typed.isdigit() else left
    service.refund(order_id, key="", amount=amount, reason="dashboard")
    return redirect("/#payments", 303)


@controls.post("/orders/<order_id>/dispute")
def dispute(order_id: str) -> Page:
    """The payer denies a payment at the bank; the bank decides."""
    answer = request.form.get("answer", "")
    if answer in ("won", "lost"):
        the_service().close_dispute(order_id, won=answer == "won")
    else:
        the_service().open_dispute(order_id)
    return redirect("/#payments", 303)


@controls.post("/mandates/<mandate_id>/end")
def end_mandate(mandate_id: str) -> Page:
    """A member ends a contract at the carrier, or the carrier does so by itself."""
    by = "carrier" if request.form.get("by") == "carrier" else "member"
    the_service().end_mandate(mandate_id, by)
    return redirect("/#contracts", 303)


@controls.route("/switches", methods=["GET", "POST"])
def faults() -> Page:
    """Faults on demand, for everything or for one order."""
    service = the_service()
    error = ""
    if request.method == "POST":
        scope = request.form.get("scope", "").strip() or GLOBAL
        try:
            with service.store.transaction() as tx:
                switches.put(
                    tx,
                    scope=scope,
                    name=request.form.get("name", ""),
                    value=request.form.get("value", "").strip(),
                )
            return redirect("/switches", 303)
        except WrongSwitch as wrong:
            error = str(wrong)
    with service.store.transaction() as tx:
        on = switches.every(tx)
    reasons = {"declines": DECLINES, "refund_failures": REFUND_FAILURES}
    page = _render("switches.html", on=on, names=list(Switch), error=error, **reasons)
    return (page, 422) if error else page


@controls.get("/language")
def language() -> Response:
    """Remember the language of these pages."""
    response = make_response(redirect("/", 303))
    response.set_cookie("sandbox-language", page_language(), samesite="Lax", httponly=True)
    return response


def _typed_slip() -> Row:
    number = canonical(ReferenceKind.KONBINI_SLIP, request.form.get("slip", ""))
    confirmation = canonical(
        ReferenceKind.KONBINI_CONFIRMATION, request.form.get("confirmation", "")
    )
    return the_service().slip(number or "", confirmation or "")


def _render(template: str, **values: object) -> str:
    return render_template(template, language=page_language(), form=request.form, **values)
