"""The form of an assumption: one kind, and the fields that it needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderLine
from planning_site.core.models import Plant
from scheduling.models import Assumption, Stage, Team
from scheduling.shared_teams import working_for

KINDS = [(kind.value, kind.label) for kind in Assumption.Kind if kind != Assumption.Kind.MEASURE]
DAY_FORMATS = ["%Y-%m-%d"]


class AssumptionForm(forms.Form):
    """Orders are found by their number, with the style code where a contract has several lines."""

    kind = forms.ChoiceField(label=_("kind"), choices=KINDS)
    team = forms.ModelChoiceField(label=_("team"), queryset=Team.objects.none(), required=False)
    stage = forms.ModelChoiceField(label=_("stage"), queryset=Stage.objects.all(), required=False, to_field_name="code")
    order = forms.CharField(label=_("order"), required=False, max_length=80)
    first_day = forms.DateField(label=_("from"), required=False, input_formats=DAY_FORMATS)
    last_day = forms.DateField(label=_("to"), required=False, input_formats=DAY_FORMATS)
    hours = forms.DecimalField(label=_("hours a day"), required=False, min_value=Decimal("0.25"), max_value=12, decimal_places=2)

    def __init__(self, *args: Any, plant: Plant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plant = plant
        self.fields["team"].queryset = working_for(plant)  # type: ignore[attr-defined]

    def clean_order(self) -> OrderLine | None:
        """The open order line that the text names."""
        words = self.cleaned_data["order"].split()
        if not words:
            return None
        lines = OrderLine.objects.filter(order__plant=self.plant, order__state=Order.State.OPEN, order__number__iexact=words[0])
        for word in words[1:]:
            lines = lines.filter(style__code__iexact=word) | lines.filter(colour__name=word)
        found = list(lines.select_related("style", "colour").order_by("position")[:2])
        if not found:
            raise forms.ValidationError(_("No open order is called %(text)s."), params={"text": self.cleaned_data["order"]})
        if len(found) > 1:
            message = _("%(text)s has several lines: add the style, or the style and the colour.")
            raise forms.ValidationError(message, params={"text": words[0]})
        return found[0]

    def values(self) -> dict[str, Any]:
        """As the service takes them; a field that the kind does not use is left out."""
        data = self.cleaned_data
        values: dict[str, Any] = {"kind": data["kind"], "first_day": data["first_day"]}
        if data["kind"] == Assumption.Kind.OVERTIME:
            last = data["last_day"] or data["first_day"]
            stage = None if data["team"] else data["stage"]
            return values | {"team": data["team"], "stage": stage, "last_day": last, "hours": data["hours"]}
        values["order_line"] = data["order"]
        return values | ({"stage": data["stage"]} if data["kind"] == Assumption.Kind.READY else {})
