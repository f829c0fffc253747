"""`/components`: every component in every state, to look at and to test. Demo and tests only."""

from datetime import UTC, date, datetime

from django import forms
from django.http import HttpRequest

from kaiin.domain.money import Money
from kaiin.infra.texts import text
from kaiin.web.parts.forms import (
    BirthDateField,
    Choice,
    CodeInput,
    KaiinForm,
    LoginIdInput,
    MailInput,
    PasswordInput,
    RadioCards,
    field_text,
)


class ShowcaseForm(KaiinForm):
    """One field of each kind."""

    login_id = forms.CharField(
        label=field_text("showcase.login_id"),
        help_text=field_text("showcase.login_id_hint"),
        widget=LoginIdInput,
    )
    password = forms.CharField(label=field_text("showcase.password"), widget=PasswordInput)
    email = forms.CharField(label=field_text("showcase.email"), widget=MailInput)
    course = forms.ChoiceField(label=field_text("showcase.course"), widget=RadioCards)
    birth_date = BirthDateField(
        label=field_text("showcase.birth_date"), help_text=field_text("showcase.birth_date_hint")
    )
    prefecture = forms.ChoiceField(label=field_text("showcase.prefecture"))
    code = forms.CharField(
        label=field_text("showcase.mail_code"),
        help_text=field_text("showcase.mail_code_hint"),
        widget=CodeInput,
    )
    note = forms.CharField(
        label=field_text("showcase.note"), required=False, widget=forms.Textarea({"rows": 3})
    )
    agree = forms.BooleanField(
        label=field_text("showcase.agree"), help_text=field_text("showcase.agree_hint")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        places = [("", text("showcase.choose")), ("JP-13", text("showcase.tokyo"))]
        for name, choices in (("course", _courses()), ("prefecture", places)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _courses() -> list[tuple[str, Choice]]:
    monthly = Choice(
        title=text("showcase.monthly"),
        detail=text("showcase.monthly_detail"),
        price=text("showcase.monthly_price"),
    )
    yearly = Choice(
        title=text("showcase.yearly"),
        detail=text("showcase.yearly_detail"),
        price=text("showcase.yearly_price"),
        note=text("showcase.yearly_note"),
    )
    return [("monthly", monthly), ("yearly", yearly)]


def context(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    filled = {"login_id": "E12345", "course": "yearly", "birth_date": date(1998, 4, 7)}
    wrong = {
        "email": "hanako@gmial.com",
        "birth_date_year": "1998",
        "birth_date_month": "2",
        "birth_date_day": "30",
    }
    return {
        "form": ShowcaseForm(initial=filled, prefix="a"),
        "wrong": ShowcaseForm({f"b-{name}": value for name, value in wrong.items()}, prefix="b"),
        "lines": [
            {"label": text("showcase.yearly"), "amount": Money(6600)},
            {"label": text("showcase.konbini_fee"), "amount": Money(220)},
        ],
        "total": Money(6820),
        "at": datetime(2026, 11, 22, 5, 4, tzinfo=UTC),
        "kinds": ("info", "success", "warning", "error"),
    }
