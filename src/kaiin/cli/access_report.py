"""What `kaiin explain` says: plain values for JSON, and the same in lines.

Loaded with Django by the command: everything that it needs is a context's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kaiin.billing.membership.wording import ending_words
from kaiin.billing.views.explain import Explanation, OpenTime, explain_access
from kaiin.identity import queries as identity
from kaiin.identity.queries import MemberView
from kaiin.infra import audit
from kaiin.infra.audit import Recorded
from kaiin.infra.texts import format_end, format_money, localized, text
from kaiin.payments import queries as payments
from kaiin.sites.queries import SiteView
from kaiin.web.base.explanations import for_staff

Fields = dict[str, Any]


def members_of(typed: str) -> list[MemberView]:
    """The member that the text leads to: an identifier, a payment's id, or any number on a bill."""
    found = identity.find_member(typed)
    if found is not None:
        return [found]
    refs = {match.member_ref for match in payments.find_by_reference(typed)}
    try:
        payment = payments.payment(UUID(typed.strip()))
    except ValueError:
        payment = None
    if payment is not None:
        refs.add(payment.member_ref)
    return list(identity.members(refs))


def answer_about(
    member: MemberView, places: Sequence[SiteView], at: datetime, *, only_joined: bool
) -> Fields:
    """What is recorded of a member and their access to these sites at an instant."""
    given = identity.consents(member.pk)
    trail = audit.history(f"member:{member.pk}")
    reports = []
    for site in places:
        found = explain_access(member_pk=member.pk, site_key=site.key, at=at)
        if found.membership_id is not None or not only_joined:
            reports.append(_Site(site.key, localized(site.name), found, trail).fields())
    return {
        "member": {
            "member_id": member.member_id,
            "nickname": member.nickname,
            "state": member.state,
            "consents": [
                {
                    "document": each.kind.value,
                    "version": each.version,
                    "agreed_at": each.agreed_at,
                    "page": each.page,
                    "site": each.site_key,
                }
                for each in given
            ],
            "missing_consents": [
                {"document": each.document.kind.value, "version": each.document.version}
                for each in identity.missing_beside(given, at)
            ],
        },
        "at": at,
        "sites": reports,
    }


def add_findings(answer: Fields, member_pk: int) -> None:
    """What the door and My page say to the member now; of another instant nothing is known."""
    for site in answer["sites"]:
        found = for_staff(member_pk, site["site"])
        site["findings"] = [{"code": code, "title": title} for code, title in found]


@dataclass(frozen=True)
class _Site:
    key: str
    name: str
    found: Explanation
    trail: Sequence[Recorded]

    def fields(self) -> Fields:
        found = self.found
        fields: Fields = {
            "site": self.key,
            "name": self.name,
            "membership": found.membership_id,
            "standing": found.standing,
            "allowed": found.allowed,
            "kind": found.kind,
            "since": found.since,
            "until": found.until,
            "windows": [self._window(window) for window in found.windows],
        }
        if not found.allowed:
            fields["before"] = self._window(found.before) if found.before else None
            fields["after"] = self._window(found.after) if found.after else None
            fields["ended"] = None
            if (ended := found.ended) is not None:
                ending = ended.ending
                fields["ended"] = {
                    "subscription": ending.subscription_id,
                    "at": ended.ended_at,
                    "reason": ending.reason,
                    "detail": ending.detail,
                    "refused_at": ending.failure.at if ending.failure else None,
                    "refusal": ending.failure.code if ending.failure else "",
                    "says": ending_words(ending),
                    "audit": self._audit("subscription", str(ending.subscription_id)),
                }
        return fields

    def _window(self, window: OpenTime) -> Fields:
        return {
            "kind": window.kind,
            "starts_at": window.starts_at,
            "ends_at": window.ends_at,
            "periods": [
                {
                    "id": paid.id,
                    "subscription": paid.subscription_id,
                    "number": paid.index,
                    "starts_at": paid.starts_at,
                    "ends_at": paid.ends_at,
                    "ended_early_at": paid.ended_early_at,
                    "early_end": paid.early_end,
                    "fee": paid.amount.amount,
                    "ledger": paid.ledger,
                    "receipt": paid.receipt,
                    "import_key": paid.import_key,
                    "audit": self._audit("key", paid.import_key) if paid.import_key else [],
                    "payment": self._payment(paid.payment_id) if paid.payment_id else None,
                }
                for paid in window.paid
            ],
            "grants": [
                {
                    "id": grant.id,
                    "reason": grant.reason,
                    "note": grant.note,
                    "by": grant.granted_by,
                    "granted_at": grant.granted_at,
                    "starts_at": grant.starts_at,
                    "ends_at": grant.ends_at,
                    "revoked_at": grant.revoked_at,
                }
                for grant in window.granted
            ],
        }

    def _payment(self, payment_id: UUID) -> Fields:
        view = payments.payment(payment_id)
        if view is None:
            return {"id": payment_id}
        return {
            "id": payment_id,
            "method": view.method,
            "provider": view.provider,
            "state": view.state,
            "amount": view.amount.amount,
            "currency": view.amount.currency,
            "paid_at": view.paid_at,
            "numbers": [{"kind": ref.kind, "value": ref.value} for ref in view.references],
            "notices": [
                {
                    "id": notice.id,
                    "event": notice.event_id,
                    "kind": notice.kind,
                    "received_at": notice.received_at,
                }
                for notice in payments.notices(payment_id)
            ],
            "audit": self._audit("payment", str(payment_id)),
        }

    def _audit(self, name: str, value: str) -> list[Fields]:
        return [
            {"id": row.id, "at": row.at, "action": row.action, "actor": row.actor}
            for row in self.trail
            if str(row.details.get(name)) == value
        ]


def as_json(answer: Fields) -> str:
    """With instants in UTC."""
    return json.dumps(answer, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def lines(answer: Fields) -> Iterator[str]:
    """In the current language."""
    member = answer["member"]
    named = {name: member[name] for name in ("member_id", "nickname")}
    yield text("cli.explain.head", at=answer["at"], **named)
    if member["state"] != "active":
        yield text("cli.explain.disabled")
    if not answer["sites"]:
        yield text("cli.explain.no_membership")
    for site in answer["sites"]:
        yield ""
        yield from _access_lines(site)
        for finding in site.get("findings", ()):
            yield "  " + text("cli.explain.finding", quoted=finding["code"], title=finding["title"])
    yield from _consent_lines(member)
    yield ""
    yield text("cli.explain.basis")


def _consent_lines(member: Fields) -> Iterator[str]:
    if member["consents"] or member["missing_consents"]:
        yield ""
    for given in reversed(member["consents"]):
        title = text(f"documents.within.{given['document']}")
        words = {"title": title, "version": given["version"], "at": given["agreed_at"]}
        yield text(f"cli.explain.consent.{given['page']}", None, **words, site=given["site"])
    for missing in member["missing_consents"]:
        title = text(f"documents.within.{missing['document']}")
        yield text("cli.explain.consent_missing", title=title, version=missing["version"])


def _access_lines(site: Fields) -> Iterator[str]:
    if site["allowed"]:
        until = format_end(site["until"])
        yield text("cli.explain.open", name=site["name"], since=site["since"], until=until)
        for window in site["windows"]:
            yield from _window_lines(window)
        return
    if site["before"] is None:
        code = "cli.explain.never_open" if site["membership"] else "cli.explain.never_joined"
        yield text(code, name=site["name"])
    else:
        yield text(
            "cli.explain.closed", name=site["name"], until=format_end(site["before"]["ends_at"])
        )
    ended = site["ended"]
    if ended is not None:
        yield "  " + text("cli.explain.ended", at=ended["at"], reason=ended["says"])
        yield " ".join([f"    subscription:{ended['subscription']}", *_rows(ended["audit"])])
    if site["before"] is not None:
        yield from _window_lines(site["before"])
    if site["after"] is not None:
        yield "  " + text("cli.explain.opens", at=site["after"]["starts_at"])
        yield from _window_lines(site["after"])


def _window_lines(window: Fields) -> Iterator[str]:
    for period in window["periods"]:
        until = format_end(period["ends_at"])
        code = "cli.explain.imported" if period["import_key"] else "cli.explain.period"
        yield "  " + text(code, since=period["starts_at"], until=until)
        if period["ended_early_at"] is not None:
            reason = text(f"cli.explain.early.{period['early_end']}")
            early = format_end(period["ended_early_at"])
            yield "    " + text("cli.explain.early", until=early, reason=reason)
        payment = period["payment"] or {}
        if payment.get("paid_at"):
            money = format_money(payment["amount"], payment["currency"])
            method = text(f"payments.method.{payment['method']}")
            yield "    " + text(
                "cli.explain.payment", at=payment["paid_at"], amount=money, method=method
            )
        yield "    " + " ".join(_period_ids(period))
    for grant in window["grants"]:
        yield "  " + text(
            f"cli.explain.grant.{grant['reason']}",
            since=grant["starts_at"],
            until=format_end(grant["revoked_at"] or grant["ends_at"]),
        )
        yield f"    grant:{grant['id']} {grant['by']}"


def _period_ids(period: Fields) -> Iterator[str]:
    yield f"period:{period['id']}"
    payment = period["payment"]
    if payment is None:
        yield f"import:{period['import_key']}"
        yield from _rows(period["audit"])
        return
    yield f"payment:{payment['id']}"
    for number in payment.get("numbers", ()):
        yield f"{number['kind']}:{number['value']}"
    if period["receipt"]:
        yield f"receipt:{period['receipt']}"
    for key in period["ledger"]:
        yield f"ledger:{key}"
    for notice in payment.get("notices", ()):
        yield f"event:{notice['id']}"
    yield from _rows(payment.get("audit", ()))


def _rows(trail: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"audit:{row['id']}" for row in trail]
