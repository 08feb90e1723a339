"""Forms of the pre-production plan and its items."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quality.forms.fields import MAX_NOTE, DayInput, ManyFilesField, PersonField, person_choices
from quality.models import Delay, PlanItem, PreparationPlan, Step
from quality.models.steps import MAX_DAYS
from quality.services import ItemChange, Standard


class ReviewForm(forms.Form):
    """Sign, or send back with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(label=_("reason, if it is sent back"), max_length=MAX_NOTE, required=False)


class VersionReviewForm(forms.Form):
    """Sign a version, or send it back with a reason."""

    signed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("reason, if it is sent back"), max_length=MAX_NOTE, required=False)


class DeliverForm(forms.Form):
    """The next version of an item."""

    attached = ManyFilesField(
        label=_("files"),
        help_text=_("PDF, picture, Excel, Word or DXF, up to 15 MB. With a file it counts at once, without one when technical has signed."),
        required=False,
    )
    note = forms.CharField(label=_("what was delivered, what changed"), max_length=MAX_NOTE, required=False)


class DelayForm(forms.Form):
    """“Cannot, because” (C3)."""

    cause = forms.ChoiceField(label=_("cause"), choices=Delay.Cause.choices)
    reason = forms.CharField(label=_("reason"), max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2}))
    new_day = forms.DateField(label=_("new day"), help_text=_("Leave it empty if nobody can name one."), required=False, widget=DayInput())


class PlanForm(forms.Form):
    """Days, owners and need of every step of a plan, its tracker, and why."""

    def __init__(self, *args: Any, plan: PreparationPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(plan.items.select_related("step", "owner"))
        everybody = person_choices()
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=plan.version)
        self.fields["tracker"] = PersonField(everybody, label=_("tracker"), initial=plan.tracker_id)
        self.fields["why"] = forms.CharField(label=_("why it changes"), max_length=MAX_NOTE, required=False)
        for item in self.items:
            self.fields[f"day_{item.pk}"] = forms.DateField(label=str(item.step), widget=DayInput(), initial=item.planned_on)
            self.fields[f"owner_{item.pk}"] = PersonField(everybody, label=_("owner"), initial=item.owner_id)
            self.fields[f"needed_{item.pk}"] = forms.BooleanField(label=_("needed"), required=False, initial=item.is_needed)

    def rows(self) -> list[tuple[PlanItem, Any, Any, Any]]:
        """Each step with its fields."""
        return [(item, self[f"day_{item.pk}"], self[f"owner_{item.pk}"], self[f"needed_{item.pk}"]) for item in self.items]

    def changes(self) -> dict[int, ItemChange]:
        data = self.cleaned_data
        return {item.pk: ItemChange(data[f"day_{item.pk}"], data[f"owner_{item.pk}"], data[f"needed_{item.pk}"]) for item in self.items}


class StandardsForm(forms.Form):
    """Usual durations and owners."""

    def __init__(self, *args: Any, steps: list[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps
        everybody = person_choices()
        self.fields["why"] = forms.CharField(label=_("why it changes"), max_length=MAX_NOTE, required=False)
        for step in steps:
            self.fields[f"days_{step.pk}"] = forms.IntegerField(label=str(step), min_value=1, max_value=MAX_DAYS, initial=step.days)
            self.fields[f"owner_{step.pk}"] = PersonField(everybody, label=_("usual owner"), initial=step.owner_id)
            self.fields[f"active_{step.pk}"] = forms.BooleanField(label=_("in use"), required=False, initial=step.is_active)

    def rows(self) -> list[tuple[Step, Any, Any, Any]]:
        return [(step, self[f"days_{step.pk}"], self[f"owner_{step.pk}"], self[f"active_{step.pk}"]) for step in self.steps]

    def wanted(self) -> dict[int, Standard]:
        data = self.cleaned_data
        return {step.pk: Standard(data[f"days_{step.pk}"], data[f"owner_{step.pk}"], data[f"active_{step.pk}"]) for step in self.steps}
