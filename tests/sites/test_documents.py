"""Terms and privacy policy in the tenant file: published by version, and then never rewritten."""

from datetime import UTC, datetime

import pytest

from kaiin.billing.courses.tenant import TenantRefused, apply_tenant
from kaiin.domain.documents import DocumentKind, content_digest
from kaiin.infra import audit
from kaiin.sites import queries
from kaiin.sites.operations import Change
from kaiin.sites.tenant_file.models import TenantFile
from tests.sites.examples import FRIENDS, changed, parsed

TERMS_1 = """  terms:
    version: 1
    from: "2024-04-01"
    text: |
      These terms"""
LINE = "      2. The member card is personal and can’t be lent.\n"


def terms(head: str, text: str = FRIENDS) -> str:
    """The example with other fields of the terms."""
    return changed(text, TERMS_1, f"  terms:\n    {head}\n    text: |\n      These terms")


def applied(text: str) -> list[Change]:
    return list(apply_tenant(parsed(text)).changes)


def refused(text: str) -> Change:
    with pytest.raises(TenantRefused) as caught:
        apply_tenant(parsed(text))
    [refusal] = caught.value.plan.refusals
    return refusal


def test_what_the_example_publishes(friends: TenantFile) -> None:
    first, second = queries.documents()
    assert (first.kind, second.kind) == (DocumentKind.TERMS, DocumentKind.PRIVACY)
    assert (first.version, first.asks_members, first.url) == (1, False, "")
    assert first.starts_at == datetime(2024, 3, 31, 15, tzinfo=UTC)  # midnight in Japan
    assert first.texts["en"].startswith("These terms are an illustration")
    assert first.digest == content_digest(first.texts, "")


def test_another_text_needs_another_version(friends: TenantFile) -> None:
    text = changed(FRIENDS, LINE, "")
    refusal = refused(text)
    assert refusal.subject == "document:terms"
    assert refusal.note == "it is not what version 1 said when it was published"
    assert refusal.instead.startswith("version: 2")
    new = terms('version: 2\n    from: "2026-11-01"\n    ask_members: true', text)
    [change] = applied(new)
    assert (change.kind, change.subject) == ("new version", "document:terms")
    assert change.fields["version"] == (1, 2)
    assert change.fields["asks_members"] == (False, True)
    assert applied(new) == []
    versions = [each for each in queries.documents() if each.kind is DocumentKind.TERMS]
    assert [each.version for each in versions] == [1, 2]
    assert LINE.strip() in versions[0].texts["en"]
    assert LINE.strip() not in versions[1].texts["en"]


def test_an_address_for_a_text_is_another_version_too(friends: TenantFile) -> None:
    start, end = FRIENDS.index("    text: |\n      This privacy"), FRIENDS.index("environments:")
    text = f"{FRIENDS[:start]}    url: https://museum.example/privacy\n\n{FRIENDS[end:]}"
    assert refused(text).instead.startswith("version: 2")
    applied(changed(text, "  privacy:\n    version: 1", "  privacy:\n    version: 2"))
    assert queries.documents_in_force(datetime(2026, 11, 22, tzinfo=UTC))[1].url == (
        "https://museum.example/privacy"
    )


def test_the_file_can_not_go_back_to_an_old_version(friends: TenantFile) -> None:
    applied(terms('version: 3\n    from: "2026-11-01"'))
    assert refused(FRIENDS).note == "version 3 was published already"


def test_from_when_a_version_in_force_applies_does_not_change(friends: TenantFile) -> None:
    refusal = refused(terms('version: 1\n    from: "2024-05-01"'))
    assert refusal.note == "version 1 applies since 2024-04-01"
    assert refusal.fields == {"from": ("2024-04-01", "2024-05-01")}
    assert refused(terms('version: 1\n    from: "2024-04-01"\n    ask_members: true')).fields == {
        "asks_members": (False, True)
    }


def test_a_version_that_is_announced_may_be_put_off(friends: TenantFile) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    applied(terms('version: 2\n    from: "2027-04-01"'))
    assert queries.documents_in_force(now)[0].version == 1
    [change] = applied(terms('version: 2\n    from: "2027-05-01"\n    ask_members: true'))
    assert change.fields["from"] == ("2027-04-01", "2027-05-01")
    assert queries.documents_in_force(datetime(2027, 4, 20, tzinfo=UTC))[0].version == 1
    assert queries.documents_in_force(datetime(2027, 5, 1, tzinfo=UTC))[0].version == 2
    # Its text was announced with it.
    other = changed(terms('version: 2\n    from: "2027-05-01"\n    ask_members: true'), LINE, "")
    assert refused(other).instead.startswith("version: 3")


def test_what_was_published_is_not_taken_out(friends: TenantFile) -> None:
    start, end = FRIENDS.index("  privacy:\n"), FRIENDS.index("environments:")
    refusal = refused(FRIENDS[:start] + FRIENDS[end:])
    assert refusal.subject == "document:privacy"
    assert "stays readable and in force" in refusal.note


def test_a_tenant_need_not_have_any(db: None) -> None:
    start, end = FRIENDS.index("# Illustrations"), FRIENDS.index("environments:")
    apply_tenant(parsed(FRIENDS[:start] + FRIENDS[end:]))
    assert queries.documents() == ()


def test_the_audit_trail_keeps_fingerprints_and_no_texts(friends: TenantFile) -> None:
    applied(changed(terms('version: 2\n    from: "2026-11-01"'), LINE, ""))
    row = audit.history("document:terms")[-1]
    assert row.action == "sites.document_new_version"
    digests = [each.digest for each in queries.documents() if each.kind is DocumentKind.TERMS]
    fields = row.details["fields"]
    assert isinstance(fields, dict)
    assert fields["digest"] == {"before": digests[0], "after": digests[1]}
    assert "personal" not in str(row.details)
