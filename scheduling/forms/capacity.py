"""What a team can do, and to whom it is lent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from planning_site.core.models import Plant
from scheduling.models import Team
from scheduling.services.teams import Capacity


class CapacityForm(forms.Form):
    """People, hours and efficiency of a team; an empty field means that nobody knows it yet."""

    people = forms.IntegerField(label=_("people"), required=False, min_value=1, max_value=2000)
    hours = forms.DecimalField(
        label=_("hours a day"), required=False, min_value=Decimal("0.5"), max_value=24, max_digits=4, decimal_places=2
    )
    efficiency = forms.DecimalField(
        label=_("efficiency %"),
        required=False,
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("standard minutes made per minute attended; breaks and absence taken off"),
    )
    overtime_hours = forms.DecimalField(
        label=_("overtime, hours a day at most"), min_value=0, max_value=12, max_digits=4, decimal_places=2, initial=0
    )
    families = forms.CharField(
        label=_("families it can make"),
        required=False,
        max_length=400,
        help_text=_("separated by commas; empty: every family"),
    )
    why = forms.CharField(label=_("why"), required=False, max_length=300)

    def __init__(self, *args: Any, known_families: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_families = known_families
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("people"), Column("hours"), Column("efficiency"), Column("overtime_hours")), "families", "why"
        )

    @staticmethod
    def values_of(team: Team) -> dict[str, Any]:
        """What the form shows of a team."""
        values: dict[str, Any] = {name: getattr(team, name) for name in ("people", "hours", "efficiency", "overtime_hours")}
        return values | {"families": ", ".join(team.families or ())}

    def clean_families(self) -> tuple[str, ...] | None:
        """The families, each one that some style has; None where the field is empty."""
        text = self.cleaned_data["families"].replace("，", ",").replace("、", ",")
        families = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        unknown = [name for name in families if name not in self.known_families]
        if unknown:
            message = _("No style is of the family %(unknown)s. Families in use: %(known)s.")
            raise forms.ValidationError(message, params={"unknown": ", ".join(unknown), "known": ", ".join(sorted(self.known_families))})
        return families or None

    def capacity(self) -> Capacity:
        """The values as the service takes them."""
        data = self.cleaned_data
        return Capacity(data["people"], data["hours"], data["efficiency"], data["overtime_hours"], data["families"])


class LoanForm(forms.Form):
    """To which other plant, from when until when, and why."""

    plant = forms.ModelChoiceField(label=_("plant"), queryset=Plant.objects.none())
    first_day = forms.DateField(label=_("from"), input_formats=["%Y-%m-%d"])
    last_day = forms.DateField(label=_("to"), required=False, input_formats=["%Y-%m-%d"])
    why = forms.CharField(label=_("why"), required=False, max_length=300)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plant"].queryset = Plant.objects.exclude(pk=team.workshop.plant_id)  # type: ignore[attr-defined]
