"""What the pages of joining take."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from kaiin.domain.identifiers.reading import TypedKind, identify
from kaiin.identity import operations as identity
from kaiin.identity.choices import PREFECTURES
from kaiin.identity.errors import DetailsInvalid
from kaiin.infra.texts import text
from kaiin.sites.queries import DocumentView, TenantView
from kaiin.web.base import consents
from kaiin.web.parts.forms import (
    BirthDateField,
    CodeInput,
    KaiinForm,
    MailInput,
    PasswordField,
    asked_for,
    field_text,
)

_AUTOCOMPLETE = {"nickname": "nickname", "legal_name": "name", "phone": "tel"}


class CodeForm(KaiinForm):
    """The code from the mail, or the mail itself, pasted."""

    code = forms.CharField(label=field_text("join.code_label"), max_length=4096, widget=CodeInput)


class ConfirmForm(KaiinForm):
    """The last look. What was shown is sent along, so that nothing else is charged."""

    course = forms.CharField(widget=forms.HiddenInput, required=False)
    way = forms.CharField(widget=forms.HiddenInput, required=False)
    total = forms.CharField(widget=forms.HiddenInput, required=False)
    documents = forms.CharField(widget=forms.HiddenInput, required=False)
    guardian = forms.BooleanField(label=field_text("join.guardian_label"))

    def __init__(
        self, *args: Any, minor: bool, asked: Sequence[DocumentView], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not minor:
            del self.fields["guardian"]
        if asked:
            label = text("documents.agree_to", documents=consents.titles(asked))
            self.add_field("agree", forms.BooleanField(label=label))


class DetailsForm(KaiinForm):
    """Mail, password and what else the tenant asks for; rules are identity's."""

    email = forms.CharField(
        label=field_text("join.email"),
        help_text=field_text("join.email_hint"),
        max_length=320,
        widget=MailInput,
    )
    password = PasswordField(
        label=field_text("join.password"),
        help_text=field_text("join.password_hint"),
        new=True,
        max_length=None,
    )

    def __init__(self, *args: Any, tenant: TenantView, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = tenant.details
        lives_in = str(self.data.get("prefecture") or self.initial.get("prefecture") or "")
        self._required = identity.required_details(tenant.details_required, prefecture=lives_in)
        for name in self._asked:
            self.add_field(name, _detail_field(name, required=name in self._required))
        if has_password:
            # Coming back to change something else does not mean choosing it again.
            self.fields["password"].required = False
            self.fields["password"].help_text = text("join.password_kept")
        self.cleaned_details: dict[str, object] = {}
        # The address that a "did you mean" is shown for: sent again unchanged, it is meant.
        self.email_meant = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_email(cleaned)
        try:
            self.cleaned_details = identity.validate_details(
                {**self.typed_details(), "email": cleaned.get("email", "")},
                ("email", *self._asked),
                required=("email", *self._required),
            )
        except DetailsInvalid as invalid:
            for name, code in invalid.errors.items():
                if name not in self.errors:
                    self.add_error(name, self._words(name, code))
        self._check_password(cleaned)
        return cleaned

    def typed_details(self) -> dict[str, str]:
        """What was typed, to fill the form with again."""
        values = ((name, self.cleaned_data.get(name)) for name in self._asked)
        return {name: "" if value is None else str(value) for name, value in values}

    def _check_email(self, cleaned: Mapping[str, Any]) -> None:
        email = cleaned.get("email", "")
        seen = identify(email)
        if seen.kind is not TypedKind.EMAIL or not seen.suggestion:
            return
        self.email_meant = email
        if self.data.get("email_meant") != email:
            self.add_error("email", text("join.email_typo", suggestion=seen.suggestion))

    def _check_password(self, cleaned: Mapping[str, Any]) -> None:
        password = cleaned.get("password", "")
        if not password:
            return
        own = {**self.typed_details(), "email": cleaned.get("email", "")}
        for code in identity.password_problems(password, own):
            self.add_error("password", text(code))

    def _words(self, name: str, code: str) -> str:
        label = str(self.fields[name].label or "")
        return asked_for(label) if code == "details.missing" else text(code)


def _detail_field(name: str, *, required: bool) -> forms.Field:
    label = field_text(f"join.{name}")
    if name == "birth_date":
        return BirthDateField(
            label=label, help_text=field_text("join.birth_date_hint"), required=required
        )
    if name == "prefecture":
        named = [(code, text(f"prefecture.{code}")) for code in PREFECTURES]
        choices = [("", text("join.choose")), *named]
        return forms.ChoiceField(label=label, choices=choices, required=required)
    attrs = {"autocomplete": _AUTOCOMPLETE.get(name, "off")}
    if name == "phone":
        attrs["inputmode"] = "tel"
    return forms.CharField(
        label=label,
        help_text=field_text(f"join.{name}_hint"),
        max_length=200,
        required=required,
        widget=forms.TextInput(attrs),
    )
