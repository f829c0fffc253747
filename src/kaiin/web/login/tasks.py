"""The mail with the login doctor's report; `config/wiring.py` routes the event here."""

from dataclasses import asdict
from typing import cast
from urllib.parse import urlencode

from django.utils.translation import override

from kaiin.diagnosis import operations as diagnosis
from kaiin.diagnosis.operations import Report
from kaiin.domain.diagnosis.findings import Diagnosis, FindingCode
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.mail import operations as mail
from kaiin.sites import queries as sites
from kaiin.web.base.explanations import explanations


def send_report(payload: dict[str, object]) -> None:
    """Handle diagnosis.report_wanted: find out who it is, look at every site, mail the truth."""
    wanted = cast(dict[str, str], payload)
    report = diagnosis.report(typed=wanted["typed"], site_key=wanted["site_key"], now=clock.now())
    if not report.to:
        return
    language = report.member.language if report.member else wanted["language"]
    with override(language), transaction():
        mail.queue(
            to=report.to,
            template="trouble_report",
            language=language,
            context=_context(report, wanted["site_key"]),
            sender=_sender(wanted["site_key"]),
            key=f"report:{wanted['key']}",
        )


def _context(report: Report, site_key: str) -> dict[str, object]:
    """The findings are in words already, as the door shows them. Links keep the site that the
    member came from."""
    tenant = sites.tenant()
    query = f"?{urlencode({'site': site_key})}" if site_key else ""
    context: dict[str, object] = {
        "identity": tenant.identity_name,
        "login_url": sites.identity_url(f"/login{query}"),
        "reset_url": sites.identity_url(f"/reset{query}"),
        "trouble_url": sites.identity_url(f"/trouble{query}"),
        "support": tenant.support.url or tenant.support.email,
        "known": report.member is not None,
    }
    if report.member is not None:
        context |= {
            "member_id": report.member.member_id,
            "email": report.member.email,
            "sites": [
                {"name": sites.site(key).name, "findings": _findings(key, found)}
                for key, found in report.sites
            ],
        }
    return context


def _findings(site_key: str, found: Diagnosis) -> list[dict[str, object]]:
    first, *others = explanations(found, site_key=site_key, absolute=True)
    # The other site has its own part in the mail.
    kept = (each for each in others if each.code != FindingCode.OTHER_SITE)
    return [asdict(each) for each in (first, *kept)]


def _sender(site_key: str) -> sites.Sender:
    known = {site.key: site for site in sites.sites()}
    return known[site_key].sender if site_key in known else sites.tenant().sender
