"""What others read of the tenant: from memory, yet never more than a second old."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.domain.identifiers.member_ids import LegacyFormat, MemberIdFormat
from kaiin.domain.payments import Method
from kaiin.sites import queries
from kaiin.sites.models import Tenant
from kaiin.sites.tenant_file.models import TenantFile
from tests.sites.examples import FRIENDS, changed, parsed


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that real time shows; the memory's age is measured by it."""
    seconds = [1000.0]
    monkeypatch.setattr("kaiin.sites.queries.monotonic", lambda: seconds[0])
    return seconds


def test_the_tenant(plusmember: TenantFile) -> None:
    tenant = queries.tenant()
    assert tenant.identity_name == {"ja": "Plus member ID", "en": "Plus member ID"}
    assert tenant.formerly == "EMTG ID"
    assert tenant.member_id_format == MemberIdFormat("E", 9, (LegacyFormat("E", 8),))
    assert tenant.member_number_digits == (7, 8)
    assert tenant.languages == ("ja", "en")
    assert tenant.default_language == "ja"
    assert tenant.details == (
        "nickname", "legal_name", "legal_name_kana", "birth_date", "prefecture", "phone",
    )  # fmt: skip
    assert tenant.details_required == tenant.details
    assert list(tenant.ways_to_pay) == list(Method)
    assert set(tenant.ways_to_pay.values()) == {"sandbox"}
    assert tenant.sender.address.endswith("@fans.example")
    assert all(set(each.device) == {"ja", "en"} for each in tenant.environments)


def test_the_sites(plusmember: TenantFile) -> None:
    official, mail = queries.sites()
    assert (official.key, mail.key) == ("official", "mail")
    assert official.name["ja"] == "JO1 OFFICIAL SITE"
    assert official.sender == queries.Sender("JO1 OFFICIAL SITE", "info@fans.example")
    assert mail.sender == queries.Sender("JO1 Mail", "mail@fans.example")
    assert official.environments == queries.tenant().environments
    assert official.in_app_note == queries.tenant().in_app_note
    assert queries.site("mail") == mail
    with pytest.raises(queries.SiteUnknown):
        queries.site("none")


def test_the_opposite_tenant(friends: TenantFile) -> None:
    tenant = queries.tenant()
    assert tenant.languages == ("en",)
    assert tenant.identity_name == {"en": "Friends’ account"}
    assert tenant.member_id_format == MemberIdFormat("M", 8, ())
    assert tenant.details == ("nickname", "legal_name", "phone")
    assert tenant.details_required == ("legal_name",)
    assert tenant.ways_to_pay == {Method.CARD: "sandbox"}
    assert queries.sites()[0].member_number_start == 1001


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("official.localhost", "official"),
        ("official.localhost:8000", "official"),
        ("OFFICIAL.LocalHost:8000", "official"),
        ("official.localhost.", "official"),
        ("mail.localhost", "mail"),
        ("id.localhost", None),
        ("localhost", None),
        ("official", None),
        ("xofficial.localhost", None),
        ("official.localhost.evil.example", None),
        ("", None),
        ("[::1]:8000", None),
    ],
)
def test_a_site_by_its_host(plusmember: TenantFile, host: str, key: str | None) -> None:
    found = queries.site_by_host(host)
    assert (found.key if found else None) == key


def test_the_identity_host(plusmember: TenantFile) -> None:
    assert queries.is_identity_host("ID.localhost:8000")
    assert not queries.is_identity_host("official.localhost:8000")


def test_addresses_are_built_from_configuration(plusmember: TenantFile) -> None:
    assert queries.identity_url("/login") == "http://id.localhost:8000/login"
    assert queries.site_url("mail", "members/") == "http://mail.localhost:8000/members/"


def test_a_full_host_name_is_used_as_it_is(db: None) -> None:
    text = changed(FRIENDS, "host: friends", "host: friends.museum.example")
    apply_tenant(parsed(text))
    assert queries.site_url("friends", "/") == "http://friends.museum.example:8000/"
    site = queries.site_by_host("friends.museum.example")
    assert site is not None
    assert site.key == "friends"
    assert queries.site_by_host("friends.localhost") is None


def test_a_host_given_up_still_leads_to_its_site(db: None) -> None:
    text = changed(FRIENDS, "host: friends", "host: club\n    former_hosts: [friends]")
    apply_tenant(parsed(text))
    site = queries.site_by_host("friends.localhost")
    assert site is not None
    assert site.host_label == "club"
    assert queries.is_former_host("friends.localhost:8000")
    assert not queries.is_former_host("club.localhost:8000")


def test_before_the_first_apply(db: None) -> None:
    assert queries.sites() == ()
    assert queries.site_by_host("official.localhost") is None
    assert not queries.is_identity_host("id.localhost")
    with pytest.raises(queries.TenantMissing):
        queries.tenant()


def test_answers_come_from_memory(plusmember: TenantFile, tick: list[float]) -> None:
    queries.tenant()
    tick[0] += 0.99
    with CaptureQueriesContext(
        connection,
    ) as none:
        queries.tenant()
        queries.site_by_host("official.localhost")
    assert len(none) == 0
    tick[0] += 0.02
    with CaptureQueriesContext(connection) as one:
        queries.tenant()
        queries.site("mail")
    assert len(one) == 1


def test_another_process_s_apply_is_noticed_within_a_second(
    friends: TenantFile, tick: list[float]
) -> None:
    assert queries.tenant().formerly == ""
    known = queries._memory.known
    apply_tenant(parsed(changed(FRIENDS, "  host: account", "  host: account\n  formerly: Pass")))
    # Another process: it keeps its memory, since `forget` was called in this one.
    queries._memory.known = known
    assert queries.tenant().formerly == ""
    tick[0] += 1.0
    assert queries.tenant().formerly == "Pass"


def test_a_tenant_that_is_gone_is_not_remembered(friends: TenantFile, tick: list[float]) -> None:
    queries.tenant()
    Tenant.objects.all().delete()
    tick[0] += 1.0
    with pytest.raises(queries.TenantMissing):
        queries.tenant()


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_at_once_all_get_the_answer(tick: list[float]) -> None:
    apply_tenant(parsed(FRIENDS))
    start = threading.Barrier(4)
    seen: list[str] = []

    def look() -> None:
        start.wait()
        seen.append(queries.tenant().default_language)
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["en"] * 4
