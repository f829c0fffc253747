"""Cards and contracts that a club made elsewhere, at the same provider."""

from collections.abc import Sequence
from dataclasses import dataclass

from kaiin.domain.payments import Method
from kaiin.domain.references import ReferenceKind, canonical
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction
from kaiin.payments.errors import MandateKnown, MethodUnavailable, ReferenceUnreadable
from kaiin.payments.models import Mandate, PaymentReference
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class ForeignMandate:
    """The right to charge as its provider knows it. `brand` and `last4` are a card's, else empty;
    `references` are the numbers that a member finds on a bill, in any writing."""

    provider_mandate_id: str
    brand: str = ""
    last4: str = ""
    references: Sequence[tuple[ReferenceKind, str]] = ()


def import_mandate(*, member_ref: int, method: Method, mandate: ForeignMandate, actor: str) -> int:
    """Take over a card or contract; returns the mandate's id. The provider is not asked.

    Raises MethodUnavailable (the tenant does not offer it, or it can't renew), MandateKnown,
    ReferenceUnreadable (a number that is not of its kind).
    """
    provider = sites.tenant().ways_to_pay.get(method)
    if provider is None or not method.can_renew:
        raise MethodUnavailable(method=method.value)
    with transaction():
        row, created = Mandate.objects.get_or_create(
            provider=provider,
            provider_mandate_id=mandate.provider_mandate_id,
            defaults={
                "member_ref": member_ref,
                "method": method.value,
                "brand": mandate.brand,
                "last4": mandate.last4,
                "created_at": clock.now(),
            },
        )
        if not created:
            raise MandateKnown(mandate=row.pk)
        PaymentReference.objects.bulk_create(
            PaymentReference(kind=kind.value, value=value, mandate=row)
            for kind, value in sorted({_read(*each) for each in mandate.references})
        )
        audit.record(
            action="payments.mandate_imported",
            subject=f"member:{member_ref}",
            actor=actor,
            details={"mandate": row.pk, "method": method.value},
        )
    return row.pk


def _read(kind: ReferenceKind, text: str) -> tuple[ReferenceKind, str]:
    value = canonical(kind, text)
    if value is None:
        raise ReferenceUnreadable(kind=kind.value, number=text)
    return kind, value
