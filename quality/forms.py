"""The signature under a trial's result."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from quality.models import StyleRelease


class SignForm(forms.Form):
    """Result and, where something has to be done, what."""

    result = forms.ChoiceField(label=_("result of the trial"), choices=StyleRelease.Result.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("what has to be done"),
        help_text=_("Needed for “pass with actions” and “redo”."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper
