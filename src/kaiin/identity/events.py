"""What identity writes into the event log."""

# {"member_pk": int}; key: the member's pk.
MEMBER_REGISTERED = "identity.member_registered"
# {"member_pk": int}; key: a digest of the code's id, so that one reset is published once.
PASSWORD_CHANGED = "identity.password_changed"  # noqa: S105
# {}; its consumer does nothing: it costs what queuing a mail costs where no mail may be sent.
NOTHING_SENT = "identity.nothing_sent"
