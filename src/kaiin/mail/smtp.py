"""The way out by SMTP: Django's, but for addresses of the old carrier forms.

Django takes the quotes off a local part such as `"nami..fan."` before it goes into the envelope,
where RFC 5321 demands them.
"""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from kaiin.domain.mail_addresses import wire_form
from kaiin.infra.locks import refuse_in_transaction


class SmtpBackend(EmailBackend):
    """Sends each mail with the envelope's recipients in the form that RFC 5321 allows."""

    def open(self) -> bool | None:
        """Connect, unless it is connected. Raises OutsideCallInTransaction."""
        refuse_in_transaction()
        return super().open()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Asked for by Django when it connects."""
        return _QuotingSSL if self.use_ssl else _Quoting


class _Quoting(smtplib.SMTP):
    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        return super().rcpt(wire_form(recip), options)


class _QuotingSSL(smtplib.SMTP_SSL):
    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        return super().rcpt(wire_form(recip), options)
