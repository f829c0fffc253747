"""My page itself: every membership, and the identity behind them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kaiin.diagnosis import operations as diagnosis
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request
from kaiin.web.base.views import without_member
from kaiin.web.mypage import cards
from kaiin.web.mypage.consents import document_rows
from kaiin.web.mypage.details import shown_details
from kaiin.web.mypage.signed_in import for_members
from kaiin.web.parts import brand


@require_safe
@without_member
def root(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The identity host's own address leads to My page."""
    return redirect("mypage:home")


@require_safe
@for_members
def home(request: Request, member: MemberView) -> HttpResponse:
    """All memberships of all sites on one page."""
    now = clock.now()
    known = {site.key: site for site in sites.sites()}
    outlooks = diagnosis.look_everywhere(member_pk=member.pk, now=now)
    documents = document_rows(member.pk, now, known)
    context = {
        "cards": [
            cards.card(outlook, known[outlook.site_key])
            for outlook in outlooks
            if cards.is_shown(outlook)
        ],
        "others": [
            {"site": known[each.site_key], "mark": brand.of_site(known[each.site_key])}
            for each in outlooks
            if not cards.is_shown(each)
        ],
        "greeting": text("mypage.greeting", name=member.nickname) if member.nickname else "",
        "details": shown_details(member, sites.tenant().details),
        "documents": documents,
        "consent_missing": any(row.missing for row in documents),
        "support": sites.tenant().support,
    }
    return render(request, "mypage/home.html", context)
