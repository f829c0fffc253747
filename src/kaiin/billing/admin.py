"""Memberships, money and access in the back office: to be read; decisions go by operations."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe

from kaiin.billing.actions.decide_refund import decide_refund
from kaiin.billing.actions.grants import grant_access, revoke_grant
from kaiin.billing.actions.leave import leave_site
from kaiin.billing.errors import GrantTooLong, NoMembership
from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting, Receipt
from kaiin.billing.models import (
    Charge,
    Course,
    Entitlement,
    Grant,
    Membership,
    Period,
    RefundCase,
    Subscription,
)
from kaiin.billing.views.refunds import refund_on_leaving
from kaiin.domain.entitlements import MAX_GRANT
from kaiin.domain.money import total
from kaiin.domain.periods import japanese_date, midnight
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.back_office import ReadOnlyAdmin, ReadOnlyRows
from kaiin.infra.card_free_forms import WithoutCardNumbers
from kaiin.infra.decisions import Deciding, Decision
from kaiin.infra.texts import error_text, format_money, text
from kaiin.payments import queries as payments


class _OfMember(ReadOnlyAdmin):
    """A table whose rows hang on a membership. The search field takes everything that a member can
    name: ID, mail, member number, or a number of a bill or slip."""

    # Where the membership is, seen from the table.
    membership_path = "membership"
    search_fields: tuple[str, ...] = ("=pk",)

    @property
    def search_help_text(self) -> str:
        return text("staff.search_membership")

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(self._named(term) | self._own(term)), False

    def _named(self, term: str) -> Q:
        """Rows of the members whom a text may mean."""
        named = identity.find_member(term)
        members = {match.member_ref for match in payments.find_by_reference(term)}
        if named is not None:
            members.add(named.pk)
        found = Q(**{self._at("member_id__in"): members})
        if term.isascii() and term.isdigit() and len(term) <= _LONGEST_NUMBER:
            found |= Q(**{self._at("member_number"): int(term)})
        return found

    def _own(self, term: str) -> Q:
        """Rows that a text names by something of their own."""
        names = (name[1:] for name in self.search_fields if name != "=pk")
        return Q(*((name, term) for name in names), _connector=Q.OR)

    def _at(self, name: str) -> str:
        return f"{self.membership_path}__{name}".removeprefix("__")

    @admin.display
    def member(self, row: Any) -> str:
        """The member ID."""
        return str(self._membership(row).member)

    @admin.display
    def site(self, row: Any) -> str:
        return str(self._membership(row).site)

    def _membership(self, row: Any) -> Membership:
        for name in filter(None, self.membership_path.split("__")):
            row = getattr(row, name)
        found: Membership = row
        return found


class GrantForm(WithoutCardNumbers):
    """Until when a member is let in, and why."""

    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=200)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        # Before the end of that day is computed: the last day of all has none.
        if until > japanese_date(clock.now() + MAX_GRANT):
            raise forms.ValidationError(error_text(GrantTooLong(days=MAX_GRANT.days)))
        return until

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("until", "staff.grant_until"), ("reason", "staff.grant_reason")):
            self.fields[name].label = text(label)
            self.fields[name].widget.attrs["class"] = (
                "border border-base-200 px-3 py-2 rounded-default"
            )


def _grant(row: Membership, actor: str, answers: dict[str, Any]) -> None:
    grant_access(
        member_pk=row.member_id,
        site_key=row.site.key,
        # To the end of that day in Japan.
        until=midnight(answers["until"] + timedelta(days=1)),
        reason_text=answers["reason"],
        actor=actor,
    )


def _describe_refund(row: Membership) -> str:
    """Whose membership, and what would go back."""
    try:
        refund = refund_on_leaving(member_pk=row.member_id, site_key=row.site.key, at=clock.now())
    except NoMembership as error:
        return f"{row.member} – {error_text(error)}"
    amount = format_money(refund.amount, refund.currency)
    return f"{row.member} – {row.site} – {text('staff.refund_of', amount=amount)}"


def _giving_back(rows: Sequence[RefundCase]) -> str:
    """The button that gives sums back: how much goes back in all."""
    amount = total(row.money for row in rows)
    return text("staff.give_back_do", amount=format_money(amount.amount, amount.currency))


_LONGEST_NUMBER = 15
_WHOSE = ("membership__member", "membership__site")


class _Subscriptions(ReadOnlyRows):
    right = StaffRight.MEMBERS
    model = Subscription
    fields = ("course", "method", "state", "period_count", "paid_until", "next_due_at", "ended_at")
    select_related = ("course",)


class _Entitlements(ReadOnlyRows):
    right = StaffRight.MEMBERS
    model = Entitlement
    fields = ("kind", "starts_at", "ends_at")


class _Periods(ReadOnlyRows):
    right = StaffRight.MONEY
    model = Period
    fields = ("index", "starts_at", "ends_at", "amount", "currency", "payment")
    select_related = ("payment",)


class _Postings(ReadOnlyRows):
    right = StaffRight.MONEY
    model = LedgerPosting
    fields = ("account", "amount", "currency")
    show_change_link = False


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    right = StaffRight.MEMBERS
    list_display = ("id", "site", "key", "version", "price", "renews", "offered")
    list_filter = ("offered", "site")
    list_select_related = ("site",)
    search_fields = ("key",)
    ordering = ("site", "position", "-version")

    def price(self, row: Course) -> str:
        return format_money(row.terms.price, row.terms.currency)

    @admin.display(boolean=True)
    def renews(self, row: Course) -> bool:
        return row.terms.renews


@admin.register(Membership)
class MembershipAdmin(Deciding, _OfMember):
    right = StaffRight.MEMBERS
    membership_path = ""
    decisions = (
        Decision(
            "grant",
            label="staff.grant",
            right=StaffRight.GRANTS,
            act=_grant,
            form=GrantForm,
        ),
        Decision(
            "leave_at_once",
            label="staff.leave_at_once",
            right=StaffRight.LEAVING,
            act=lambda row, actor, _: leave_site(
                member_pk=row.member_id, site_key=row.site.key, at_once=True, actor=actor
            ),
            describe=_describe_refund,
        ),
    )
    list_display = ("id", "member", "site", "standing", "member_number", "joined_date")
    list_filter = ("standing", "site")
    list_select_related = ("member", "site")
    readonly_fields = ("findings",)
    inlines = (_Subscriptions, _Entitlements)

    @admin.display
    def findings(self, row: Membership) -> str:
        """What the door and My page say to the member, by its codes."""
        found = import_string(settings.KAIIN_FINDINGS_FOR_STAFF)(row.member_id, row.site.key)
        return format_html_join(mark_safe("<br>"), "{} {}", found)

    def describe(self, row: Membership) -> str:
        """Whose membership, of which site."""
        return f"{self.member(row)} – {self.site(row)}"


@admin.register(Subscription)
class SubscriptionAdmin(_OfMember):
    right = StaffRight.MEMBERS
    list_display = (
        "id", "member", "site", "course", "method", "state", "paid_until", "next_due_at",
        "cancel_at_period_end",
    )  # fmt: skip
    list_filter = ("state", "method", "cancel_at_period_end", "end_reason", "course")
    list_select_related = (*_WHOSE, "course", "mandate")
    inlines = (_Periods,)


@admin.register(Charge)
class ChargeAdmin(_OfMember):
    right = StaffRight.MONEY
    list_display = (
        "intent_key", "member", "site", "method", "price", "handling", "state", "failure_code",
        "created_at",
    )  # fmt: skip
    list_filter = ("state", "method", "automatic", "failure_code")
    list_select_related = (*_WHOSE, "course", "payment", "subscription")
    search_fields = ("=intent_key",)


@admin.register(Period)
class PeriodAdmin(_OfMember):
    right = StaffRight.MONEY
    membership_path = "subscription__membership"
    list_display = ("id", "member", "site", "index", "starts_at", "ends_at", "amount", "currency")
    list_filter = ("subscription__method", "subscription__course")
    list_select_related = (
        "subscription__membership__member", "subscription__membership__site", "payment",
    )  # fmt: skip


@admin.register(LedgerEntry)
class LedgerEntryAdmin(_OfMember):
    right = StaffRight.MONEY
    list_display = ("key", "kind", "member", "site", "occurred_at", "recorded_at")
    list_filter = ("kind",)
    list_select_related = (*_WHOSE, "subscription", "period", "payment", "reverses")
    search_fields = ("=key",)
    inlines = (_Postings,)


@admin.register(Receipt)
class ReceiptAdmin(_OfMember):
    right = StaffRight.MONEY
    list_display = ("number", "member", "site", "method", "total", "currency", "paid_at")
    list_filter = ("method", "course")
    list_select_related = (*_WHOSE, "course", "payment", "period")
    search_fields = ("=number",)


@admin.register(Entitlement)
class EntitlementAdmin(_OfMember):
    right = StaffRight.MEMBERS
    list_display = ("id", "member", "site", "kind", "starts_at", "ends_at")
    list_filter = ("kind", "membership__site")
    list_select_related = _WHOSE


@admin.register(Grant)
class GrantAdmin(Deciding, _OfMember):
    right = StaffRight.MEMBERS
    decisions = (
        Decision(
            "revoke",
            label="staff.revoke",
            right=StaffRight.GRANTS,
            act=lambda row, actor, _: revoke_grant(grant_id=row.pk, actor=actor),
        ),
    )
    list_display = (
        "id", "member", "site", "kind", "reason", "note", "starts_at", "ends_at", "granted_by",
        "revoked_at",
    )  # fmt: skip
    list_filter = ("kind", "reason", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = _WHOSE

    def describe(self, row: Grant) -> str:
        """Who is let in, until when."""
        return f"{self.member(row)} – {self.site(row)} – {row.ends_at:%Y-%m-%d}"


@admin.register(RefundCase)
class RefundCaseAdmin(Deciding, _OfMember):
    right = StaffRight.MONEY
    decisions = (
        Decision(
            "give_back",
            label="staff.give_back",
            right=StaffRight.REFUNDS,
            act=lambda row, by, _: decide_refund(case_id=row.pk, refund=True, actor=by),
            does=_giving_back,
        ),
        Decision(
            "keep",
            label="staff.keep",
            right=StaffRight.REFUNDS,
            act=lambda row, by, _: decide_refund(case_id=row.pk, refund=False, actor=by),
        ),
    )
    list_display = (
        "id", "member", "site", "amount", "currency", "reason", "state", "failure_code",
        "opened_at", "decided_by", "settled_at",
    )  # fmt: skip
    list_filter = ("state", "reason")
    list_select_related = (*_WHOSE, "charge", "payment", "period")
    search_fields = ("=key",)

    def describe(self, row: RefundCase) -> str:
        """Whose money, and how much."""
        amount = format_money(row.amount, row.currency)
        return f"{self.member(row)} – {self.site(row)} – {amount} – {row.reason}"
