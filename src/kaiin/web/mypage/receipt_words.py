"""A receipt in words, the same on the page and on paper."""

from dataclasses import dataclass

from kaiin.billing.views.receipts import ReceiptView
from kaiin.domain.money import Money
from kaiin.domain.taxes import REDUCED_PERCENT, TaxedLine, TaxTotal
from kaiin.identity.queries import MemberView
from kaiin.infra.texts import format_date, localized, text
from kaiin.sites.queries import Seller
from kaiin.web.base.explanations import Fact
from kaiin.web.parts.words import reference_words, way_words

# What invoices put beside a line of the reduced rate.
_REDUCED_MARK = "※"


@dataclass(frozen=True)
class Line:
    """Something charged, or given back as a credit."""

    label: str
    rate: str
    amount: Money


@dataclass(frozen=True)
class Refunded:
    """Money that went back. `rates` is empty unless the receipt is a qualified invoice."""

    day: str
    amount: Money
    rates: tuple[TaxTotal, ...]


@dataclass(frozen=True)
class ReceiptWords:
    """Everything that is on a receipt. `rates` is empty unless it is a qualified invoice;
    `kept` is what is left after refunds, None without any; `void` says why the receipt is worth
    nothing any more."""

    title: str
    kind: str
    number: str
    issued: str
    addressee: str
    total: Money
    received: str
    void: str
    facts: tuple[Fact, ...]
    period: Fact
    numbers: tuple[Fact, ...]
    lines: tuple[Line, ...]
    rates: tuple[TaxTotal, ...]
    reduced: str
    refunds: tuple[Refunded, ...]
    kept: Money | None
    seller_name: str
    seller_address: str
    seller_phone: str
    registration: str


def receipt_words(receipt: ReceiptView, member: MemberView, seller: Seller) -> ReceiptWords:
    """A receipt in the current language; a qualified invoice (適格請求書) where the seller has a
    registration number, and then with what article 57-4 of the Consumption Tax Act asks for."""
    qualified = bool(seller.registration_number)
    reduced = qualified and any(line.percent == REDUCED_PERCENT for line in receipt.charged)
    return ReceiptWords(
        title=text("receipt.title"),
        kind=text("receipt.qualified") if qualified else "",
        number=receipt.number,
        issued=format_date(receipt.issued_at),
        addressee=text("receipt.to", name=member.legal_name or member.nickname or member.member_id),
        total=receipt.total,
        received=text("receipt.received"),
        void=text("receipt.void") if receipt.charged_back else "",
        facts=(
            Fact(text("receipt.paid"), format_date(receipt.paid_at)),
            Fact(text("receipt.way"), way_words(receipt.method)),
            Fact(text("receipt.site"), localized(receipt.site_name)),
            Fact(text("receipt.course"), localized(receipt.course_name)),
        ),
        period=_period(receipt),
        numbers=tuple(
            Fact(reference_words(each.kind), each.value, number=True) for each in receipt.references
        ),
        lines=tuple(_line(line, qualified=qualified) for line in receipt.charged),
        rates=receipt.taxes if qualified else (),
        reduced=text("receipt.reduced", mark=_REDUCED_MARK) if reduced else "",
        refunds=tuple(
            Refunded(format_date(each.refunded_at), each.amount, each.taxes if qualified else ())
            for each in receipt.refunds
        ),
        kept=receipt.kept if receipt.refunds else None,
        seller_name=localized(seller.name),
        seller_address=localized(seller.address),
        seller_phone=seller.phone,
        registration=seller.registration_number,
    )


def _period(receipt: ReceiptView) -> Fact:
    first, last = format_date(receipt.period_from), format_date(receipt.last_day)
    return Fact(text("receipt.period"), text("receipt.span", first=first, last=last))


def _line(line: TaxedLine, *, qualified: bool) -> Line:
    label = text(f"billing.line.{line.code}")
    if not qualified:
        return Line(label, "", line.amount)
    mark = _REDUCED_MARK if line.percent == REDUCED_PERCENT else ""
    return Line(f"{label}{mark}", f"{line.percent}%", line.amount)
