"""Every cause has its finding, in order, with its cures; and no case is left without one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.diagnosis.evidence import (
    Evidence,
    MembershipEvidence,
    NextCharge,
    OpenPayment,
    OtherMembership,
)
from kaiin.domain.diagnosis.findings import CureCode, Diagnosis, FindingCode
from kaiin.domain.diagnosis.rule import diagnose
from kaiin.domain.endings import Failure
from kaiin.domain.entitlements import Window, WindowKind, open_until
from kaiin.domain.money import Money
from kaiin.domain.payments import OPEN_STATES, Method, PaymentState
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# The midnights in Japan that end 31 October and 31 December.
END_OF_OCTOBER = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
END_OF_DECEMBER = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
REFUSED = Failure("card_declined", NOW - DAY)

STRANGER = Evidence(site_key="official", now=NOW)
MONTHLY = MembershipEvidence(
    standing=Standing.ACTIVE, renews=True, method=Method.DOCOMO, paid_until=END_OF_OCTOBER
)
YEARLY = MembershipEvidence(
    standing=Standing.ACTIVE, renews=False, method=Method.KONBINI, paid_until=END_OF_OCTOBER
)
SLIP = OpenPayment(
    payment_id="p1",
    method=Method.KONBINI,
    state=PaymentState.PENDING,
    amount=Money(6820),
    started_at=NOW - DAY,
    expires_at=NOW + DAY,
    slip_number="21234567890",
    confirmation_number="123456",
)
CARD = OpenPayment(
    payment_id="p2",
    method=Method.CARD,
    state=PaymentState.PENDING,
    amount=Money(550),
    started_at=NOW - DAY,
)


def window(starts_at: datetime, ends_at: datetime) -> Window:
    return Window(starts_at, ends_at, WindowKind.PAID, ("period:1",))


def look(membership: MembershipEvidence | None = None, **others: object) -> Diagnosis:
    return diagnose(replace(STRANGER, membership=membership, **others))


def cures(found: Diagnosis, at: int = 0) -> list[str]:
    return [cure.code.value for cure in found.findings[at].cures]


def test_a_window_that_covers_now_is_entry_despite_other_findings() -> None:
    open_now = (window(NOW - DAY, NOW + DAY),)
    found = look(replace(MONTHLY, refusal=REFUSED), windows=open_now)
    assert found.codes == (FindingCode.OK,)
    assert found.main.code is FindingCode.OK
    assert found.allowed
    assert cures(found) == [CureCode.ENTER]


def test_a_payment_under_way_is_said_to_a_member_who_is_in_too() -> None:
    open_now = (window(NOW - DAY, NOW + DAY),)
    found = look(replace(MONTHLY, open_payment=CARD), windows=open_now)
    assert found.codes == (FindingCode.OK, FindingCode.PENDING_PAYMENT)
    assert found.main.evidence["open"] == "yes"
    assert cures(found, 1) == [
        "cure.check_payment", "cure.continue_payment", "cure.enter", "cure.other_way",
    ]  # fmt: skip


Change = dict[str, object]
IN: list[tuple[Change, list[str], list[str]]] = [
    ({}, [], []),
    ({"fixed": True}, ["membership.fixed"], ["cure.enter"]),
    ({"payable": True, "fixed": True}, ["membership.renewable"], ["cure.renew", "cure.enter"]),
    (
        {"mandate": "ended", "payable": True},
        ["membership.mandate_ended"],
        ["cure.pay", "cure.enter"],
    ),
    (
        {"mandate": "missing", "opens_at": NOW + DAY},
        ["membership.mandate_ended"],
        ["cure.register_card", "cure.enter"],
    ),
    # A lump sum that is paid by hand needs no contract.
    ({"mandate": "ended", "renews": False}, [], []),
    (
        {"paused_until": NOW + 60 * DAY, "fixed": True},
        ["membership.pausing"],
        ["cure.enter", "cure.undo_pause"],
    ),
    (
        {"state": SubscriptionState.PAST_DUE, "mandate": "ended"},
        ["membership.grace"],
        ["cure.pay", "cure.enter"],
    ),
    (
        {"leaving_at": NOW + DAY, "paused_until": NOW + 60 * DAY},
        ["membership.leaving"],
        ["cure.enter", "cure.stay"],
    ),
    (
        {"open_payment": replace(CARD, automatic=True), "state": SubscriptionState.PAST_DUE},
        ["membership.renewing"],
        ["cure.enter"],
    ),
    # What is due is being paid: it isn't offered a second time.
    (
        {"open_payment": CARD, "state": SubscriptionState.PAST_DUE},
        ["access.pending_payment", "membership.grace"],
        ["cure.check_payment", "cure.continue_payment", "cure.enter", "cure.other_way"],
    ),
]


@pytest.mark.parametrize(("change", "codes", "steps"), IN)
def test_a_member_who_is_in_reads_what_is_to_come(
    change: Change, codes: list[str], steps: list[str]
) -> None:
    running = replace(MONTHLY, paid_until=NOW + DAY)
    found = look(replace(running, **change), windows=(window(NOW - DAY, NOW + DAY),))
    assert found.codes == (FindingCode.OK, *codes)
    assert [cure.code for cure in found.main.cures] == (steps or [CureCode.ENTER])


@pytest.mark.parametrize(
    ("past_due", "code"), [(True, FindingCode.GRACE), (False, FindingCode.RENEWING)]
)
def test_kept_open_after_what_was_paid(past_due: bool, code: FindingCode) -> None:
    grace = (Window(NOW - DAY, NOW + DAY, WindowKind.GRACE, ("grant:1",)),)
    state = SubscriptionState.PAST_DUE if past_due else SubscriptionState.ACTIVE
    found = look(replace(MONTHLY, state=state, mandate="ended"), windows=grace)
    assert found.codes == (FindingCode.OK, code)


GRANTED = (Window(NOW - DAY, NOW + DAY, WindowKind.GRANT, ("grant:1",)),)


@pytest.mark.parametrize(
    ("membership", "then"),
    [
        (None, "cure.join"),
        (replace(YEARLY, standing=Standing.DORMANT, payable=True), "cure.renew"),
        (replace(YEARLY, standing=Standing.WITHDRAWN, payable=True), "cure.rejoin"),
        (replace(YEARLY, standing=Standing.PENDING, payable=True), "cure.pay"),
        (replace(MONTHLY, paused_until=NOW + 60 * DAY), "cure.resume"),
    ],
)
def test_what_staff_opened_still_offers_what_opens_it_for_good(
    membership: MembershipEvidence | None, then: str
) -> None:
    found = look(membership, windows=GRANTED)
    assert found.codes == (FindingCode.OK, FindingCode.GRANTED)
    assert cures(found, 1) == ["cure.enter", then]


def test_what_is_due_comes_before_what_staff_opened() -> None:
    due = replace(MONTHLY, state=SubscriptionState.PAST_DUE)
    assert look(due, windows=GRANTED).codes == (FindingCode.OK, FindingCode.GRACE)


def test_who_leaves_past_the_lock_day_reads_of_the_last_charge() -> None:
    charge = NextCharge(NOW + DAY, Money(550))
    leaving = replace(MONTHLY, leaving_at=NOW + 30 * DAY, next_charge=charge)
    found = look(leaving, windows=(window(NOW - DAY, NOW + DAY),))
    assert found.main.evidence["charged"] == "yes"
    assert found.main.evidence["day"] == date(2026, 11, 23)
    assert found.main.evidence["amount"] == Money(550)


def test_the_end_of_a_window_is_exclusive() -> None:
    assert not look(MONTHLY, windows=(window(NOW - DAY, NOW),)).allowed
    assert look(MONTHLY, windows=(window(NOW, NOW + DAY),)).allowed


def test_a_disabled_account_has_this_finding_only() -> None:
    found = look(MONTHLY, disabled=True, windows=(window(NOW - DAY, NOW + DAY),))
    assert found.codes == (FindingCode.DISABLED,)
    assert not found.allowed
    assert cures(found) == [CureCode.CONTACT]


def test_a_live_slip_shows_its_numbers_and_can_be_checked() -> None:
    found = look(replace(YEARLY, standing=Standing.PENDING, paid_until=None, open_payment=SLIP))
    assert found.codes == (FindingCode.PENDING_SLIP,)
    evidence = found.findings[0].evidence
    assert evidence["number"] == "21234567890"
    assert evidence["confirmation"] == "123456"
    assert evidence["deadline"] == SLIP.expires_at
    assert evidence["amount"] == Money(6820)
    assert evidence["slip"] == "ready"
    assert cures(found) == ["cure.check_payment", "cure.open_slip", "cure.other_way"]


def test_a_slip_past_its_deadline_may_still_be_paid_news_is_slow() -> None:
    late = replace(SLIP, expires_at=NOW)
    found = look(replace(YEARLY, standing=Standing.PENDING, open_payment=late))
    assert found.findings[0].evidence["slip"] == "late"


def test_a_slip_without_a_number_is_gone_on_with_first() -> None:
    bare = replace(SLIP, slip_number="", expires_at=None)
    found = look(replace(YEARLY, standing=Standing.PENDING, open_payment=bare))
    assert found.findings[0].evidence["slip"] == "none"
    assert cures(found) == ["cure.open_slip", "cure.check_payment", "cure.other_way"]


def test_another_payment_under_way_can_be_gone_on_with() -> None:
    found = look(replace(MONTHLY, standing=Standing.PENDING, paid_until=None, open_payment=CARD))
    assert found.codes == (FindingCode.PENDING_PAYMENT,)
    assert cures(found) == ["cure.check_payment", "cure.continue_payment", "cure.other_way"]


@pytest.mark.parametrize(
    "payment",
    [replace(CARD, state=PaymentState.UNKNOWN), replace(CARD, automatic=True)],
    ids=["unknown", "a renewal, which has no page"],
)
def test_a_payment_without_a_page_is_only_asked_about(payment: OpenPayment) -> None:
    found = look(replace(MONTHLY, standing=Standing.PENDING, open_payment=payment))
    assert cures(found) == ["cure.check_payment"]


def test_never_paid_says_why_the_last_try_failed() -> None:
    failed = replace(
        MONTHLY,
        standing=Standing.PENDING,
        paid_until=None,
        refusal=Failure("card_declined", NOW - DAY),
    )
    found = look(failed)
    assert found.codes == (FindingCode.NEVER_PAID,)
    assert found.findings[0].evidence["failure"] == "card_declined"
    assert found.findings[0].evidence["failed"] == date(2026, 11, 21)
    assert cures(found) == [CureCode.PAY]


def test_a_monthly_course_that_stopped_says_when_and_why() -> None:
    found = look(
        replace(
            MONTHLY,
            state=SubscriptionState.PAST_DUE,
            refusal=Failure("limit_exceeded", NOW),
            next_charge=NextCharge(NOW + DAY, Money(550)),
        )
    )
    assert found.codes == (FindingCode.LAPSED_MONTHLY,)
    evidence = found.findings[0].evidence
    assert evidence["last_day"] == date(2026, 10, 31)
    assert evidence["failure"] == "limit_exceeded"
    assert (evidence["retry"], evidence["next_try"]) == ("yes", date(2026, 11, 23))
    assert cures(found) == [CureCode.PAY]


def test_a_break_whose_first_charge_failed_is_a_lapse() -> None:
    over = replace(MONTHLY, paused_until=NOW - DAY)
    for membership in (over, replace(over, state=SubscriptionState.PAST_DUE)):
        found = look(membership)
        assert found.codes == (FindingCode.LAPSED_MONTHLY,)
        assert cures(found) == [CureCode.PAY]


def test_a_break_that_runs_says_until_when_and_what_an_early_return_came_to() -> None:
    found = look(replace(MONTHLY, paused_until=END_OF_DECEMBER, refusal=REFUSED))
    assert found.codes == (FindingCode.PAUSED,)
    evidence = found.findings[0].evidence
    assert (evidence["until"], evidence["failure"]) == (date(2026, 12, 31), "card_declined")
    assert cures(found) == [CureCode.RESUME]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "renewal_failed"),
        ({"leaving_at": END_OF_OCTOBER}, "left"),
        ({"mandate": "ended"}, "mandate_ended"),
    ],
)
def test_an_end_that_the_worker_has_not_recorded_yet_has_its_reason(
    change: Change, reason: str
) -> None:
    assert look(replace(MONTHLY, **change)).findings[0].evidence["reason"] == reason


def test_a_carrier_that_ended_the_contract_is_the_reason() -> None:
    found = look(replace(MONTHLY, end_reason=EndReason.MANDATE_ENDED))
    assert found.findings[0].evidence["reason"] == "mandate_ended"


def test_a_lump_sum_that_ran_out() -> None:
    found = look(YEARLY)
    assert found.codes == (FindingCode.EXPIRED_LUMP_SUM,)
    assert found.findings[0].evidence["last_day"] == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("membership", "cause"),
    [(MONTHLY, FindingCode.LAPSED_MONTHLY), (YEARLY, FindingCode.EXPIRED_LUMP_SUM)],
)
def test_dormant_comes_after_its_cause_and_says_until_when(
    membership: MembershipEvidence, cause: FindingCode
) -> None:
    dormant = replace(membership, standing=Standing.DORMANT, dormant_until=END_OF_DECEMBER)
    found = look(dormant)
    assert found.codes == (cause, FindingCode.DORMANT)
    assert found.findings[0].evidence["until"] == date(2026, 12, 31)
    assert found.findings[1].evidence["until"] == date(2026, 12, 31)
    assert cures(found) == [CureCode.RENEW]


def test_withdrawn_keeps_its_number_until_a_day() -> None:
    left = replace(
        MONTHLY,
        standing=Standing.WITHDRAWN,
        end_reason=EndReason.LEFT,
        withdrawn_at=END_OF_OCTOBER,
        rejoin_until=NOW + DAY,
    )
    found = look(left)
    assert found.codes == (FindingCode.WITHDRAWN,)
    evidence = found.findings[0].evidence
    assert (evidence["reason"], evidence["keeps"]) == ("left", "yes")
    assert (evidence["until"], evidence["withdrawn"]) == (NOW + DAY, date(2026, 10, 31))
    assert cures(found) == [CureCode.REJOIN]


def test_withdrawn_too_long_ago_keeps_nothing() -> None:
    gone = replace(MONTHLY, standing=Standing.WITHDRAWN, rejoin_until=NOW)
    assert look(gone).findings[0].evidence["keeps"] == "no"


def test_a_member_of_another_site_is_sent_there_first() -> None:
    others = (OtherMembership("mail", (window(NOW - DAY, NOW + DAY),)),)
    found = look(None, others=others)
    assert found.codes == (FindingCode.OTHER_SITE,)
    assert [(c.code, c.site_key) for c in found.findings[0].cures] == [
        (CureCode.GO_TO_SITE, "mail"),
        (CureCode.JOIN, "official"),
    ]


def test_another_site_is_also_named_beside_a_lapse_here() -> None:
    found = look(MONTHLY, others=(OtherMembership("mail", (window(NOW - DAY, NOW + DAY),)),))
    assert found.codes == (FindingCode.LAPSED_MONTHLY, FindingCode.OTHER_SITE)


def test_grace_is_not_promised_before_it_begins() -> None:
    paid = window(NOW - DAY, NOW + DAY)
    grace = Window(NOW + DAY, NOW + 4 * DAY, WindowKind.GRACE, ("grant:1",))
    goes_on = replace(MONTHLY, next_charge=NextCharge(NOW + DAY, Money(550)))
    before = look(goes_on, windows=(paid, grace)).findings[0]
    assert before.evidence == {"until": NOW + DAY, "goes_on": "yes"}
    # Within the grace the charge is tried again, but nothing is paid to that day.
    late = replace(STRANGER, now=NOW + 2 * DAY, windows=(paid, grace))
    late = replace(late, membership=goes_on)
    assert diagnose(late).findings[0].evidence["goes_on"] == "no"
    within = diagnose(replace(STRANGER, now=NOW + 2 * DAY, windows=(paid, grace))).findings[0]
    assert within.evidence["until"] == NOW + 4 * DAY


def test_a_membership_elsewhere_that_is_closed_is_not_named() -> None:
    closed = (OtherMembership("mail", (window(NOW - 2 * DAY, NOW),)),)
    assert look(None, others=closed).codes == (FindingCode.NO_MEMBERSHIP,)


def test_no_membership_at_all() -> None:
    found = look()
    assert found.codes == (FindingCode.NO_MEMBERSHIP,)
    assert cures(found) == [CureCode.JOIN]


def test_no_second_payment_is_offered_while_one_is_under_way() -> None:
    found = look(replace(MONTHLY, standing=Standing.DORMANT, open_payment=CARD))
    assert found.codes[0] == FindingCode.PENDING_PAYMENT
    later = {cure.code for finding in found.findings[1:] for cure in finding.cures}
    assert not later


instants = st.integers(-400, 400).map(lambda days: NOW + days * DAY)
maybe_instants = st.none() | instants
spans = st.builds(
    lambda starts_at, days, kind: Window(starts_at, starts_at + days * DAY, kind, ("grant:1",)),
    instants,
    st.integers(1, 90),
    st.sampled_from(WindowKind),
)
payments = st.builds(
    OpenPayment,
    payment_id=st.just("p"),
    method=st.sampled_from(Method),
    state=st.sampled_from(sorted(OPEN_STATES)),
    amount=st.just(Money(550)),
    started_at=instants,
    expires_at=maybe_instants,
    slip_number=st.sampled_from(["", "21234567890"]),
    automatic=st.booleans(),
)
memberships = st.builds(
    MembershipEvidence,
    standing=st.sampled_from(Standing),
    renews=st.booleans(),
    method=st.sampled_from(Method),
    paid_until=maybe_instants,
    end_reason=st.none() | st.sampled_from(EndReason),
    state=st.sampled_from(SubscriptionState),
    paused_until=maybe_instants,
    next_charge=st.none() | st.builds(NextCharge, instants, st.just(Money(550))),
    leaving_at=maybe_instants,
    mandate=st.sampled_from(["ok", "ended", "missing"]),
    payable=st.booleans(),
    opens_at=maybe_instants,
    fixed=st.booleans(),
    refusal=st.none() | st.builds(Failure, st.sampled_from(["", "declined"]), instants),
    dormant_until=maybe_instants,
    withdrawn_at=maybe_instants,
    rejoin_until=maybe_instants,
    open_payment=st.none() | payments,
)
evidences = st.builds(
    Evidence,
    site_key=st.just("official"),
    now=st.just(NOW),
    disabled=st.booleans(),
    windows=st.lists(spans, max_size=3).map(tuple),
    membership=st.none() | memberships,
    others=st.lists(
        st.builds(OtherMembership, st.just("mail"), st.lists(spans, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
)


@given(evidences)
def test_everybody_gets_a_finding_with_a_way_out(evidence: Evidence) -> None:
    found = diagnose(evidence)
    assert found.findings
    assert found.findings[0].cures
    assert found.main.cures
    assert len(set(found.codes)) == len(found.codes)
    assert list(found.codes) == sorted(found.codes, key=list(FindingCode).index)


@given(evidences)
def test_entry_is_open_exactly_when_a_window_covers_now(evidence: Evidence) -> None:
    covered = any(NOW in each for each in evidence.windows)
    assert (open_until(evidence.windows, NOW) is not None) == covered
    assert diagnose(evidence).allowed == (covered and not evidence.disabled)
