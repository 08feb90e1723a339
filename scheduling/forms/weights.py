"""The dials by which plans are weighed."""

from __future__ import annotations

from dataclasses import asdict

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.dials import HIGHEST, LOWEST, Dials


class WeightsForm(forms.Form):
    """The four dials and the reason."""

    punctual = forms.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    steady = forms.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    cheap = forms.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    short = forms.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    why = forms.CharField(label=_("why"), required=False, max_length=300)

    def dials(self) -> Dials:
        """The dials as they were sent."""
        data = self.cleaned_data
        return Dials(data["punctual"], data["steady"], data["cheap"], data["short"])

    def shown(self, before: Dials) -> Dials:
        """What a form that comes back shows: what was sent as far as it was right."""
        sent = {name: self.cleaned_data[name] for name in asdict(before) if name in self.cleaned_data}
        return Dials(**(asdict(before) | sent))
