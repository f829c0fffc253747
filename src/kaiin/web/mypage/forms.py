"""What the pages under My page take."""

from django import forms

from kaiin.web.components.forms import KaiinForm, PasswordInput, field_text

# Far above any password; what is longer is a paste gone wrong or an attack.
_LONGEST_PASSWORD = 1024


class SeenForm(KaiinForm):
    """What a page showed is sent along, so that nothing else happens than what was seen."""

    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    total = forms.CharField(widget=forms.HiddenInput, required=False)


class PasswordForm(KaiinForm):
    """The password that is used now, and the new one. Both exactly as typed."""

    old = forms.CharField(
        label=field_text("mypage.password_old"),
        max_length=_LONGEST_PASSWORD,
        strip=False,
        widget=PasswordInput,
    )
    new = forms.CharField(
        label=field_text("mypage.password_new"),
        help_text=field_text("reset.password_hint"),
        max_length=_LONGEST_PASSWORD,
        strip=False,
        widget=PasswordInput(new=True),
    )
