"""What planning adds to an instruction order."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.models import InstructionOrder
from scheduling.services.instructions import Additions


class InstructionForm(forms.Form):
    """`revision` is the order's as the person saw it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    die_no = forms.CharField(label=_("Die no."), required=False, max_length=60)
    packing = forms.CharField(
        label=_("Packing"),
        required=False,
        max_length=300,
        help_text=_("empty: as the order says; pairs a carton, inner box, shipping mark"),
    )
    notes = forms.CharField(label=_("Notes"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    @classmethod
    def of(cls, instruction: InstructionOrder) -> InstructionForm:
        """The form as it is opened."""
        return cls(initial={name: getattr(instruction, name) for name in ("revision", "die_no", "packing", "notes")})

    def additions(self) -> Additions:
        """The values as the service takes them."""
        data = self.cleaned_data
        return Additions(data["die_no"].strip(), data["packing"].strip(), data["notes"].strip())
