"""Forms of trials and QC's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Style
from quality.forms.fields import MAX_NOTE, DayInput, people
from quality.models import Step, StyleRelease, TrialProblem
from quality.services import Measured
from quality.skipping import usual_run


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


class TrialForm(forms.Form):
    """Sizes and pairs, a day and the process sheet's minutes for each department."""

    def __init__(self, *args: Any, style: Style, days: Mapping[Step, dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style, self.steps = style, list(days)
        usual = usual_run(style.sizes)
        self.fields["colour"] = forms.ModelChoiceField(style.colours.all(), label=_("colour"), required=False)
        self.fields["note"] = forms.CharField(label=_("note"), max_length=MAX_NOTE, required=False)
        for size in style.sizes:
            self.fields[f"size_{size}"] = forms.IntegerField(label=size, min_value=0, required=False, initial=usual.get(size))
        for step, day in days.items():
            self.fields[f"day_{step.code}"] = forms.DateField(label=str(step), widget=DayInput(), initial=day)
            self.fields[f"sheet_{step.code}"] = forms.DecimalField(
                label=_("minutes of the process sheet"), min_value=Decimal("0.01"), max_digits=7, decimal_places=2, required=False
            )

    def size_fields(self) -> list[Any]:
        return [self[f"size_{size}"] for size in self.style.sizes]

    def stage_fields(self) -> list[tuple[Step, Any, Any]]:
        return [(step, self[f"day_{step.code}"], self[f"sheet_{step.code}"]) for step in self.steps]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "sizes": {size: data[f"size_{size}"] for size in self.style.sizes if data[f"size_{size}"]},
            "days": {step.code: data[f"day_{step.code}"] for step in self.steps},
            "sheet_minutes": {step.code: data[f"sheet_{step.code}"] for step in self.steps if data[f"sheet_{step.code}"]},
            "colour": data["colour"],
            "note": data["note"],
        }


class StageForm(forms.Form):
    """What a department measured."""

    pairs = forms.IntegerField(label=_("pairs"), min_value=1)
    people = forms.IntegerField(label=_("people"), min_value=1)
    clock_minutes = forms.DecimalField(label=_("minutes by the clock"), min_value=Decimal("0.1"), max_digits=7, decimal_places=1)
    note = forms.CharField(label=_("note"), max_length=MAX_NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pairs", "people", "clock_minutes"):
            self.fields[name].widget.attrs["inputmode"] = "decimal" if name == "clock_minutes" else "numeric"

    def measured(self) -> Measured:
        data = self.cleaned_data
        return Measured(pairs=data["pairs"], people=data["people"], clock_minutes=data["clock_minutes"])


class ProblemForm(forms.Form):
    """A problem with its photo."""

    kind = forms.ChoiceField(label=_("kind"), choices=TrialProblem.Kind.choices)
    place = forms.CharField(label=_("place on the shoe"), max_length=60)
    text = forms.CharField(label=_("what is wrong"), max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2}))
    photo = forms.FileField(
        label=_("photo"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
    )
    owner = forms.ModelChoiceField(people(), label=_("owner"))
    due_on = forms.DateField(label=pgettext_lazy("problem", "due"), widget=DayInput())


class CloseForm(forms.Form):
    """What was done about a problem."""

    remedy = forms.CharField(label=_("what was done"), max_length=MAX_NOTE)
