"""Every charge, and the receipt of each that was paid."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from kaiin.billing.membership.wording import failure_words
from kaiin.billing.views.charges import ChargeView, list_charges
from kaiin.billing.views.receipts import ReceiptView, find_receipt
from kaiin.identity.queries import MemberView
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request, show_site
from kaiin.web.mypage.receipt_words import receipt_words
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.parts.words import money_words, way_words

_TONES = {
    "paid": "good",
    "failed": "bad",
    "parked": "waiting",
    "waiting": "waiting",
    "charged_back": "bad",
}


@require_safe
@for_members
def charges(request: Request, member: MemberView) -> HttpResponse:
    """Everything that was charged or tried, newest first."""
    rows = [_row(charge) for charge in list_charges(member.pk)]
    return render(request, "mypage/charges.html", {"rows": rows})


@require_safe
@for_members
def receipt(request: Request, member: MemberView, number: str) -> HttpResponse:
    """One receipt, to look at. Another member's is as unknown as none."""
    found = _found(member, number)
    show_site(request, found.site_key)
    words = receipt_words(found, member, sites.tenant().seller)
    return render(request, "mypage/receipt.html", {"receipt": found, "words": words})


@require_safe
@for_members
def pdf(request: Request, member: MemberView, number: str) -> HttpResponse:
    """The same receipt, to keep: a file that no cache keeps a copy of."""
    # Drawing takes 37 MB of libraries, which few processes ever need.
    from kaiin.web.mypage.receipt_pdf import receipt_pdf  # noqa: PLC0415

    found = _found(member, number)
    words = receipt_words(found, member, sites.tenant().seller)
    made = receipt_pdf(words, language=request.language, issued_at=found.issued_at)
    name = text("receipt.file", number=found.number)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def _found(member: MemberView, number: str) -> ReceiptView:
    found = find_receipt(number=number, member_pk=member.pk)
    if found is None:
        raise Http404
    return found


def _row(charge: ChargeView) -> dict[str, object]:
    return {
        "charge": charge,
        "what": text(
            "mypage.charge_what",
            site=localized(charge.site_name),
            course=localized(charge.course_name),
        ),
        "way": way_words(charge.method),
        "state": text(f"mypage.charge_{charge.outcome}"),
        "tone": _TONES.get(charge.outcome, ""),
        "why": _why(charge),
    }


_RETURNS = {
    "": "mypage.charge_parked_why",
    "refund": "mypage.charge_parked_refund",
    "account": "mypage.charge_parked_account",
}


def _why(charge: ChargeView) -> str:
    match charge.outcome:
        case "failed":
            return failure_words(charge.failure_code)
        case "parked":
            return text(_RETURNS[charge.returns])
        case "charged_back":
            return text("mypage.charge_charged_back_why")
        case "paid" if charge.refunded:
            return text("mypage.charge_part_refunded", amount=money_words(charge.refunded))
    return ""
