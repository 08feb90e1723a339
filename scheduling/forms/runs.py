"""What is asked of a run: for which plan, how long it may search, and how near it stays to the plan in force."""

from __future__ import annotations

from typing import Any, TypedDict

from django import forms

from scheduling.dials import HIGHEST, LOWEST
from scheduling.models import Plan

SECONDS = (10, 30, 60, 300)
ROUNDS = 500_000  # of a search that comes out the same every time


class RunForm(forms.Form):
    """`search` are seconds, or `rounds`; both fields that bound the search may be empty: as usual."""

    horizon = forms.ChoiceField(choices=Plan.Horizon.choices)
    period = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    search = forms.ChoiceField(choices=[("", ""), *((str(n), n) for n in SECONDS), ("rounds", "")], required=False)
    steady = forms.TypedChoiceField(choices=[(n, n) for n in range(LOWEST, HIGHEST + 1)], coerce=int, empty_value=None, required=False)

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        data = self.cleaned_data
        return {"horizon": data["horizon"], "period": data["period"], "steady": data["steady"], **bounds_of(data["search"])}


class Bounds(TypedDict, total=False):
    """What bounds a search."""

    seconds: int
    rounds: int


def bounds_of(search: str) -> Bounds:
    """`30` → seconds, `rounds` → rounds, empty → as usual."""
    if search == "rounds":
        return {"rounds": ROUNDS}
    return {"seconds": int(search)} if search else {}
