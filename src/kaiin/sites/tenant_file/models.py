"""The tenant file as typed models: its fields, what they mean, their bounds and defaults.

The JSON schema for editors is made of them (`python -m scripts.tenant_schema`). What several parts
must agree on is in `rules`. pydantic takes a quarter of a second to import: import this module only
where a file is read.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.documents import DocumentKind, content_digest
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRule, TermRuleSpec, midnight
from kaiin.domain.previews import LateRenewal
from kaiin.sites.tenant_file.fields import (
    ITSELF,
    NOT_EMPTY,
    ONCE,
    RISING,
    Colour,
    Day,
    Email,
    Host,
    Hosts,
    Key,
    Language,
    Line,
    Phone,
    Provider,
    Text,
    Url,
    Yen,
    between,
    write,
    wrong,
)

Detail = Literal["nickname", "legal_name", "legal_name_kana", "birth_date", "prefecture", "phone"]
Asked = Literal["required", "optional"]


def _in_order(details: Mapping[Detail, Asked]) -> Mapping[Detail, Asked]:
    return {each: details[each] for each in get_args(Detail) if each in details}


class Part(BaseModel):
    """A mapping of the file; other keys than its fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class IdForm(Part, json_schema_extra={"x-write": "a form such as {prefix: E, digits: 8}"}):
    prefix: Annotated[str, write("one letter from A to Z, such as E", pattern="^[A-Z]$")]
    """One letter from A to Z."""
    digits: Annotated[int, between(6, 12, "a length from 6 to 12, such as 9")]
    """How many digits follow the letter."""


class MemberId(IdForm):
    """The form of new member IDs: one letter and digits, of which the last is a check digit."""

    legacy: Annotated[tuple[IdForm, ...], write("a list such as [{prefix: E, digits: 8}]")] = ()
    """Forms without a check digit that imported members keep."""


class Sender(Part):
    """Whose name and address mails carry. The address's domain is what people must allow in their
    mail filter."""

    name: Line
    address: Email


class SiteSender(Part):
    """Whose name and address this site's mails carry, where it is not the site's name and the
    identity's address."""

    name: Line = ""
    address: Email = ""


class Environment(Part):
    """A recommended device and browser."""

    device: Text
    browser: Text


class Identity(Part):
    """The member ID that all sites share, and the host where people log in and manage it."""

    name: Text
    """What the shared identity is called, such as Plus member ID."""
    formerly: Line = ""
    """The name that it had before, for people who look for that."""
    host: Host
    """Where people log in: a label that joins the installation's base domain (id), or a full host
    name (id.example.jp)."""
    former_hosts: Hosts = ()
    """Hosts given up, whose links must keep working."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1), ONCE]
    """The languages of the pages and mails, the first one first. Every text needs each of them."""
    default_language: Language
    """For people whose browser asks for none of the languages."""
    member_id: MemberId
    details: Annotated[
        Mapping[Detail, Asked],
        write("details and whether each is required, such as nickname: required"),
        AfterValidator(_in_order),
    ]
    """What people are asked for when they join, and whether they must answer. What is not named
    here is not asked."""
    consent_age: Annotated[int, between(0, 30)] = 18
    """People younger than this many years are asked for their guardian's consent."""
    sender: Sender


_SUPPORT = "email: and, if you have them, url:, phone: and hours:"


class Support(Part, json_schema_extra={"x-write": _SUPPORT}):
    """Where members ask for help."""

    email: Email
    url: Url = ""
    """A contact form or help pages."""
    phone: Phone = ""
    hours: Text = {}
    """When it is answered."""


class Seller(Part):
    """The legal notice that Japanese law asks of sellers to consumers (特定商取引法に基づく表記);
    receipts carry it too."""

    name: Text
    """The company's registered name."""
    representative: Text = {}
    """Who is responsible for sales."""
    address: Text
    phone: Phone
    registration_number: Annotated[
        str, write("T and 13 digits, such as T1234567890123", pattern="^T[0-9]{13}$")
    ] = ""
    """The number of a qualified invoice issuer (適格請求書発行事業者); receipts with it are
    qualified invoices."""


class DocumentSpec(Part, json_schema_extra={"x-write": "version:, from: and text:"}):
    """A version of a document. What it says never changes once it was applied: another text is
    another version."""

    version: Annotated[int, between(1, 9999, "a whole number, one more than the version before")]
    """Counts up with every change of the text or address."""
    from_day: Annotated[Day, Field(alias="from")]
    """The day in Japan from whose beginning the version applies."""
    ask_members: bool = False
    """true: who is a member already is asked to agree at the next login; who does not is let in all
    the same. false: only who joins or buys anew, and never agreed before, is asked."""
    text: Text = {}
    """The text itself: plain, or Markdown with headings, lists, emphasis and links."""
    url: Url = ""
    """Or the address of the text. Only the address is kept then."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.text and self.url:
            message = "a text and an address: members could not know which of them applies"
            raise wrong(message, "only one of the two", "url")
        if not self.text and not self.url:
            raise wrong("it says nothing", "text: …, or url: with its address", ITSELF)
        return self

    @property
    def starts_at(self) -> datetime:
        """From when it applies."""
        return midnight(date.fromisoformat(self.from_day))

    @property
    def digest(self) -> str:
        """The fingerprint of what it says."""
        return content_digest(self.text, self.url)


class Term(Part, json_schema_extra={"x-write": "a rule, such as {rule: calendar_month}"}):
    """How a paid period ends."""

    rule: TermRule
    """calendar_month: ends with the month, on any day of joining. anniversary: months on from the
    day of joining. through_month_end: with the last day of the last month, counting the month of
    joining."""
    months: Annotated[int, between(1, 60)] = 1
    """How many months one payment pays for."""
    joining_month_free: bool = False
    """Only with through_month_end: the count begins with the month after joining (joined in
    January: through 31 January of the next year)."""

    @property
    def spec(self) -> TermRuleSpec:
        """As the domain has it."""
        return TermRuleSpec(self.rule, self.months, self.joining_month_free)


class Dunning(Part):
    """What happens when a renewal fails, or a lump sum is not renewed."""

    retry_days: Annotated[
        tuple[Annotated[int, between(1, 60)], ...], Field(max_length=10), ONCE, RISING
    ] = (3, 7)
    """On which days after the end of the paid period a failed charge is tried again, rising. Not
    with lump_sum."""
    grace_days: Annotated[int, between(0, 60)] = 3
    """How many days after the end of the paid period members still get in while a failed charge is
    tried again. Not with lump_sum."""
    dormant_months: Annotated[int, between(0, 24)] = 1
    """How many months after that My page still offers to renew, before the membership is
    withdrawn."""


class CourseSpec(Part):
    """All that a member agrees to (all but name, summary and offered) makes a new version when it
    changes; running subscriptions keep theirs."""

    key: Key
    """The course's name in addresses and in this file. It never changes."""
    name: Text
    summary: Text = {}
    """One or two sentences that help to choose."""
    offered: bool = True
    """false takes the course out of the shop; running subscriptions go on."""
    price: Yen
    """What one period costs, in whole yen, tax included."""
    renewal: Literal["monthly", "lump_sum", "automatic"]
    """monthly: charged again each month until the member leaves. lump_sum: paid once for the whole
    term; the member renews. automatic: paid once for the whole term, and charged again at its end
    where the way to pay can be; who paid with a slip renews."""
    term: Term
    term_by_method: Annotated[
        Mapping[Method, Term],
        write("a way and its term, such as softbank: {rule: anniversary}", min_length=1),
    ] = {}
    """Where a way to pay ends its periods otherwise: SoftBank bills from the day of joining, docomo
    and au by calendar month."""
    ways: Annotated[tuple[Method, ...], Field(min_length=1), ONCE]
    """The ways to pay for this course, in the order in which they are shown."""
    fees: Annotated[
        Mapping[Method, Yen], write("a way and its fee, such as konbini: 220", min_length=1)
    ] = {}
    """What a way to pay adds to each payment, in whole yen."""
    slip_days: Annotated[int, between(1, 60)] = 7
    """How many days a convenience-store slip can be paid."""
    dunning: Dunning = Dunning()
    renewal_opens_months: Annotated[int, between(0, 12)] = 3
    """How many months before the month of its expiry a lump sum can be renewed; the whole term if
    that is shorter."""
    late_renewal: LateRenewal = LateRenewal.FROM_OLD_END
    """From when a lump sum counts that is renewed after its end, while My page still offers to.
    from_old_end: from the day after the old period, as if it had been paid in time. from_payment:
    from the day of the payment. Only with lump_sum."""
    charge_day: ChargeDay = ChargeDay.PERIOD_END
    """When a renewal is charged. period_end: as the paid period ends. last_business_day: on the
    last day of that month on which banks work."""
    lock_day: Annotated[
        int | None, NOT_EMPTY, between(1, 28, "a day of the month from 1 to 28, such as 20")
    ] = None
    """From the day after, in the month in which the paid period ends, the coming renewal is fixed:
    changes wait, and who leaves does so after it. Default: never."""
    pause_periods: Annotated[int, between(0, 12)] = 0
    """How many periods members may pause at most, without paying and without entering. Not with
    lump_sum."""
    leave_at_once: bool = False
    """true lets members leave at once and pays the unused days back; staff always may."""
    tax_percent: Annotated[int, between(0, 30)] = 10
    """The consumption tax that the price contains, in percent."""

    @property
    def terms(self) -> CourseTerms:
        """What a member agrees to: the fields of the same names, and what follows from several."""
        renews = self.renewal != "lump_sum"
        waits: dict[str, Any] = {} if renews else {"retry_days": (), "grace_days": 0}
        early = min(self.renewal_opens_months, self.term.months)
        derived: dict[str, Any] = {
            "currency": "JPY",
            "renews": renews,
            "term": self.term.spec,
            "term_by_method": {way: term.spec for way, term in self.term_by_method.items()},
            "dunning": DunningPolicy(**{**dict(self.dunning), **waits}),
            "renewal_opens_months": 0 if self.renewal == "monthly" else early,
            "late_renewal": LateRenewal.FROM_PAYMENT if renews else self.late_renewal,
        }
        names = {each.name for each in fields(CourseTerms)} - derived.keys()
        return CourseTerms(**derived, **{name: getattr(self, name) for name in names})


class MembersPage(Part):
    """The message on the members-only page."""

    title: Text
    body: Text
    """Paragraphs, with an empty line between two."""


class MemberNumber(Part):
    """The number that each member gets at this site, in the order of first payment."""

    digits: Annotated[int, between(4, 12, "a length from 4 to 12")] = 8
    """Shown with zeros in front, this many digits long."""
    start: Annotated[int, between(1, 10**9, "a whole number from 1")] = 1
    """The first number given."""


class SiteSpec(Part):
    """A site that members enter."""

    key: Key
    """The site's name in addresses and in this file. It never changes."""
    name: Text
    host: Host
    """A label that joins the installation's base domain (official), or a full host name
    (fans.example.jp)."""
    former_hosts: Hosts = ()
    """Hosts given up, whose links must keep working."""
    colour: Colour
    """The brand's colour. Pages darken it where text needs contrast."""
    tagline: Text
    """One sentence under the name."""
    description: Text = {}
    """A paragraph for people who do not know the site."""
    what_you_get: Annotated[tuple[Text, ...], write("a list of texts, a line each", min_length=1)]
    """What membership gives, a line each, in the order in which it is shown."""
    members_page: MembersPage
    sender: SiteSender = SiteSender()
    member_number: MemberNumber = MemberNumber()
    rejoin_days: Annotated[int, between(0, 3650)] = 30
    """A member who rejoins within this many days of withdrawing keeps the join date and the member
    number."""
    environments: tuple[Environment, ...] = ()
    """Where they differ from the tenant's."""
    in_app_note: Text = {}
    """Where it differs from the tenant's."""
    courses: Annotated[
        tuple[CourseSpec, ...],
        write("at least one course, each beginning with - key:", min_length=1),
    ]
    """What people buy here, in the order in which it is shown."""


class TenantFile(Part, title="Kaiin tenant file"):
    """Declares a tenant: its shared identity, its sites, their courses and the ways to pay.
    `kaiin apply FILE --plan` shows what it would change."""

    identity: Identity
    support: Support
    seller: Seller
    ways_to_pay: Annotated[
        Mapping[Method, Provider],
        write("at least one way and its provider, such as card: sandbox", min_length=1),
    ]
    """The ways to pay that the tenant has a contract for, each with the provider that serves it.
    softbank serves SoftBank and Y!mobile."""
    refund_second_payments: bool = True
    """A second payment for one period is sent back by itself where its way to pay allows it.
    Otherwise, and with false, it waits for staff under Refunds."""
    renewal_reminder_days: Annotated[tuple[Annotated[int, between(1, 180)], ...], ONCE] = (30, 7)
    """So many days before the last day on which an automatic renewal of more than a month can be
    stopped, members are reminded of it by mail. An empty list sends none."""
    documents: Annotated[
        Mapping[DocumentKind, DocumentSpec], write("terms: and privacy:", min_length=1)
    ] = {}
    """Terms of use and privacy policy: linked from every page and agreed to while joining. The file
    has the newest version of each; earlier ones are kept and stay readable."""
    environments: tuple[Environment, ...] = ()
    """The devices and browsers that the tenant recommends."""
    in_app_note: Text = {}
    """Shown to people who open a page in the browser inside LINE, X, Instagram and the like, where
    logins get lost."""
    sites: Annotated[
        tuple[SiteSpec, ...], write("at least one site, each beginning with - key:", min_length=1)
    ]
    """The sites that members enter, in the order in which they are shown."""


class _Schema(GenerateJsonSchema):
    """Without titles, empty defaults, and null, which is never written."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def function_after_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().function_after_schema(schema)
        unique = schema["function"]["function"] is ONCE.func
        return {**found, "uniqueItems": True} if unique else found

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().default_schema(schema)
        empty = found.get("default") in (None, "", {}, [])
        return {name: each for name, each in found.items() if name != "default" or not empty}


@cache
def schema() -> Mapping[str, Any]:
    """The JSON schema of the file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://kaiin.example/schemas/tenant.json",
        **TenantFile.model_json_schema(schema_generator=_Schema),
    }
