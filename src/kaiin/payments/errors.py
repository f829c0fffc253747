"""What can go wrong with a payment, by stable code."""

from kaiin.domain.errors import KaiinError


class PaymentError(KaiinError):
    """Any error of this context."""

    code = "payments.error"


class NoSuchPayment(PaymentError):
    """There is no payment or mandate of this id."""

    code = "payments.no_such_payment"


class NoSuchProvider(PaymentError):
    """No provider of this name is installed."""

    code = "payments.no_such_provider"


class IntentConflict(PaymentError):
    """The same intent key was used before for another sum, method or member."""

    code = "payments.intent_conflict"


class MandateEnded(PaymentError):
    """The right to charge is gone: the member must agree anew."""

    code = "payments.mandate_ended"


class ProviderUnavailable(PaymentError):
    """The provider can't be reached and surely did nothing. The same call may be made again."""

    code = "payments.provider_unavailable"


class ImpossibleAnswer(PaymentError):
    """A provider's answer contradicts what is known: nothing of it is believed."""

    code = "payments.impossible_answer"


class MandateKnown(PaymentError):
    """A card or contract can't be taken over: it is here already."""

    code = "payments.mandate_known"


class ReferenceUnreadable(PaymentError):
    """A number of an imported card or contract does not have the form of its kind."""

    code = "payments.reference_unreadable"


class MethodUnavailable(PaymentError):
    """The tenant does not offer this way to pay."""

    code = "payments.method_unavailable"


class TooManyErrors(PaymentError):
    """Four payments of this member were declined within 24 hours: `until` (an instant) nothing
    more may be tried."""

    code = "payments.too_many_errors"
