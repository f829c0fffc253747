"""The sandbox's notices: `Sandbox-Signature: t=<unix time>,v1=<hex HMAC-SHA256>`.

The scheme of Stripe's: the code covers `<time>.<raw body>`, the time may be 300 s off.
"""

import hashlib
import hmac
from datetime import datetime

from kaiin.payments.providers.protocol import Notice, NoticeRefused, VerifiedNotice
from kaiin.payments.providers.sandbox import wire

HEADER = "sandbox-signature"
TOLERANCE_SECONDS = 300


def read(notice: Notice, *, secret: str, now: datetime) -> VerifiedNotice:
    """Prove a notice on its raw bytes, in constant time. Raises NoticeRefused."""
    stamp, codes = _signature(notice.headers.get(HEADER, ""))
    signed = f"{stamp}.".encode() + notice.body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    # Every code is compared, so that a second secret can be rolled in beside the first.
    matches = [hmac.compare_digest(expected.encode(), code.encode()) for code in codes]
    if not secret or not any(matches):
        raise NoticeRefused("signature")
    if abs(now.timestamp() - stamp) > TOLERANCE_SECONDS:
        raise NoticeRefused("age")
    return wire.notice(notice.body)


def _signature(header: str) -> tuple[int, list[str]]:
    stamp = 0
    codes = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            stamp = int(value)
        elif name == "v1":
            codes.append(value)
    return stamp, codes
