"""Which version is in force, and whose consent is missing."""

from datetime import UTC, datetime, timedelta

import pytest

from kaiin.domain.documents import (
    DocumentKind,
    Published,
    content_digest,
    in_force,
    missing_consents,
)

TERMS, PRIVACY = DocumentKind.TERMS, DocumentKind.PRIVACY
DAY = datetime(2027, 4, 1, tzinfo=UTC)


def version(
    number: int, *, kind: DocumentKind = TERMS, days: int = -30, asks: bool = False
) -> Published:
    """Valid from `days` after DAY."""
    return Published(kind, number, DAY + timedelta(days=days), asks)


def missing(published: list[Published], agreed: dict[DocumentKind, int]) -> list[tuple[int, bool]]:
    return [
        (each.document.version, each.asked) for each in missing_consents(published, agreed, DAY)
    ]


def test_the_highest_version_whose_day_has_come_is_in_force() -> None:
    published = [version(3, days=1), version(1), version(2, days=0), version(1, kind=PRIVACY)]
    assert [(each.kind, each.version) for each in in_force(published, DAY)] == [
        (TERMS, 2),
        (PRIVACY, 1),
    ]
    assert [each.version for each in in_force(published, DAY - timedelta(microseconds=1))] == [1, 1]
    assert [each.version for each in in_force(published, DAY + timedelta(days=1))] == [3, 1]
    assert in_force(published, DAY - timedelta(days=31)) == ()


def test_a_mended_version_replaces_the_one_announced_for_the_same_day() -> None:
    assert [each.version for each in in_force([version(4), version(3)], DAY)] == [4]


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        (0, [(2, False)]),  # never agreed: only before buying
        (1, []),  # the change asked for no consent
        (2, []),
        (3, []),  # agreed on a page, and the version was postponed since
    ],
)
def test_a_change_that_needs_no_consent(agreed: int, expected: list[tuple[int, bool]]) -> None:
    assert missing([version(1), version(2)], {TERMS: agreed}) == expected


@pytest.mark.parametrize(
    ("agreed", "expected"), [(0, [(3, True)]), (1, [(3, True)]), (2, []), (3, [])]
)
def test_a_version_between_that_asks_is_not_passed_over(
    agreed: int, expected: list[tuple[int, bool]]
) -> None:
    published = [version(1), version(2, asks=True), version(3)]
    assert missing(published, {TERMS: agreed}) == expected


def test_a_version_to_come_is_not_asked_for_yet() -> None:
    published = [version(1), version(2, days=1, asks=True)]
    assert missing(published, {TERMS: 1}) == []
    [later] = missing_consents(published, {TERMS: 1}, DAY + timedelta(days=1))
    assert (later.document.version, later.agreed, later.asked) == (2, 1, True)


def test_documents_are_agreed_to_by_themselves() -> None:
    published = [version(1, asks=True), version(1, kind=PRIVACY, asks=True)]
    [left] = missing_consents(published, {TERMS: 1}, DAY)
    assert left.document.kind is PRIVACY
    assert missing(published, {TERMS: 1, PRIVACY: 1}) == []


def test_where_nothing_is_published_nothing_is_missing() -> None:
    assert missing([], {}) == []


def test_the_fingerprint_differs_by_texts_and_addresses() -> None:
    texts = {"ja": "規約", "en": "Terms"}
    assert content_digest(texts, "") == content_digest({"en": "Terms", "ja": "規約"}, "")
    others = [({**texts, "en": "Terms."}, ""), ({"ja": "規約"}, ""), ({}, "規約"), (texts, "x")]
    assert len({content_digest(*each) for each in [(texts, ""), *others]}) == 5
