"""Ways to damage a healthy club by hand, and the check that finds each.

Statements are SQL that both databases take; `{name}` is filled in from `TARGETS`. `names` is what
the violation must name.
"""

from dataclasses import dataclass

# A renewing member's second period and all that hangs on it; and rows of other states.
TARGETS = {
    "period": """SELECT p.id FROM billing_period p JOIN billing_subscription s
        ON s.id = p.subscription_id WHERE p."index" = 2 AND s.period_count = 4
        AND s.method = 'card' AND s.state = 'active' ORDER BY p.id LIMIT 1""",
    "last": """SELECT id FROM billing_period WHERE "index" = 4 AND subscription_id =
        (SELECT subscription_id FROM billing_period WHERE id = {period})""",
    "subscription": "SELECT subscription_id FROM billing_period WHERE id = {period}",
    "membership": "SELECT membership_id FROM billing_subscription WHERE id = {subscription}",
    "charge": """SELECT c.id FROM billing_charge c JOIN billing_period p
        ON p.payment_id = c.payment_id WHERE p.id = {period}""",
    "intent": "SELECT intent_key FROM billing_charge WHERE id = {charge}",
    "entry": "SELECT id FROM billing_ledgerentry WHERE kind = 'payment' AND period_id = {period}",
    "posting": "SELECT max(id) FROM billing_ledgerposting WHERE entry_id = {entry}",
    "receipt": "SELECT id FROM billing_receipt WHERE period_id = {period}",
    "mandate": "SELECT mandate_id FROM billing_subscription WHERE id = {subscription}",
    "window": """SELECT max(id) FROM billing_entitlement WHERE membership_id = {membership}
        AND kind = 'paid'""",
    "other_payment": """SELECT max(intent_key) FROM billing_charge WHERE state = 'paid'
        AND membership_id <> {membership}""",
    "withdrawn": "SELECT max(id) FROM billing_membership WHERE standing = 'withdrawn'",
    "dormant": "SELECT max(id) FROM billing_membership WHERE standing = 'dormant'",
    "ended": """SELECT max(id) FROM billing_subscription WHERE state = 'ended'
        AND mandate_id IS NOT NULL""",
    "ended_mandate": "SELECT mandate_id FROM billing_subscription WHERE id = {ended}",
    "slip": "SELECT max(id) FROM billing_charge WHERE state = 'open' AND method = 'konbini'",
    "slip_key": "SELECT intent_key FROM billing_charge WHERE id = {slip}",
    "closed": "SELECT max(id) FROM billing_charge WHERE state = 'closed'",
    "moved": "SELECT period_id FROM billing_refundcase WHERE reason = 'staff'",
    "open_case": "SELECT max(id) FROM billing_refundcase WHERE state = 'open'",
    "done_case": "SELECT max(id) FROM billing_refundcase WHERE state = 'done' AND tries = 1",
    "done_key": "SELECT key FROM billing_refundcase WHERE id = {done_case}",
    "audit": "SELECT max(id) FROM infra_auditrow WHERE action = 'billing.period_paid'",
    "member": "SELECT member_id FROM billing_membership WHERE id = {membership}",
    "course": "SELECT course_id FROM billing_subscription WHERE id = {subscription}",
    "consent": "SELECT max(id) FROM identity_consent",
    "consenting": "SELECT member_id FROM identity_consent WHERE id = {consent}",
    "newest": "SELECT max(id) FROM infra_auditrow",
    "event": "SELECT max(id) FROM payments_providerevent WHERE state = 'applied'",
    "delivery": "SELECT max(id) FROM infra_delivery WHERE consumer = 'billing.record_payment'",
    "last_end": "SELECT ends_at FROM billing_period WHERE id = {last}",
}


@dataclass(frozen=True)
class Damage:
    """`sqlite_only`: PostgreSQL itself refuses it in any case."""

    check: str
    names: str
    statements: tuple[str, ...]
    sqlite_only: bool = False


def by(check: str, names: str, *statements: str, sqlite_only: bool = False) -> Damage:
    return Damage(check, names, statements, sqlite_only)


def _set(table: str, row: str, **values: str) -> str:
    changes = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"UPDATE {table} SET {changes} WHERE id = {{{row}}}"  # noqa: S608


def _payment(key: str, **values: str) -> str:
    changes = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"UPDATE payments_payment SET {changes} WHERE intent_key = '{{{key}}}'"  # noqa: S608


LONG_AGO = "'2026-11-22 00:00:00+00:00'"
# A payment that a member began by hand, and that payments never heard of.
_LOST_BY_HAND = _set(
    "billing_charge",
    "charge",
    state="'open'",
    automatic="false",
    intent_key="'nobody'",
    payment_id="NULL",
    created_at=LONG_AGO,
)
MONEY = (
    by(
        "ledger.unbalanced",
        "entry:{entry}",
        "UPDATE billing_ledgerposting SET amount = amount + 1 WHERE id = {posting}",
    ),
    by(
        "ledger.unbalanced",
        "entry:{entry}",
        "DELETE FROM billing_ledgerposting WHERE entry_id = {entry}",
    ),
    by(
        "ledger.reversal",
        "entry:{entry}",
        """UPDATE billing_ledgerentry SET reverses_id = (SELECT max(id) FROM billing_ledgerentry
        WHERE kind = 'charge' AND period_id = {last}) WHERE id = {entry}""",
    ),
    by(
        "period.booked",
        "period:{period}",
        "DELETE FROM billing_ledgerposting WHERE entry_id = {entry}",
        "DELETE FROM billing_ledgerentry WHERE id = {entry}",
    ),
    by("period.imported", "period:{period}", _set("billing_period", "period", import_key="'x'")),
    by(
        "period.recognition",
        "period:{last}",
        _set("billing_period", "last", recognise_due_at="NULL"),
    ),
    by(
        "balance.provider_cash",
        "membership:{membership}",
        _set("billing_ledgerposting", "posting", account="'fees'"),
        "UPDATE billing_ledgerposting SET account = 'fees' WHERE entry_id = {entry} AND amount > 0",
    ),
    by("balance.unapplied", "membership:", _set("billing_refundcase", "open_case", amount="1")),
    by(
        "balance.deferred_income",
        "membership:{membership}",
        _set("billing_period", "last", credited="1"),
    ),
    by(
        "balance.receivable",
        "membership:{membership}",
        """UPDATE billing_ledgerposting SET account = 'provider_cash' WHERE entry_id = {entry}""",
    ),
    by(
        "balance.handling_income",
        "membership:",
        "UPDATE billing_charge SET handling = handling + 1 WHERE handling > 0",
    ),
    by(
        "balance.refunds_due",
        "membership:",
        _set("billing_refundcase", "done_case", state="'failed'"),
    ),
    by("charge.amount", "charge:{charge}", _set("billing_charge", "charge", price="price + 1")),
    by("charge.unpaid", "charge:{charge}", _payment("intent", state="'failed'")),
    by("charge.unpaid", "charge:{charge}", _payment("intent", intent_key="'strange'")),
    by(
        "charge.other_payment",
        "charge:{charge}",
        "UPDATE payments_payment SET intent_key = 'x' WHERE intent_key = '{intent}'",
        "UPDATE payments_payment SET intent_key = '{intent}' WHERE intent_key = '{other_payment}'",
    ),
    by("charge.other_member", "charge:{charge}", _payment("intent", member_ref="0")),
    by(
        "charge.twice",
        "charge:{charge}",
        "DROP INDEX charge_live_once",
        """UPDATE billing_charge SET period_index = 2, attempt = 9 WHERE period_index = 3
        AND subscription_id = {subscription}""",
        sqlite_only=True,
    ),
    by(
        "charge.two_open",
        "charge:{charge}",
        "DROP INDEX charge_open_once",
        "UPDATE billing_charge SET state = 'open' WHERE membership_id = {membership}",
    ),
    by(
        "charge.without_period",
        "charge:{charge}",
        "DELETE FROM billing_period WHERE id = {period}",
    ),
    by(
        "charge.abandoned",
        "charge:{closed}",
        _set(
            "billing_charge",
            "closed",
            state="'open'",
            automatic="true",
            intent_key="'nobody'",
            payment_id="NULL",
            created_at=LONG_AGO,
        ),
    ),
    by(
        # A member's own intent that holds a renewal up.
        "charge.abandoned",
        "charge:{charge}",
        _LOST_BY_HAND,
        _set("billing_subscription", "subscription", paid_until=LONG_AGO),
    ),
    by(
        # The same, of one that failed and should long have been tried again.
        "charge.abandoned",
        "charge:{charge}",
        _LOST_BY_HAND,
        _set("billing_subscription", "subscription", paid_until=LONG_AGO, failures="1"),
    ),
    by(
        "period.without_charge",
        "period:{period}",
        _set("billing_charge", "charge", state="'closed'"),
    ),
    by(
        "period.other_charge", "period:{period}", _set("billing_charge", "charge", period_index="9")
    ),
    by("period.unpaid", "period:{period}", _payment("intent", state="'expired'")),
    by("payment.unrecorded", "charge:{charge}", _set("billing_charge", "charge", state="'open'")),
    by(
        "payment.unrecorded",
        "charge:{slip}",
        _payment("slip_key", state="'expired'", ask_at="NULL"),
    ),
    by("payment.timeless", "charge:{charge}", _payment("intent", paid_at="NULL")),
    by("payment.unnamed", "payment:", _payment("intent", provider_payment_id="''")),
    by(
        "payment.twice",
        "payment:",
        """UPDATE payments_payment SET provider_payment_id = (SELECT provider_payment_id
        FROM payments_payment WHERE intent_key = '{other_payment}')
        WHERE intent_key = '{intent}'""",
    ),
    by("payment.without_intent", "strange", _payment("intent", intent_key="'strange'")),
    by("payment.state", "payment:", _payment("intent", state="'partly_refunded'")),
    by("payment.state", "payment:", _payment("intent", state="'disputed'")),
    by("payment.unpolled", "payment:", _payment("slip_key", ask_at="NULL")),
    by("payment.poll_overdue", "payment:", _payment("slip_key", ask_at=LONG_AGO)),
    by("receipt.missing", "period:{period}", "DELETE FROM billing_receipt WHERE id = {receipt}"),
    by("receipt.total", "receipt:{receipt}", _set("billing_receipt", "receipt", total="total + 1")),
    by(
        "receipt.taxes",
        "receipt:{receipt}",
        _set("billing_receipt", "receipt", taxes="'[[10, 550, 5]]'"),
    ),
    by(
        "receipt.other_period",
        "receipt:{receipt}",
        "DELETE FROM billing_receipt WHERE period_id = {last}",
        _set("billing_receipt", "receipt", period_id="{last}"),
    ),
    by("money.without_case", "charge:", "DELETE FROM billing_refundcase WHERE id = {open_case}"),
    by(
        "money.moved_without_case",
        "period:{moved}",
        "UPDATE billing_refundcase SET period_id = NULL WHERE reason = 'staff'",
    ),
    by("refund.too_much", "payment:", "UPDATE payments_refund SET amount = 9999999"),
    by("refund.amount", "refund:", "UPDATE payments_refund SET amount = amount - 1"),
    by(
        "refund.booked",
        "refund_case:{done_case}",
        _set("billing_refundcase", "done_case", amount="amount + 1"),
    ),
    by(
        "refund.unasked",
        "refund_case:{done_case}",
        _set("billing_refundcase", "done_case", state="'requested'", tries="9"),
    ),
    by(
        "refund.unpaid",
        "refund_case:{done_case}",
        "UPDATE payments_refund SET state = 'failed' WHERE key = '{done_key}'",
    ),
    by(
        "refund.unrecorded", "refund:", _set("billing_refundcase", "done_case", state="'requested'")
    ),
    by(
        "refund.unpolled",
        "refund:",
        "UPDATE payments_refund SET state = 'requested', ask_at = NULL",
    ),
    by(
        "refund.poll_overdue",
        "refund:",
        f"UPDATE payments_refund SET state = 'unknown', ask_at = {LONG_AGO}",  # noqa: S608
    ),
)
TIME = (
    by(
        "subscription.counter",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", period_count="5"),
    ),
    by(
        "subscription.paid_until",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", paid_until=LONG_AGO),
    ),
    by(
        "subscription.state",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", state="'pending'"),
    ),
    by(
        "subscription.state",
        "subscription:{ended}",
        _set("billing_subscription", "ended", end_reason="''"),
    ),
    by(
        "subscription.idle",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", next_due_at="NULL"),
    ),
    by(
        "subscription.charge_overdue",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", next_due_at=LONG_AGO),
    ),
    by(
        "subscription.end_overdue",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", lapse_due_at=LONG_AGO),
    ),
    by(
        "subscription.two_open",
        "subscription:{ended}",
        "DROP INDEX subscription_open_once",
        """UPDATE billing_subscription SET membership_id = {membership}, state = 'active'
        WHERE id = {ended}""",
    ),
    by(
        "subscription.anchor",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", anchor_day="27"),
    ),
    by(
        "period.gap",
        "period:{last}",
        "UPDATE billing_period SET starts_at = '2027-02-02 15:00:00+00:00' WHERE id = {last}",
    ),
    by(
        "period.overlap",
        "period:{period}",
        "UPDATE billing_period SET ends_at = '2027-01-09 15:00:00+00:00' WHERE id = {period}",
    ),
    by(
        "period.term",
        "period:{last}",
        "UPDATE billing_period SET ends_at = '2027-03-01 15:00:00+00:00' WHERE id = {last}",
    ),
    by(
        "period.recognition_overdue",
        "period:{last}",
        _set("billing_period", "last", recognise_due_at=LONG_AGO),
    ),
    by(
        "membership.standing",
        "membership:{membership}",
        _set("billing_membership", "membership", standing="'dormant'"),
    ),
    by(
        "membership.standing",
        "membership:{withdrawn}",
        _set("billing_membership", "withdrawn", standing="'pending'"),
    ),
    by(
        "membership.number",
        "membership:{withdrawn}",
        _set("billing_membership", "withdrawn", member_number="NULL"),
    ),
    by(
        "membership.dates",
        "membership:{dormant}",
        _set("billing_membership", "dormant", dormant_until="NULL"),
    ),
    by(
        "membership.end_overdue",
        "membership:{dormant}",
        _set("billing_membership", "dormant", dormant_until=LONG_AGO),
    ),
    by("number.uncounted", "membership:", "UPDATE billing_numbercounter SET last_number = 1"),
    by(
        "mandate.missing",
        "subscription:{subscription}",
        _set("billing_subscription", "subscription", mandate_id="NULL"),
    ),
    by(
        "mandate.missing", "mandate:{mandate}", _set("payments_mandate", "mandate", state="'ended'")
    ),
    by(
        "mandate.unreleased",
        "mandate:{ended_mandate}",
        _set("payments_mandate", "ended_mandate", state="'active'"),
    ),
    by("access.missing", "period:{last}", "DELETE FROM billing_entitlement WHERE id = {window}"),
    by(
        "access.unfounded",
        "membership:{membership}",
        "UPDATE billing_entitlement SET ends_at = '2030-01-01 00:00:00+00:00' WHERE id = {window}",
    ),
    by(
        "access.reasons",
        "entitlement:{window}",
        _set("billing_entitlement", "window", evidence="'[\"period:0\"]'"),
    ),
    by(
        "access.unfounded",
        "membership:{membership}",
        "UPDATE billing_grant SET revoked_at = granted_at",
    ),
)
TRAIL = (
    by("audit.chain", "audit:{audit}", _set("infra_auditrow", "audit", details="'{{}}'")),
    by("audit.missing", "audit:", "DELETE FROM infra_auditrow WHERE id = {audit}"),
    by(
        "audit.missing",
        "seal:1",
        """DELETE FROM infra_auditrow WHERE seal_number < (SELECT seal_number FROM infra_auditrow
        WHERE id = {audit})""",
    ),
    by("audit.chain", "audit:{audit}", _set("infra_auditrow", "audit", sealed_at=LONG_AGO)),
    by("audit.head", "audit:head", "DELETE FROM infra_auditrow WHERE id = {newest}"),
    by("audit.head", "audit:head", "UPDATE infra_audithead SET seal_number = seal_number + 1"),
    by("audit.head", "audit:head", "DELETE FROM infra_audithead"),
    by(
        "audit.unsealed",
        "audit:{newest}",
        _set(
            "infra_auditrow",
            "newest",
            seal_number="NULL",
            sealed_at="NULL",
            digest="''",
            at=LONG_AGO,
        ),
    ),
    by("audit.period", "payment:", _set("infra_auditrow", "audit", action="'other'")),
    by("audit.payment", "payment:", "DELETE FROM infra_auditrow"),
    by("inbox.failed", "event:{event}", _set("payments_providerevent", "event", state="'failed'")),
    by("inbox.lost", "event:{event}", _set("payments_providerevent", "event", state="'received'")),
    by(
        "inbox.overdue",
        "event:{event}",
        _set("payments_providerevent", "event", state="'waiting'", due_at=LONG_AGO),
    ),
    by(
        "row.parked",
        "membership:{membership}",
        """INSERT INTO infra_parkedrow (kind, key, error, attempts, first_at, due_at)
        VALUES ('membership.renew', '{membership}', 'ValueError: lunar', 3,
        '2026-11-22 00:00:00+00:00', '2030-01-01 00:00:00+00:00')""",
    ),
    by("outbox.dead", "outbox:{delivery}", _set("infra_delivery", "delivery", dead_at=LONG_AGO)),
    by("outbox.overdue", "outbox:{delivery}", _set("infra_delivery", "delivery", due_at=LONG_AGO)),
    by(
        "database.foreign_key",
        "billing_receipt:{receipt}",
        _set("billing_receipt", "receipt", course_id="9999"),
        sqlite_only=True,
    ),
    by(
        "database.integrity",
        "database",
        _set("billing_charge", "charge", price="-1"),
        sqlite_only=True,
    ),
    by(
        "number.twice",
        "membership:{membership}",
        "CREATE TABLE copied AS SELECT * FROM billing_membership",
        "UPDATE copied SET member_number = 1",
        "CREATE UNIQUE INDEX copied_id ON copied (id)",
        "DROP TABLE billing_membership",
        "ALTER TABLE copied RENAME TO billing_membership",
        sqlite_only=True,
    ),
)
ACCOUNTS = (
    by(
        "database.unreadable",
        "membership:{membership}",
        "UPDATE billing_course SET terms = '{{}}' WHERE id = {course}",
    ),
    by("account.password", "member:{member}", _set("identity_member", "member", password="'x'")),
    by("account.state", "member:{member}", _set("identity_member", "member", state="'disabled'")),
    by("account.staff", "member:{member}", _set("identity_member", "member", is_staff="true")),
    by(
        "account.identifiers",
        "member:{member}",
        """UPDATE identity_loginidentifier SET value = 'thief@example.jp'
        WHERE member_id = {member} AND kind = 'email'""",
    ),
    by(
        "account.identifiers",
        "member:{member}",
        "DELETE FROM identity_loginidentifier WHERE member_id = {member} AND kind = 'email'",
    ),
    by(
        "account.unrecorded",
        "member:{member}",
        "DELETE FROM infra_auditrow WHERE subject = 'member:{member}'",
    ),
    by(
        "course.changed",
        "course:official/monthly:1",
        """UPDATE billing_course SET terms = (SELECT terms FROM billing_course WHERE key = 'yearly'
        LIMIT 1) WHERE id = {course}""",
    ),
    by(
        "course.changed",
        "course:official/copy:1",
        "UPDATE billing_course SET key = 'copy' WHERE id = {course}",
    ),
    by("site.changed", "site:official", "UPDATE sites_site SET host = 'x' WHERE key = 'official'"),
    by("tenant.changed", "tenant", "UPDATE sites_tenant SET ways_to_pay = '{{}}'"),
    by(
        "consent.unknown_version",
        "consent:{consent}",
        "DELETE FROM sites_documentversion WHERE id ="
        " (SELECT document_id FROM identity_consent WHERE id = {consent})",
        sqlite_only=True,
    ),
    by(
        "consent.text",
        "consent:{consent}",
        "UPDATE identity_consent SET digest = 'x' WHERE id = {consent}",
    ),
    by(
        "consent.unrecorded",
        "consent:{consent}",
        "UPDATE infra_auditrow SET action = 'identity.x' WHERE action = 'identity.consent_given'"
        " AND subject = 'member:{consenting}'",
    ),
    by(
        "consent.gone",
        "member:{consenting}",
        "DELETE FROM identity_consent WHERE id = {consent}",
    ),
    by(
        "document.changed",
        "document:terms:1",
        "UPDATE sites_documentversion SET asks_members = (1 = 1) WHERE kind = 'terms'",
    ),
    by(
        "document.text",
        "document:privacy:1",
        "UPDATE sites_documentversion SET url = 'https://else.example/' WHERE kind = 'privacy'",
    ),
)
DAMAGES = (*MONEY, *TIME, *TRAIL, *ACCOUNTS)
