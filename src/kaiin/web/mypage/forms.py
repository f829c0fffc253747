"""What the pages under My page take."""

from django import forms

from kaiin.web.components.forms import KaiinForm


class SeenForm(KaiinForm):
    """What a page showed is sent along, so that nothing else happens than what was seen."""

    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    total = forms.CharField(widget=forms.HiddenInput, required=False)
