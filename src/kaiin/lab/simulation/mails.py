"""Where the mails of a run go: nowhere. In hostile runs some are not taken, and sent again."""

from collections.abc import Sequence
from smtplib import SMTPServerDisconnected

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kaiin.infra import randomness


class Postbox(BaseEmailBackend):
    """Takes every mail, or all but one in so many."""

    fails_one_in = 0

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises SMTPServerDisconnected now and then."""
        if self.fails_one_in and not randomness.below(self.fails_one_in):
            raise SMTPServerDisconnected
        return len(email_messages)
