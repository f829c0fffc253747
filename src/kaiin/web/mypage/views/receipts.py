"""Every charge, and the receipt of each that was paid."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaiin.billing import queries as billing
from kaiin.billing.queries import ChargeView
from kaiin.identity.queries import MemberView
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites
from kaiin.web.components.requests import Request, show_site
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.mypage.words import failure_words, reference_words, way_words

_TONES = {"paid": "good", "failed": "bad", "parked": "waiting", "waiting": "waiting"}


@require_safe
@for_members
def charges(request: Request, member: MemberView) -> HttpResponse:
    """Everything that was charged or tried, newest first."""
    rows = [_row(charge) for charge in billing.charges(member.pk)]
    return render(request, "mypage/charges.html", {"rows": rows})


@require_safe
@for_members
def receipt(request: Request, member: MemberView, number: str) -> HttpResponse:
    """One receipt, to look at or to print. Another member's is as unknown as none."""
    found = billing.receipt(number=number, member_pk=member.pk)
    if found is None:
        raise Http404
    show_site(request, found.site_key)
    context = {
        "receipt": found,
        "name": member.legal_name or member.nickname or member.member_id,
        "way": way_words(found.method),
        "lines": [
            {"label": text(f"billing.line.{code}"), "amount": amount}
            for code, amount in found.lines
        ],
        "references": [
            {"label": reference_words(reference.kind), "value": reference.value}
            for reference in found.references
        ],
        "seller": sites.tenant().seller,
    }
    return render(request, "mypage/receipt.html", context)


def _row(charge: ChargeView) -> dict[str, object]:
    why = ""
    if charge.outcome == "failed":
        why = failure_words(charge.failure_code)
    elif charge.outcome == "parked":
        why = text("mypage.charge_parked_why")
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
        "why": why,
    }
