"""What the pages under My page take."""

from typing import Any

from django import forms

from kaiin.web.parts.forms import Choice, KaiinForm, PasswordField, RadioCards, field_text


class SeenForm(KaiinForm):
    """What a page showed is sent along, so that nothing else happens than what was seen."""

    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    total = forms.CharField(widget=forms.HiddenInput, required=False)


class ChangeForm(KaiinForm):
    """The two questions of a change. It is sent by GET and never bound: what the address asks
    for is its `initial`, and the page has what each pair of answers means."""

    course = forms.ChoiceField(label=field_text("changing.which_course"), widget=RadioCards)
    way = forms.ChoiceField(label=field_text("changing.which_way"), widget=RadioCards)

    def __init__(
        self,
        *args: Any,
        courses: list[tuple[str, Choice]],
        ways: list[tuple[str, Choice]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("course", courses), ("way", ways)):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                # Nothing to ask.
                field.widget = forms.HiddenInput()


class PasswordForm(KaiinForm):
    """The password that is used now, and the new one."""

    old = PasswordField(label=field_text("mypage.password_old"))
    new = PasswordField(
        label=field_text("mypage.password_new"),
        help_text=field_text("reset.password_hint"),
        new=True,
    )
