"""Fields that read what people type and paste: days, pairs, prices."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from orders.days import Leaning, read_day
from orders.services import MAX_PAIRS_OF_A_SIZE
from planning_site.core import clock
from planning_site.workbooks.cells import UnreadableError, half_width, read_decimal, read_pairs

DASHES = frozenset("-–—")  # how tables write a zero, ours too


class DayField(forms.CharField):
    """A day in any of the ways of `orders.days`; its value is a date or None."""

    def __init__(self, *, leaning: Leaning = "future", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "data-day": ""}))
        super().__init__(max_length=40, **kwargs)
        self.leaning = leaning

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            day = read_day(text, clock.today(), self.leaning)
        except UnreadableError as error:
            raise ValidationError(error.message) from error
        return day

    def run_validators(self, value: Any) -> None:
        """The length of the text was all there was to check, and what arrives here is a date."""

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PairsField(forms.CharField):
    """Whole pairs, `1,200`, `１２０双`; a dash is 0, blank is None and not 0."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(required=False, max_length=20, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = half_width(super().to_python(value) or "")
        if text in DASHES:
            return 0
        try:
            pairs = read_pairs(text)
        except UnreadableError as error:
            raise ValidationError(error.message) from error
        if pairs is not None and pairs > MAX_PAIRS_OF_A_SIZE:
            raise ValidationError(_("More than %(most)d pairs in one size.") % {"most": MAX_PAIRS_OF_A_SIZE})
        return pairs

    def run_validators(self, value: Any) -> None:
        """Checked above."""


class PriceField(forms.CharField):
    """A price per pair in yuan with at most two decimals; blank is None and not 0."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(required=False, max_length=20, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = half_width(super().to_python(value) or "")
        try:
            price = read_decimal(text)
        except UnreadableError as error:
            raise ValidationError(error.message) from error
        if price is None:
            return None
        if price < 0:
            raise ValidationError(_("A price cannot be negative."))
        if price != price.quantize(Decimal("0.01")) or price >= Decimal(10**8):
            raise ValidationError(_("A price has at most two decimals and eight digits before them."))
        return price.quantize(Decimal("0.01"))

    def run_validators(self, value: Any) -> None:
        """Checked above."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}" if isinstance(value, Decimal) else value
