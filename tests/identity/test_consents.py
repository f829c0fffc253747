"""What members agreed to: recorded once a version, never changed, and what is missing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.domain.documents import DocumentKind
from kaiin.identity import queries
from kaiin.identity.choices import ConsentPage
from kaiin.identity.flows import consents
from kaiin.identity.models import Consent
from kaiin.infra import audit
from kaiin.infra.constraints import IsAppendOnly
from kaiin.sites import queries as sites
from tests.fixtures.clock import Clock
from tests.identity.members import make_member
from tests.sites.examples import with_terms


def agree(member: int, clock: Clock, *kinds: DocumentKind, site_key: str = "") -> None:
    documents = sites.documents_in_force(clock.now())
    consents.agree(
        member_pk=member,
        documents=[each for each in documents if each.kind in (kinds or DocumentKind)],
        page=ConsentPage.CONFIRMATION if site_key else ConsentPage.QUESTION,
        language="ja",
        site_key=site_key,
    )


def missing(member: int, clock: Clock) -> list[tuple[str, int, bool]]:
    found = queries.missing_consents(member, clock.now())
    return [(each.document.name, each.agreed, each.asked) for each in found]


def test_a_consent_says_to_what_when_and_where(plusmember: object, clock: Clock) -> None:
    member, other = make_member(), make_member("other@example.jp")
    agree(member, clock, site_key="official")
    found = {(each.kind, each.version): each for each in queries.consents(member)}
    assert set(found) == {(DocumentKind.TERMS, 1), (DocumentKind.PRIVACY, 1)}
    for each in found.values():
        assert (each.agreed_at, each.page, each.site_key) == (
            clock.now(), "confirmation", "official",
        )  # fmt: skip
    digests = {each.name: each.digest for each in sites.documents()}
    [row] = [r for r in audit.history(f"member:{member}") if r.action == "identity.consent_given"]
    assert row.details["documents"] == digests
    assert set(Consent.objects.values_list("digest", flat=True)) == set(digests.values())
    assert queries.consents(other) == ()


def test_agreeing_again_changes_nothing(plusmember: object, clock: Clock) -> None:
    member = make_member()
    agree(member, clock, site_key="official")
    first = queries.consents(member)
    clock.advance(days=3)
    agree(member, clock)
    assert queries.consents(member) == first
    recorded = [
        r for r in audit.history(f"member:{member}") if r.action == "identity.consent_given"
    ]
    assert len(recorded) == 1


def test_a_record_can_not_be_changed(plusmember: object, clock: Clock) -> None:
    member = make_member()
    agree(member, clock)
    for change in (Consent.objects.all().delete, lambda: Consent.objects.update(language="en")):
        with pytest.raises(IsAppendOnly):
            change()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE identity_consent SET agreed_at = agreed_at")


def test_what_is_missing(plusmember: object, clock: Clock) -> None:
    member = make_member()
    assert missing(member, clock) == [("terms-1", 0, False), ("privacy-1", 0, False)]
    agree(member, clock, DocumentKind.TERMS)
    assert missing(member, clock) == [("privacy-1", 0, False)]
    agree(member, clock)
    assert missing(member, clock) == []


def test_a_new_version_is_asked_from_its_day(plusmember: object, clock: Clock) -> None:
    member = make_member()
    agree(member, clock)
    apply_tenant(with_terms(2, "2026-12-01"))
    assert missing(member, clock) == []
    clock.advance(days=20)
    assert missing(member, clock) == [("terms-2", 1, True)]
    agree(member, clock)
    assert missing(member, clock) == []
    versions = [each.version for each in queries.consents(member)]
    assert versions == [2, 1, 1]


def test_a_new_version_that_needs_no_consent(plusmember: object, clock: Clock) -> None:
    before, never = make_member(), make_member("never@example.jp")
    agree(before, clock)
    apply_tenant(with_terms(2, asks=False))
    assert missing(before, clock) == []
    assert missing(never, clock)[0] == ("terms-2", 0, False)


@pytest.mark.races
def test_two_tabs_at_once_make_one_record(racing_tenant: None, clock: Clock) -> None:
    member = make_member()
    start = threading.Barrier(2)

    def run(_: int) -> None:
        start.wait()
        try:
            agree(member, clock)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert len(queries.consents(member)) == 2
