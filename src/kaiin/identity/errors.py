"""The errors that identity foresees; the words are in `locales/*/identity.ftl`."""

from collections.abc import Mapping

from kaiin.domain.errors import KaiinError


class MemberUnknown(KaiinError):
    """No member has that key."""

    code = "identity.unknown_member"


class MemberDisabled(KaiinError):
    """The account is closed by staff: no session may begin."""

    code = "identity.disabled"


class LoginOutdated(KaiinError):
    """The password changed between its verification and the session's start: log in again."""

    code = "identity.login_outdated"


class MailNotProven(KaiinError):
    """The mail address was not proven by a code, or too long ago, or another one was."""

    code = "identity.mail_not_proven"


class AlreadyRegistered(KaiinError):
    """The (proven) mail address belongs to an account already."""

    code = "identity.already_registered"


class TooManyMails(KaiinError):
    """So many codes were asked for that no more are sent for a while. `minutes` says how long."""

    code = "identity.too_many_mails"


class AskedTooFast(TooManyMails):
    """So many have asked from one network address that each waits a little. `seconds` says how
    long."""

    code = "identity.asked_too_fast"


class Crowded(KaiinError):
    """So many log in at this moment that nothing was tried: the same again in a few seconds."""

    code = "identity.crowded"


class SessionEnded(KaiinError):
    """The session is over: log in again."""

    code = "identity.session_ended"


class PasswordRefused(KaiinError):
    """A new password that will not do; `problems` are the codes."""

    code = "identity.password_refused"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__()
        self.problems = problems


class DetailsInvalid(KaiinError):
    """Details that will not do; `errors` has one code for each field at fault."""

    code = "identity.details_invalid"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = dict(errors)
