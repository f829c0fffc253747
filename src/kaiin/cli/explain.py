"""`kaiin explain`: may this member enter, since when, until when, and why?"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kaiin.cli.clock import instant as read_instant
from kaiin.cli.demo_environment import enter_demo
from kaiin.cli.loading import load_installation

if TYPE_CHECKING:
    from kaiin.billing.views.explain import Explanation, OpenTime
    from kaiin.identity.queries import MemberView
    from kaiin.infra.audit import Recorded
    from kaiin.sites.queries import SiteView

Fields = dict[str, Any]


def explain(
    member: Annotated[
        str, typer.Argument(help="Member ID, mail address, payment number or payment id.")
    ],
    *,
    site: Annotated[str, typer.Option(help="Key of one site; without it, all of theirs.")] = "",
    at: Annotated[
        str, typer.Option(help="2027-01-31 or 2027-01-31T09:00, in Japan; without it, now.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Annotated[str, typer.Option("--lang", help="ja or en; else the tenant's.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="A member of the demo.")] = False,
) -> None:
    """Explain whether a member may enter, and why.

    Since when, until when, and by which records: periods, payments with their numbers, entries
    of the books, grants, notices and audit rows. With --at: the windows of access as they are
    recorded now, read at that instant. Exit code 1 when no one, or more than one, is found.
    """
    instant = read_instant(at) if at else None
    if at and instant is None:
        raise typer.BadParameter("--at: write for example 2027-01-31T09:00")
    if demo:
        enter_demo()
    load_installation()
    from django.utils.translation import override

    from kaiin.infra import clock
    from kaiin.infra.texts import text
    from kaiin.sites import queries as sites

    with override(language or sites.tenant().default_language):
        found = _members(member)
        if len(found) != 1:
            code = "cli.explain.unknown" if not found else "cli.explain.several"
            ids = ", ".join(view.member_id for view in found)
            sys.exit(f"kaiin: {text(code, typed=member, members=ids)}")
        places = [sites.site(site)] if site else list(sites.sites())
        answer = _answer(found[0], places, instant or clock.now(), only_joined=not site)
        if instant is None:
            _add_findings(answer, found[0].pk)
        if json_:
            print(json.dumps(answer, ensure_ascii=False, indent=2, default=_json_value))
        else:
            print("\n".join(_lines(answer)))


def _members(typed: str) -> "list[MemberView]":
    """The member that the text leads to: an identifier, a payment's id, or any number on a bill."""
    from kaiin.identity import queries as identity
    from kaiin.payments import queries as payments

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


def _answer(
    member: "MemberView", places: "Sequence[SiteView]", at: datetime, *, only_joined: bool
) -> Fields:
    from kaiin.billing.views.explain import explain_access
    from kaiin.identity import queries as members
    from kaiin.infra import audit, texts

    given = members.consents(member.pk)
    trail = audit.history(f"member:{member.pk}")
    reports = []
    for site in places:
        found = explain_access(member_pk=member.pk, site_key=site.key, at=at)
        if found.membership_id is not None or not only_joined:
            reports.append(_Site(site.key, texts.localized(site.name), found, trail).fields())
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
                for each in members.missing_beside(given, at)
            ],
        },
        "at": at,
        "sites": reports,
    }


def _add_findings(answer: Fields, member_pk: int) -> None:
    """What the door and My page say to the member now; of another instant nothing is known."""
    from kaiin.web.base.explanations import for_staff

    for site in answer["sites"]:
        found = for_staff(member_pk, site["site"])
        site["findings"] = [{"code": code, "title": title} for code, title in found]


@dataclass(frozen=True)
class _Site:
    key: str
    name: str
    found: "Explanation"
    trail: "Sequence[Recorded]"

    def fields(self) -> Fields:
        from kaiin.billing.membership.wording import ending_words

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
            ended = found.ended
            fields["before"] = self._window(found.before) if found.before else None
            fields["after"] = self._window(found.after) if found.after else None
            fields["ended"] = None
            if ended is not None:
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

    def _window(self, window: "OpenTime") -> Fields:
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
        from kaiin.payments import queries as payments

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


def _json_value(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _lines(answer: Fields) -> Iterator[str]:
    from kaiin.infra.texts import text

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
    from kaiin.infra.texts import text

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
    from kaiin.infra.texts import format_end, text

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
        yield _ids("    ", [f"subscription:{ended['subscription']}", *_rows(ended["audit"])])
    if site["before"] is not None:
        yield from _window_lines(site["before"])
    if site["after"] is not None:
        yield "  " + text("cli.explain.opens", at=site["after"]["starts_at"])
        yield from _window_lines(site["after"])


def _window_lines(window: Fields) -> Iterator[str]:
    from kaiin.infra.texts import format_end, format_money, text

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
        yield _ids("    ", _period_ids(period))
    for grant in window["grants"]:
        yield "  " + text(
            f"cli.explain.grant.{grant['reason']}",
            since=grant["starts_at"],
            until=format_end(grant["revoked_at"] or grant["ends_at"]),
        )
        yield _ids("    ", [f"grant:{grant['id']}", grant["by"]])


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


def _ids(indent: str, names: "Sequence[str] | Iterator[str]") -> str:
    return indent + " ".join(names)
