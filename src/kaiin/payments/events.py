"""What this context writes into the event log; `config/wiring.py` says to whom."""

# {"payment_id": str, "state": str}: a payment's state changed, or it was given numbers (a slip);
# read the payment for the truth.
PAYMENT_CHANGED = "payments.payment_changed"
# {"refund_id": str, "payment_id": str, "key": str, "state": str, "amount": int}: a refund was asked
# for, done or failed; one that began at the provider has the key "provider:…".
REFUND_CHANGED = "payments.refund_changed"
# {"mandate_id": int, "reason": str}: the right to charge is gone.
MANDATE_ENDED = "payments.mandate_ended"
