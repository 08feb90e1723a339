"""The question of a date as a form: a style, pairs, a day by which it is wanted, a day from which it can start."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.days import read_day
from orders.models import Style
from planning_site.workbooks.cells import UnreadableError
from scheduling.answers.promise import MOST_PAIRS, Question


class PromiseForm(forms.Form):
    """Days may be written as people write them: 12/22, 周五, W51."""

    style = forms.CharField(label=_("style"), max_length=40)
    pairs = forms.IntegerField(label=_("pairs"), min_value=1, max_value=MOST_PAIRS)
    wanted = forms.CharField(label=_("wanted"), max_length=20, required=False)
    starts = forms.CharField(label=_("materials there by"), max_length=20, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_style(self) -> Style:
        """The style with this code, whatever its case."""
        code = self.cleaned_data["style"].strip()
        style = Style.objects.filter(code__iexact=code).first()
        if style is None:
            raise forms.ValidationError(_("There is no style %(code)s."), params={"code": code})
        return style

    def clean_wanted(self) -> dt.date | None:
        """The day that is wanted."""
        return self._day("wanted")

    def clean_starts(self) -> dt.date | None:
        """The day from which it can start."""
        return self._day("starts")

    def _day(self, name: str) -> dt.date | None:
        text = self.cleaned_data[name].strip()
        if not text:
            return None
        try:
            return read_day(text, self.today)
        except UnreadableError as error:
            raise forms.ValidationError(str(error)) from error

    def question(self) -> Question:
        """What is asked; without a day to start from, tomorrow."""
        data = self.cleaned_data
        tomorrow = self.today + dt.timedelta(days=1)
        return Question(data["style"], data["pairs"], max(tomorrow, data["starts"] or tomorrow), data["wanted"])
