"""The form of a rule: a kind, and the fields that it needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Customer, Order, OrderLine, Style
from planning_site.core.models import Plant
from scheduling.models import PlanRule, Team
from scheduling.shared_teams import working_for

DAY_FORMATS = ["%Y-%m-%d"]


class RuleForm(forms.Form):
    """Orders of a sequence stand in lines of their own, by number, with style and colour where a contract has several lines."""

    kind = forms.ChoiceField(label=_("kind"), choices=PlanRule.Kind.choices)
    team = forms.ModelChoiceField(label=_("team"), queryset=Team.objects.none(), required=False)
    customer = forms.ModelChoiceField(label=_("customer"), queryset=Customer.objects.order_by("name"), required=False)
    style = forms.CharField(label=_("style"), required=False, max_length=40)
    family = forms.CharField(label=_("family"), required=False, max_length=40)
    orders = forms.CharField(label=_("orders in sequence"), required=False, max_length=2000, widget=forms.Textarea)
    first_day = forms.DateField(label=_("from"), input_formats=DAY_FORMATS)
    last_day = forms.DateField(label=_("to"), required=False, input_formats=DAY_FORMATS)
    why = forms.CharField(label=_("why"), max_length=300)

    def __init__(self, *args: Any, plant: Plant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plant = plant
        self.fields["team"].queryset = working_for(plant)  # type: ignore[attr-defined]

    def clean_style(self) -> Style | None:
        """The style with this code."""
        code = self.cleaned_data["style"].strip()
        found = Style.objects.filter(code__iexact=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no style %(code)s."), params={"code": code})
        return found

    def clean_orders(self) -> list[OrderLine]:
        """The open order lines, in the order written."""
        return [self._line(text) for text in self.cleaned_data["orders"].splitlines() if text.strip()]

    def _line(self, text: str) -> OrderLine:
        number, *words = text.split()
        lines = OrderLine.objects.filter(order__plant=self.plant, order__state=Order.State.OPEN, order__number__iexact=number)
        for word in words:
            lines = lines.filter(style__code__iexact=word) | lines.filter(colour__name=word)
        found = list(lines.select_related("style", "colour", "order").order_by("position")[:2])
        if not found:
            raise forms.ValidationError(_("No open order is called %(text)s."), params={"text": text})
        if len(found) > 1:
            message = _("%(text)s has several lines: add the style, or the style and the colour.")
            raise forms.ValidationError(message, params={"text": number})
        return found[0]

    def values(self) -> dict[str, Any]:
        """As the service takes them; a field that the kind does not use is left out."""
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        values = {name: data[name] for name in ("kind", "first_day", "last_day", "why")}
        if kind == PlanRule.Kind.FIRST:
            return values | {"customer": data["customer"]}
        if kind == PlanRule.Kind.SEQUENCE:
            return values | {"team": data["team"], "lines": data["orders"]}
        return values | {name: data[name] for name in ("team", "customer", "style", "family")}
