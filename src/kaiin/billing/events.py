"""What this context writes into the event log; `config/wiring.py` says to whom."""

# {"membership_id", "member_pk", "site_key"}: the windows of access are other ones now.
ACCESS_CHANGED = "billing.access_changed"
# {"membership_id", "member_pk", "site_key", "member_number"}: first paid, or joined anew.
MEMBERSHIP_STARTED = "billing.membership_started"
# {"membership_id", "member_pk", "site_key", "reason"}: lapsed into dormancy or withdrawn.
MEMBERSHIP_LAPSED = "billing.membership_lapsed"
MEMBERSHIP_WITHDRAWN = "billing.membership_withdrawn"
# {"mandate_id"}: no longer needed; payments gives it back to the carrier.
MANDATE_RELEASED = "billing.mandate_released"
# {"payment_id"}: an open payment that must not be paid any more; payments voids it.
PAYMENT_SUPERSEDED = "billing.payment_superseded"
# {"payment_id", "membership_id"}: money that buys nothing; staff decide.
PAYMENT_PARKED = "billing.payment_parked"
# {"payment_id", "key", "amount", "currency", "reason", "actor"}: it goes back; payments pays it.
REFUND_WANTED = "billing.refund_wanted"
# {"refund_case", "membership_id"}: the provider refused; staff try again.
REFUND_FAILED = "billing.refund_failed"
# {"payment_id", "membership_id"}: the member's bank asks for the money back; staff answer.
PAYMENT_DISPUTED = "billing.payment_disputed"
