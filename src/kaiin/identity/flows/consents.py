"""Consents to terms of use and privacy policy: given once a version, never changed."""

from collections.abc import Collection

from kaiin.identity.choices import ConsentPage
from kaiin.identity.models import Consent
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction
from kaiin.sites.queries import DocumentView


def agree(
    *,
    member_pk: int,
    documents: Collection[DocumentView],
    page: ConsentPage,
    language: str,
    site_key: str = "",
) -> None:
    """Record that the member agreed to these versions; to those agreed to before, nothing.

    `language` is that of the page that asked, `site_key` the site whose membership it confirmed.
    In a transaction of the caller's, call it last: it writes to the audit trail.
    """
    with transaction():
        given = Consent.objects.filter(
            member=member_pk, document__in=[each.id for each in documents]
        ).values_list("document_id", flat=True)
        known = set(given)
        new = [each for each in documents if each.id not in known]
        if not new:
            return
        now = clock.now()
        # Another tab may have been faster by a moment: one of both rows is enough.
        Consent.objects.bulk_create(
            [
                Consent(
                    member_id=member_pk,
                    document_id=each.id,
                    digest=each.digest,
                    agreed_at=now,
                    page=page,
                    site_key=site_key,
                    language=language,
                )
                for each in new
            ],
            ignore_conflicts=True,
        )
        audit.record(
            action="identity.consent_given",
            subject=f"member:{member_pk}",
            actor=f"member:{member_pk}",
            details={
                "documents": {each.name: each.digest for each in new},
                "page": page.value,
                "site": site_key,
                "language": language,
            },
        )
