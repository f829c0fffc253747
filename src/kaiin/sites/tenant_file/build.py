"""A document that passed every check, made into values; defaults are those of the schema."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.documents import DocumentKind
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRule, TermRuleSpec, midnight
from kaiin.domain.previews import LateRenewal
from kaiin.sites.tenant_file.document import Document
from kaiin.sites.tenant_file.schema import schema
from kaiin.sites.tenant_file.values import (
    CourseSpec,
    DocumentSpec,
    EnvironmentSpec,
    IdentitySpec,
    IdForm,
    Path,
    SellerSpec,
    SenderSpec,
    SiteSpec,
    SupportSpec,
    TenantFile,
    Texts,
)

Raw = Mapping[str, Any]


def tenant_file(name: str, document: Document) -> TenantFile:
    """The values of a valid document; `name` is the file's, for messages."""
    return _Builder(document).file(name)


class _Builder:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = cast(Raw, document.root)
        self._languages: tuple[str, ...] = tuple(self._root["identity"]["languages"])

    def file(self, name: str) -> TenantFile:
        root = self._root
        return TenantFile(
            name=name,
            identity=self._identity(root["identity"]),
            support=self._support(root["support"]),
            seller=self._seller(root["seller"]),
            ways_to_pay={Method(way): served for way, served in root["ways_to_pay"].items()},
            refund_second_payments=_of_root(root, "refund_second_payments"),
            renewal_reminder_days=tuple(_of_root(root, "renewal_reminder_days")),
            documents=tuple(
                self._document_of(kind, root["documents"][kind])
                for kind in DocumentKind
                if kind in root.get("documents", {})
            ),
            environments=self._environments(root),
            in_app_note=self._text(root, "in_app_note"),
            sites=tuple(
                self._site(site, ("sites", index)) for index, site in enumerate(root["sites"])
            ),
        )

    def _identity(self, raw: Raw) -> IdentitySpec:
        member_id = raw["member_id"]
        return IdentitySpec(
            name=self._text(raw, "name"),
            formerly=raw.get("formerly", ""),
            host=raw["host"],
            former_hosts=tuple(raw.get("former_hosts", ())),
            languages=self._languages,
            default_language=raw["default_language"],
            member_id=IdForm(member_id["prefix"], member_id["digits"]),
            legacy_member_ids=tuple(
                IdForm(form["prefix"], form["digits"]) for form in member_id.get("legacy", ())
            ),
            details={
                detail: raw["details"][detail]
                for detail in _properties("identity", "details")
                if detail in raw["details"]
            },
            consent_age=_or_default(raw, "consent_age", "identity"),
            sender=SenderSpec(raw["sender"]["name"], raw["sender"]["address"]),
        )

    def _support(self, raw: Raw) -> SupportSpec:
        return SupportSpec(
            email=raw["email"],
            url=raw.get("url", ""),
            phone=raw.get("phone", ""),
            hours=self._text(raw, "hours"),
        )

    def _seller(self, raw: Raw) -> SellerSpec:
        return SellerSpec(
            name=self._text(raw, "name"),
            representative=self._text(raw, "representative"),
            address=self._text(raw, "address"),
            phone=raw["phone"],
            registration_number=raw.get("registration_number", ""),
        )

    def _document_of(self, kind: DocumentKind, raw: Raw) -> DocumentSpec:
        return DocumentSpec(
            kind=kind,
            version=raw["version"],
            starts_at=midnight(date.fromisoformat(raw["from"])),
            asks_members=_or_default(raw, "ask_members", "document"),
            texts=self._text(raw, "text"),
            url=raw.get("url", ""),
        )

    def _site(self, raw: Raw, path: Path) -> SiteSpec:
        sender = raw.get("sender", {})
        number = raw.get("member_number", {})
        return SiteSpec(
            key=raw["key"],
            name=self._text(raw, "name"),
            host=raw["host"],
            former_hosts=tuple(raw.get("former_hosts", ())),
            colour=raw["colour"].lower(),
            tagline=self._text(raw, "tagline"),
            description=self._text(raw, "description"),
            what_you_get=tuple(self._words(text) for text in raw["what_you_get"]),
            members_title=self._text(raw["members_page"], "title"),
            members_body=self._text(raw["members_page"], "body"),
            sender=SenderSpec(sender.get("name", ""), sender.get("address", "")),
            member_number_digits=_or_default(number, "digits", "site", "member_number"),
            member_number_start=_or_default(number, "start", "site", "member_number"),
            rejoin_days=_or_default(raw, "rejoin_days", "site"),
            environments=self._environments(raw),
            in_app_note=self._text(raw, "in_app_note"),
            courses=tuple(
                self._course(course, (*path, "courses", index))
                for index, course in enumerate(raw["courses"])
            ),
            at=self._document.at(path),
        )

    def _course(self, raw: Raw, path: Path) -> CourseSpec:
        renews = raw["renewal"] != "lump_sum"
        monthly = raw["renewal"] == "monthly"
        dunning = raw.get("dunning", {})
        retry = _or_default(dunning, "retry_days", "course", "dunning") if renews else ()
        grace = _or_default(dunning, "grace_days", "course", "dunning") if renews else 0
        term = _term(raw["term"])
        opens = _or_default(raw, "renewal_opens_months", "course")
        terms = CourseTerms(
            price=raw["price"],
            currency="JPY",
            renews=renews,
            term=term,
            term_by_method={
                Method(way): _term(term) for way, term in raw.get("term_by_method", {}).items()
            },
            ways=tuple(Method(way) for way in raw["ways"]),
            fees={Method(way): fee for way, fee in raw.get("fees", {}).items()},
            slip_days=_or_default(raw, "slip_days", "course"),
            dunning=DunningPolicy(
                retry_days=tuple(retry),
                grace_days=grace,
                dormant_months=_or_default(dunning, "dormant_months", "course", "dunning"),
            ),
            renewal_opens_months=0 if monthly else min(opens, term.months),
            late_renewal=LateRenewal(
                LateRenewal.FROM_PAYMENT if renews else _or_default(raw, "late_renewal", "course")
            ),
            charge_day=ChargeDay(_or_default(raw, "charge_day", "course")),
            lock_day=raw.get("lock_day"),
            pause_periods=_or_default(raw, "pause_periods", "course"),
            leave_at_once=_or_default(raw, "leave_at_once", "course"),
            tax_percent=_or_default(raw, "tax_percent", "course"),
        )
        return CourseSpec(
            key=raw["key"],
            name=self._text(raw, "name"),
            summary=self._text(raw, "summary"),
            offered=raw.get("offered", True),
            terms=terms,
            at=self._document.at(path),
        )

    def _environments(self, raw: Raw) -> tuple[EnvironmentSpec, ...]:
        return tuple(
            EnvironmentSpec(self._text(each, "device"), self._text(each, "browser"))
            for each in raw.get("environments", ())
        )

    def _text(self, raw: Raw, field: str) -> Texts:
        return self._words(raw[field]) if field in raw else {}

    def _words(self, value: str | Texts) -> Texts:
        texts = {self._languages[0]: value} if isinstance(value, str) else value
        return {language: texts[language].strip() for language in self._languages}


def _term(raw: Raw) -> TermRuleSpec:
    return TermRuleSpec(
        kind=TermRule(raw["rule"]),
        months=_or_default(raw, "months", "term"),
        joining_month_free=_or_default(raw, "joining_month_free", "term"),
    )


def _of_root(root: Raw, field: str) -> Any:
    return root.get(field, schema()["properties"][field]["default"])


def _properties(name: str, *inner: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = schema()["$defs"][name]["properties"]
    for step in inner:
        properties = properties[step]["properties"]
    return properties


def _or_default(raw: Raw, field: str, name: str, *inner: str) -> Any:
    return raw[field] if field in raw else _properties(name, *inner)[field]["default"]
