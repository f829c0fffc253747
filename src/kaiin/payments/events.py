"""What this context tells through the outbox; `config/wiring.py` says to whom."""

# {"payment_id": str, "state": str}: a payment's state changed, or it was given numbers (a slip);
# read the payment for the truth.
PAYMENT_CHANGED = "payments.payment_changed"
# {"mandate_id": int, "reason": str}: the right to charge is gone.
MANDATE_ENDED = "payments.mandate_ended"
