"""Form parts that every page shares: errors that say what to do, and our own widgets."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language

from kaiin.infra import texts
from kaiin.infra.card_free_forms import WithoutCardNumbers

# `label = field_text("join.email")`: looked up when shown, in the page's language.
field_text = lazy(texts.text, str)

# No keyboard may correct what is typed letter by letter.
_AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class KaiinForm(WithoutCardNumbers):
    """Its required fields ask for what is missing by name; nothing is marked "required"."""

    # The server's words are beside the field; the browser's bubbles would hide them.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _ask_by_name(field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """Add a field that only this visitor's form has."""
        _ask_by_name(field)
        self.fields[name] = field


def _ask_by_name(field: forms.Field) -> None:
    # Looked up when shown: most forms are filled in.
    asking = _asking(field)
    field.error_messages["required"] = asking
    if isinstance(field, forms.ChoiceField):
        field.error_messages["invalid_choice"] = asking


def _words_that_ask(field: forms.Field) -> str:
    label = str(field.label or "")
    if isinstance(field, forms.BooleanField):
        return texts.text("common.tick", label=label)
    if isinstance(field, forms.ChoiceField):
        return texts.text("common.choose", label=label)
    return asked_for(label)


_asking = lazy(_words_that_ask, str)


def asked_for(label: str) -> str:
    """That a field is empty, by its label, which is no heading inside a sentence."""
    return texts.text("common.fill_in", label=label[:1].lower() + label[1:])


@dataclass(frozen=True)
class Choice:
    """The words of one radio card; `price` is shown at its end, `tag` marks one among others."""

    title: str
    detail: str = ""
    price: str = ""
    note: str = ""
    tag: str = ""

    def __str__(self) -> str:
        return self.title


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards; its choices' labels are `Choice`s."""


class LoginIdInput(forms.TextInput):
    """Member ID or mail address."""

    def __init__(self) -> None:
        super().__init__({"inputmode": "email", "autocomplete": "username webauthn", **_AS_TYPED})


class MailInput(forms.TextInput):
    """A mail address. Not `type=email`: browsers refuse old carrier addresses and full width."""

    def __init__(self) -> None:
        super().__init__({"inputmode": "email", "autocomplete": "email", **_AS_TYPED})


class PasswordInput(forms.PasswordInput):
    """A password with show/hide; `new` for one that is being chosen."""

    def __init__(self, *, new: bool = False) -> None:
        super().__init__({"autocomplete": f"{'new' if new else 'current'}-password", **_AS_TYPED})


class PasswordField(forms.CharField):
    """A password exactly as typed, not stripped; `new` for one that is being chosen."""

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        # Far above any password; what is longer is a paste gone wrong or an attack.
        limited = {"max_length": 1024, **kwargs}
        super().__init__(strip=False, widget=PasswordInput(new=new), **limited)


class CodeInput(forms.TextInput):
    """A code that was mailed."""

    def __init__(self) -> None:
        super().__init__(
            {
                "class": "code-input",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        )


_PARTS = ("year", "month", "day")
_LONGEST_PART = 4


class BirthDateWidget(forms.MultiWidget):
    """Year, month and day, typed: faster and surer than scrolling through a century."""

    template_name = "components/birth_date.html"
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            {
                part: forms.TextInput({"inputmode": "numeric", "autocomplete": f"bday-{part}"})
                for part in _PARTS
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the parts named, and in the order in which the language writes dates."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        for part, subwidget in zip(_PARTS, parts, strict=True):
            subwidget["part"], subwidget["label_code"] = part, f"common.{part}"
        if get_language() != "ja":
            parts.reverse()
        return context

    def decompress(self, value: date | str | None) -> list[Any]:
        """Of a date, or of one as it is kept in a session: 1998-04-07."""
        if isinstance(value, str):
            return [part.lstrip("0") for part in value.split("-")] if value else [None] * 3
        return [value.year, value.month, value.day] if value else [None, None, None]


class BirthDateField(forms.MultiValueField):
    """A date of birth, not before 1900; full-width digits are fine."""

    widget = BirthDateWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(max_length=8) for _ in range(3))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value: list[str] | None) -> date | None:
        parts = [_digits(part) for part in value or []]
        if not any(parts):
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        born = _date(parts)
        if born is None or born.year < 1900:
            raise forms.ValidationError(texts.text("common.no_date"), code="invalid")
        return born


def _date(parts: list[str]) -> date | None:
    """The date of year, month and day, if there is such a one."""
    if any(len(part) > _LONGEST_PART for part in parts):
        return None
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        return None


def _digits(part: str | None) -> str:
    return unicodedata.normalize("NFKC", part or "").strip().rstrip("年月日")


class ChoiceForm(KaiinForm):
    """One choice among radio cards."""

    choice = forms.ChoiceField(widget=RadioCards)

    def __init__(
        self,
        *args: Any,
        label: str,
        missing: str = "",
        choices: list[tuple[str, Choice]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        field.label = label
        field.choices = choices  # type: ignore[attr-defined]
        message = missing or texts.text("common.choose", label=label)
        field.error_messages.update(required=message, invalid_choice=message)
