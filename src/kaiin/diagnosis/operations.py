"""The login doctor: why a member can't enter, asked at the present moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from kaiin.billing.actions.expire import expire_member
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.outcomes.recording import record_payments
from kaiin.billing.views.entry import check_entry
from kaiin.billing.views.memberships import MembershipView, find_membership
from kaiin.diagnosis import events, queries
from kaiin.diagnosis.queries import Known
from kaiin.domain.diagnosis.evidence import Evidence
from kaiin.domain.diagnosis.findings import Diagnosis
from kaiin.domain.diagnosis.rule import diagnose
from kaiin.domain.diagnosis.running import ok
from kaiin.domain.entitlements import Window
from kaiin.domain.errors import KaiinError
from kaiin.domain.identifiers.reading import canonical_email
from kaiin.domain.payments import PaymentState
from kaiin.domain.subscriptions import Standing
from kaiin.identity import queries as identity
from kaiin.identity.queries import MemberView
from kaiin.infra import clock, event_log, throttle
from kaiin.infra.client_address import counted_as
from kaiin.infra.locks import transaction
from kaiin.payments import queries as payments
from kaiin.sites import queries as sites

ACTIVE = "active"

# A page waits this long for a provider, and no longer.
ASK_SECONDS = 2.0

_CHECKS_A_MINUTE = 6
_REPORTS_AN_HOUR_FROM_CLIENT = 30
_REPORTS_AN_HOUR = 3


class TooManyChecks(KaiinError):
    """A member pressed "check now" again and again."""

    code = "diagnosis.too_many_checks"


class TooManyReports(KaiinError):
    """So many reports were asked for from one network address. `minutes` says how long to wait."""

    code = "diagnosis.too_many_reports"


@dataclass(frozen=True)
class Checked:
    """What a provider answered to "check now". `code` has words in the catalogs (`checked.…`)."""

    code: str
    at: datetime
    failure_code: str = ""


@dataclass(frozen=True)
class Report:
    """What is mailed to a person who can't log in. `to`: "" sends nothing; `member`: None where no
    account has the typed address. `sites`: those that bear on it, each with its diagnosis."""

    to: str
    member: MemberView | None = None
    sites: tuple[tuple[str, Diagnosis], ...] = ()


@dataclass(frozen=True)
class SiteOutlook:
    """A site's diagnosis, and the facts that My page shows beside it. `granted_until`: until when
    staff let the member in, paid or not."""

    site_key: str
    diagnosis: Diagnosis
    membership: MembershipView | None
    granted_until: datetime | None


def look(*, member: MemberView, site_key: str, now: datetime, ask: bool = True) -> Diagnosis:
    """Why a member can or can't enter a site.

    Before it says no, it asks the providers about open payments, ASK_SECONDS at most: a member
    whose payment's notice was lost gets in by looking. `ask=False` leaves that out.
    """
    if member.state != ACTIVE:
        return diagnose(Evidence(site_key=site_key, now=now, disabled=True))
    if (open_now := _open_now(member.pk, site_key, now)) is not None:
        return open_now
    if ask:
        refresh_open_payments(member_pk=member.pk, timeout_seconds=ASK_SECONDS)
    return _diagnosis(member, _up_to_date(member.pk, now), site_key, now)


def look_everywhere(*, member_pk: int, now: datetime) -> tuple[SiteOutlook, ...]:
    """A diagnosis of every site, in their order, for My page; the account is not disabled.

    No provider is asked: the page offers to.
    """
    found = _up_to_date(member_pk, now)
    return tuple(
        SiteOutlook(
            site_key=site.key,
            diagnosis=diagnose(queries.evidence(found, site_key=site.key, now=now)),
            membership=found.membership(site.key),
            granted_until=found.granted.get(site.key),
        )
        for site in sites.sites()
    )


def as_recorded(*, member: MemberView, site_key: str, now: datetime) -> Diagnosis:
    """The same for staff, who only look: nothing is asked, and nothing brought up to date."""
    return _diagnosis(member, queries.known(member.pk, now), site_key, now)


def check_payment(*, member: MemberView, site_key: str, now: datetime) -> Checked:
    """Ask the provider on the spot and say what it answered. Raises TooManyChecks."""
    reserved = throttle.reserve(key=f"check:{member.pk}", limit=_CHECKS_A_MINUTE, window_seconds=60)
    if not reserved.allowed:
        raise TooManyChecks
    membership = find_membership(member.pk, site_key, at=now)
    waiting = membership.open_payment if membership else None
    refresh_open_payments(member_pk=member.pk, timeout_seconds=ASK_SECONDS)
    after = payments.payment(waiting.id) if waiting else None
    if after is None:
        return Checked("checked.nothing", now)
    if after.answered_at is None or after.answered_at < now:
        return Checked("checked.no_answer", now)
    return Checked(_ANSWERS[after.state], now, after.failure_code)


def request_report(*, typed: str, language: str, site_key: str, client: str) -> None:
    """Note that a report by mail was asked for: the same work for every identifier.

    `client` is the network address that asks. Raises TooManyReports, which depends on no account.
    """
    now = clock.now()
    with transaction():
        asked = throttle.reserve(
            key=f"reports:{counted_as(client)}",
            limit=_REPORTS_AN_HOUR_FROM_CLIENT,
            window_seconds=3600,
        )
    if not asked.allowed:
        minutes = max(1, round((asked.retry_at - now).total_seconds() / 60))
        raise TooManyReports(minutes=minutes)
    with transaction():
        key = str(uuid4())
        event_log.publish(
            topic=events.REPORT_WANTED,
            key=key,
            payload={"typed": typed, "language": language, "site_key": site_key, "key": key},
            confidential=True,
        )


def report(*, typed: str, site_key: str, now: datetime) -> Report:
    """The report that an identifier's owner gets, in the worker. `site_key`: where they came
    from, or ""; it is part of the report even without a membership there.

    An address without an account gets a mail that says so: its owner would wait in vain.
    """
    member = identity.find_member(typed)
    if member is None:
        address = canonical_email(typed) or ""
        return Report(to=address if address and _may_mail(f"address:{address}") else "")
    if not member.email or not _may_mail(f"member:{member.pk}"):
        return Report(to="")
    refresh_open_payments(member_pk=member.pk, timeout_seconds=ASK_SECONDS)
    found = _up_to_date(member.pk, now)
    keys = dict.fromkeys((site_key, *found.site_keys))
    known = {site.key for site in sites.sites()}
    diagnoses = tuple((key, _diagnosis(member, found, key, now)) for key in keys if key in known)
    return Report(to=member.email, member=member, sites=diagnoses)


_ANSWERS = {
    PaymentState.INTENT: "checked.waiting",
    PaymentState.PENDING: "checked.waiting",
    PaymentState.UNKNOWN: "checked.no_answer",
    PaymentState.PAID: "checked.paid",
    PaymentState.FAILED: "checked.failed",
    PaymentState.EXPIRED: "checked.expired",
    PaymentState.CANCELED: "checked.canceled",
    PaymentState.REGISTERED: "checked.paid",
    PaymentState.PARTLY_REFUNDED: "checked.paid",
    PaymentState.DISPUTED: "checked.paid",
    PaymentState.REFUNDED: "checked.refunded",
    PaymentState.CHARGED_BACK: "checked.refunded",
}


def _open_now(member_pk: int, site_key: str, now: datetime) -> Diagnosis | None:
    """The short way, one query, for those who may enter: most of those who come. They go on
    without reading, so that nothing is said of what is to come."""
    entry = check_entry(member_pk=member_pk, site_key=site_key, at=now)
    if entry.until is None or entry.kind is None:
        return None
    window = Window(now, entry.until, entry.kind, ())
    entered = ok(Evidence(site_key=site_key, now=now, windows=(window,)))
    return Diagnosis((entered,)) if entered else None


def _up_to_date(member_pk: int, now: datetime) -> Known:
    """What is known, after what is due of it by now has been done, which the worker does later."""
    found = queries.known(member_pk, now)
    may_be_due = any(_time_is_up(each, now) for each in found.memberships)
    if may_be_due and expire_member(member_pk=member_pk, now=now):
        found = queries.known(member_pk, now)
    # Outcomes that are known already, while the worker has not got to them yet.
    waiting = [each.open_payment for each in found.memberships if each.open_payment]
    if ids := [payment.id for payment in waiting if not payment.is_open]:
        record_payments(payment_ids=ids)
        found = queries.known(member_pk, now)
    return found


def _time_is_up(view: MembershipView, now: datetime) -> bool:
    """Whether an end may be due: `expire_member` looks again."""
    until = view.dormant_until if view.standing is Standing.DORMANT else view.paid_until
    running = view.standing in (Standing.ACTIVE, Standing.DORMANT)
    return running and until is not None and until <= now


def _diagnosis(member: MemberView, found: Known, site_key: str, now: datetime) -> Diagnosis:
    if member.state != ACTIVE:
        return diagnose(Evidence(site_key=site_key, now=now, disabled=True))
    return diagnose(queries.evidence(found, site_key=site_key, now=now))


def _may_mail(bucket: str) -> bool:
    with transaction():
        return throttle.reserve(
            key=f"report:{bucket}", limit=_REPORTS_AN_HOUR, window_seconds=3600
        ).allowed
