"""Applying a tenant file: once, twice, changed, refused, and by two at the same time."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kaiin.billing.courses.tenant import TenantRefused, apply_tenant, plan_tenant
from kaiin.billing.models import Course, Membership, Subscription
from kaiin.billing.views.courses import list_courses
from kaiin.billing.views.memberships import list_memberships
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.payments import Method
from kaiin.domain.periods import TermRule, TermRuleSpec
from kaiin.identity.models import Member
from kaiin.infra.models import AuditRow
from kaiin.sites import queries
from kaiin.sites.models import DocumentVersion, Site, Tenant
from kaiin.sites.operations import ChangeKind, Plan
from kaiin.sites.tenant_file.models import TenantFile
from tests.sites.examples import FRIENDS, PLUSMEMBER, changed, parsed

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
COURSE = "course:friends/friend"


def apply_text(text: str) -> Plan:
    return apply_tenant(parsed(text))


def listed(plan: Plan) -> list[tuple[str, str]]:
    return [(change.kind.value, change.subject) for change in plan.changes]


def everything() -> str:
    """All rows that an apply could touch."""
    rows = [
        row
        for model in (Tenant, Site, DocumentVersion, Course, AuditRow, Membership, Subscription)
        for row in model.objects.order_by("pk")
    ]
    return serializers.serialize("json", rows)


def a_member() -> Member:
    return Member.objects.create(member_id="M00000000", created_at=AT)


def a_membership(site_key: str) -> Membership:
    return Membership.objects.create(
        member=a_member(),
        site=Site.objects.get(key=site_key),
        standing_changed_at=AT,
        created_at=AT,
    )


def a_subscription(site_key: str, course_key: str, state: str = "active") -> Subscription:
    return Subscription.objects.create(
        membership=a_membership(site_key),
        course=Course.objects.get(site__key=site_key, key=course_key, offered=True),
        method="card",
        state=state,
        anchor_day=22,
        period_count=1,
        paid_until=AT,
        ended_at=AT if state == "ended" else None,
        created_at=AT,
    )


def refused(text: str) -> Plan:
    """The plan of a refused apply, after which nothing is another than before."""
    before = everything()
    with pytest.raises(TenantRefused) as caught:
        apply_text(text)
    assert everything() == before
    return caught.value.plan


# Once and twice


@pytest.mark.parametrize("text", [PLUSMEMBER, FRIENDS], ids=["plusmember", "museum-friends"])
def test_an_example_is_applied_once(db: None, text: str) -> None:
    first = apply_text(text)
    assert {change.kind for change in first.changes} == {ChangeKind.CREATE}
    before = everything()
    assert apply_text(text).is_empty
    assert everything() == before


def test_the_courses_of_the_example(plusmember: TenantFile) -> None:
    courses = {(row.site.key, row.key): row for row in Course.objects.select_related("site").all()}
    assert set(courses) == {
        ("official", "monthly"), ("official", "yearly"), ("mail", "monthly"), ("mail", "yearly"),
    }  # fmt: skip
    monthly = courses["official", "monthly"].terms
    assert (monthly.price, monthly.currency, monthly.renews) == (550, "JPY", True)
    assert monthly.ways == ("card", "docomo", "au", "softbank")
    assert monthly.term == TermRuleSpec(TermRule.CALENDAR_MONTH)
    assert monthly.term_by_method == {Method.SOFTBANK: TermRuleSpec(TermRule.ANNIVERSARY)}
    assert monthly.dunning == DunningPolicy((3, 7), 3, 1)
    yearly = courses["official", "yearly"].terms
    assert (yearly.price, yearly.renews, yearly.fees) == (6600, False, {"konbini": 220})
    assert (yearly.slip_days, yearly.renewal_opens_months, yearly.dunning.retry_days) == (7, 3, ())
    assert courses["mail", "yearly"].terms.term.joining_month_free


def test_only_terms_are_written_as_a_courses_terms(friends: TenantFile) -> None:
    course = Course.objects.get()
    for bad in (course.terms.to_json(), None, 7):
        course.terms = bad
        with pytest.raises((TypeError, IntegrityError)), transaction.atomic():
            course.save()
        with pytest.raises((TypeError, IntegrityError)), transaction.atomic():
            Course.objects.update(terms=bad)
    course.refresh_from_db()
    assert course.terms == friends.sites[0].courses[0].terms


def test_a_plan_changes_nothing(db: None) -> None:
    before = everything()
    plan = plan_tenant(parsed(PLUSMEMBER))
    assert listed(plan) == [
        ("create", "tenant"),
        ("create", "document:terms"),
        ("create", "document:privacy"),
        ("create", "site:official"),
        ("create", "site:mail"),
        ("create", "course:official/monthly"),
        ("create", "course:official/yearly"),
        ("create", "course:mail/monthly"),
        ("create", "course:mail/yearly"),
    ]
    assert everything() == before
    assert apply_text(PLUSMEMBER) == plan


def test_every_change_leaves_an_audit_row(db: None) -> None:
    apply_text(FRIENDS)
    apply_text(changed(FRIENDS, "price: 4400", "price: 5000"))
    rows = AuditRow.objects.order_by("id").values_list("action", "subject", "actor")
    assert list(rows) == [
        ("sites.tenant_created", "tenant", "system:cli"),
        ("sites.document_created", "document:terms", "system:cli"),
        ("sites.document_created", "document:privacy", "system:cli"),
        ("sites.site_created", "site:friends", "system:cli"),
        ("billing.course_created", COURSE, "system:cli"),
        ("billing.tenant_applied", "tenant", "system:cli"),
        ("billing.course_new_version", COURSE, "system:cli"),
        ("billing.tenant_applied", "tenant", "system:cli"),
    ]
    newest = AuditRow.objects.get(action="billing.course_new_version")
    assert newest.details["fields"] == {"price": {"before": 4400, "after": 5000}}


# Versions of a course

TERMS = [
    ("price: 4400", "price: 5000"),
    ("renewal: lump_sum", "renewal: monthly"),
    ("rule: anniversary, months: 12", "rule: through_month_end, months: 12"),
    ("months: 12}", "months: 6}"),
    ("renewal_opens_months: 2", "renewal_opens_months: 3"),
    ("dormant_months: 2", "dormant_months: 1"),
    ("renewal: lump_sum", "renewal: lump_sum\n        late_renewal: from_payment"),
    ("ways: [card]", "ways: [card]\n        fees: {card: 100}"),
]


@pytest.mark.parametrize(("old", "new"), TERMS, ids=[new for _, new in TERMS])
def test_what_members_agreed_to_becomes_a_new_version(
    friends: TenantFile, old: str, new: str
) -> None:
    running = a_subscription("friends", "friend")
    agreed = serializers.serialize("json", Course.objects.filter(pk=running.course_id))
    text = changed(FRIENDS, old, new)
    if "monthly" in new:
        text = text.replace("        renewal_opens_months: 2\n", "").replace(
            "months: 12", "months: 1"
        )
    assert listed(apply_text(text)) == [("new version", COURSE)]
    versions = Course.objects.order_by("version").values_list("version", "offered")
    assert list(versions) == [(1, False), (2, True)]
    running.refresh_from_db()
    assert running.course.version == 1
    kept = serializers.serialize("json", Course.objects.filter(pk=running.course_id))
    assert kept == agreed.replace('"offered": true', '"offered": false')
    assert apply_text(text).is_empty


def test_back_to_the_old_terms_is_a_third_version(friends: TenantFile) -> None:
    apply_text(changed(FRIENDS, "price: 4400", "price: 5000"))
    apply_text(FRIENDS)
    versions = Course.objects.order_by("version").values_list("version", "terms__price", "offered")
    assert list(versions) == [(1, 4400, False), (2, 5000, False), (3, 4400, True)]


def test_words_change_in_place_and_names_in_every_version(friends: TenantFile) -> None:
    text = changed(FRIENDS, "price: 4400", "price: 5000")
    apply_text(text)
    text = changed(text, "name: Friend for a year", "name: One year")
    text = changed(text, "summary: A year from", "summary: Twelve months from")
    assert listed(apply_text(text)) == [("change", COURSE)]
    assert [row.name for row in Course.objects.all()] == [{"en": "One year"}] * 2
    summaries = [row.summary["en"][:6] for row in Course.objects.order_by("version")]
    assert summaries == ["A year", "Twelve"]


def test_courses_are_read_once_an_apply_and_another_process_knows_within_a_second(
    friends: TenantFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("kaiin.sites.queries.monotonic", lambda: seconds[0])

    def price() -> int:
        [course] = list_courses("friends")
        return course.price.amount

    assert price() == 4400
    with CaptureQueriesContext(connection) as captured:
        assert price() == 4400
    assert not len(captured)
    known = queries._memory.known
    apply_text(changed(FRIENDS, "price: 4400", "price: 5000"))
    # Another process: it keeps its memory, since its own was not cleared by the apply.
    queries._memory.known = known
    assert price() == 4400
    seconds[0] += 1.0
    assert price() == 5000


def test_the_courses_of_memberships_are_read_once_an_apply_too(
    friends: TenantFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("kaiin.sites.queries.monotonic", lambda: seconds[0])
    member = a_subscription("friends", "friend").membership.member

    def name() -> str:
        [view] = list_memberships(member.pk, at=AT)
        return view.course_name["en"]

    assert name() == "Friend for a year"
    with CaptureQueriesContext(connection) as captured:
        assert name() == "Friend for a year"
    assert not any('FROM "billing_course"' in query["sql"] for query in captured)
    known = queries._memory.known
    apply_text(changed(FRIENDS, "name: Friend for a year", "name: One year"))
    # Another process, as above.
    queries._memory.known = known
    assert name() == "Friend for a year"
    seconds[0] += 1.0
    assert name() == "One year"


def test_a_course_is_taken_out_of_the_shop_and_put_back(friends: TenantFile) -> None:
    a_subscription("friends", "friend")
    text = changed(FRIENDS, "price: 4400", "price: 4400\n        offered: false")
    assert listed(apply_text(text)) == [("change", COURSE)]
    assert not Course.objects.get().offered
    assert listed(apply_text(FRIENDS)) == [("change", COURSE)]
    assert Course.objects.get().offered


# Taking things out

_MAIL = PLUSMEMBER.index("  - key: mail")
WITHOUT_MAIL = PLUSMEMBER[:_MAIL]
_YEARLY = PLUSMEMBER.index("      - key: yearly")
WITHOUT_YEARLY = PLUSMEMBER[:_YEARLY] + PLUSMEMBER[_MAIL:]


def test_an_unused_course_that_is_removed_is_no_longer_offered(plusmember: TenantFile) -> None:
    a_subscription("official", "yearly", state="ended")
    assert listed(apply_text(WITHOUT_YEARLY)) == [("remove", "course:official/yearly")]
    assert apply_text(WITHOUT_YEARLY).is_empty
    row = Course.objects.get(site__key="official", key="yearly")
    assert not row.offered
    assert listed(apply_text(PLUSMEMBER)) == [("change", "course:official/yearly")]
    row.refresh_from_db()
    assert (row.offered, row.version) == (True, 1)


@pytest.mark.parametrize("state", ["pending", "active", "past_due"])
def test_a_course_in_use_is_not_removed(plusmember: TenantFile, state: str) -> None:
    a_subscription("official", "yearly", state=state)
    plan = refused(WITHOUT_YEARLY)
    assert listed(plan) == [("refuse", "course:official/yearly")]
    assert "offered: false" in plan.refusals[0].instead


def test_an_old_version_in_use_counts(plusmember: TenantFile) -> None:
    a_subscription("official", "yearly")
    apply_text(changed(PLUSMEMBER, "price: 6600", "price: 7000"))
    assert listed(refused(WITHOUT_YEARLY)) == [("refuse", "course:official/yearly")]


def test_a_site_without_members_is_removed_and_comes_back(plusmember: TenantFile) -> None:
    mail = queries.site("mail")
    assert listed(apply_text(WITHOUT_MAIL)) == [
        ("remove", "site:mail"),
        ("remove", "course:mail/monthly"),
        ("remove", "course:mail/yearly"),
    ]
    assert [site.key for site in queries.sites()] == ["official"]
    assert queries.site_by_host("mail.localhost") is None
    assert apply_text(WITHOUT_MAIL).is_empty
    apply_text(PLUSMEMBER)
    assert queries.site("mail") == mail
    assert apply_text(PLUSMEMBER).is_empty


def test_a_site_with_members_is_not_removed(plusmember: TenantFile) -> None:
    a_membership("mail")
    plan = refused(WITHOUT_MAIL)
    assert ("refuse", "site:mail") in listed(plan)


def test_a_host_is_free_again_once_its_site_is_removed(plusmember: TenantFile) -> None:
    text = WITHOUT_MAIL + PLUSMEMBER[_MAIL:].replace("- key: mail", "- key: letters")
    apply_text(text)
    site = queries.site_by_host("mail.localhost")
    assert site is not None
    assert site.key == "letters"


def test_two_sites_exchange_their_hosts(plusmember: TenantFile) -> None:
    text = changed(PLUSMEMBER, "host: official", "host: other")
    text = changed(text, "host: mail", "host: official").replace("host: other", "host: mail")
    assert listed(apply_text(text)) == [("change", "site:official"), ("change", "site:mail")]
    assert queries.site("official").host_label == "mail"
    assert queries.site("mail").host_label == "official"


# What would hurt members

REFUSED: list[tuple[str, str, str, str]] = [
    ("prefix: M", "prefix: N", "tenant", "member_id: {prefix: M, digits: 8}"),
    ("digits: 8", "digits: 9", "tenant", "member_id: {prefix: M, digits: 8}"),
    ("host: account", "host: id", "tenant",
     "the new host, and the old one in former_hosts: [account]"),
    ("host: friends", "host: club", "site:friends",
     "the new host, and the old one in former_hosts: [friends]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "subject", "instead"), REFUSED, ids=[case[1] for case in REFUSED]
)
def test_what_members_rely_on(
    friends: TenantFile, old: str, new: str, subject: str, instead: str
) -> None:
    text = changed(FRIENDS, old, new)
    a_membership("friends")
    plan = refused(changed(text, "price: 4400", "price: 5000"))
    assert [(each.subject, each.instead) for each in plan.refusals] == [(subject, instead)]


@pytest.mark.parametrize("case", REFUSED, ids=[case[1] for case in REFUSED])
def test_without_members_it_may_change(friends: TenantFile, case: tuple[str, ...]) -> None:
    old, new, subject, _ = case
    assert listed(apply_text(changed(FRIENDS, old, new))) == [("change", subject)]


def test_a_legacy_form_stays_while_members_exist(plusmember: TenantFile) -> None:
    text = changed(PLUSMEMBER, "    legacy:\n      - {prefix: E, digits: 8}", "")
    a_member()
    assert refused(text).refusals[0].instead == "{prefix: E, digits: 8} in member_id.legacy"
    more = changed(
        PLUSMEMBER,
        "- {prefix: E, digits: 8}",
        "- {prefix: E, digits: 8}\n      - {prefix: X, digits: 7}",
    )
    assert listed(apply_text(more)) == [("change", "tenant")]


def test_a_host_may_move_when_the_old_one_goes_on(friends: TenantFile) -> None:
    a_membership("friends")
    text = changed(FRIENDS, "host: friends", "host: club\n    former_hosts: [friends]")
    text = changed(text, "host: account", "host: id\n  former_hosts: [account]")
    assert listed(apply_text(text)) == [("change", "tenant"), ("change", "site:friends")]
    assert queries.is_identity_host("account.localhost")
    assert queries.is_identity_host("id.localhost")


def test_a_provider_that_this_version_does_not_have(db: None) -> None:
    plan = refused(changed(FRIENDS, "card: sandbox", "card: sandbx"))
    assert [(each.subject, each.instead) for each in plan.refusals] == [("way:card", "sandbox")]


def test_a_label_and_a_full_name_of_the_same_host(db: None) -> None:
    plan = refused(changed(FRIENDS, "host: friends", "host: account.localhost"))
    assert [each.subject for each in plan.refusals] == ["site:friends"]


# Two at the same time


def _race(*texts: str) -> list[Plan]:
    start = threading.Barrier(len(texts))
    plans: list[Any] = []

    def run(text: str) -> None:
        start.wait()
        try:
            plans.append(apply_text(text))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return plans


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_first_applies_come_in_turn() -> None:
    plans = _race(PLUSMEMBER, PLUSMEMBER)
    assert sorted(len(plan.changes) for plan in plans) == [0, 9]
    assert (Tenant.objects.count(), Site.objects.count(), Course.objects.count()) == (1, 2, 4)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_changes_of_a_price_come_in_turn() -> None:
    apply_text(FRIENDS)
    plans = _race(*(changed(FRIENDS, "price: 4400", f"price: {yen}") for yen in (5000, 6000)))
    assert [listed(plan) for plan in plans] == [[("new version", COURSE)]] * 2
    versions = Course.objects.order_by("version").values_list("version", "offered")
    assert list(versions) == [(1, False), (2, False), (3, True)]
