"""The entrance's forms. None looks up an account: an error would show strangers who has one."""

from django import forms

from kaiin.web.parts.forms import CodeInput, KaiinForm, LoginIdInput, PasswordField, field_text

# Far above any address; what is longer is a paste gone wrong or an attack. The hint of
# `domain.identifiers` speaks before this limit does.
_LONGEST_TYPED = 4096


class IdentifierForm(KaiinForm):
    """One field: a member ID or a mail address."""

    login = forms.CharField(
        label=field_text("login.id"), max_length=_LONGEST_TYPED, widget=LoginIdInput
    )


class LoginForm(IdentifierForm):
    """`insisted_on`: an identifier that we doubted once; sent again, it is meant as it is."""

    password = PasswordField(label=field_text("login.password"))
    insisted_on = forms.CharField(
        required=False, max_length=_LONGEST_TYPED, widget=forms.HiddenInput
    )


class NewPasswordForm(KaiinForm):
    """The mailed code and the new password, in one step."""

    code = forms.CharField(
        label=field_text("reset.code"),
        # A whole mail may be pasted.
        max_length=_LONGEST_TYPED,
        widget=CodeInput,
    )
    password = PasswordField(
        label=field_text("reset.password"), help_text=field_text("reset.password_hint"), new=True
    )
