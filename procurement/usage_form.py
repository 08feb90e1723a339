"""The bill of materials of a style and colour as a table that people type or paste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import StyleColour
from procurement.forms import DayField, StyledForm
from procurement.grid import Row, rows_of
from procurement.models import Material, Usage, UsageVersion
from procurement.selectors.materials import materials_by_code
from procurement.services.usage import UsageLine
from procurement.templatetags.materials import plain, stage_labels

COUNTED = ("part", "material", "per_pair")
BLANK_ROWS = 3
SIZE = "size-"
USAGE_PLACES, LOSS_PLACES = 4, 2


class UsageForm(StyledForm):
    """Valid-from, note and rows. `lines` are the rows of a valid form."""

    valid_from = DayField(label=gettext_lazy("Valid for orders from"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, colour: StyleColour, version: UsageVersion | None, source: Iterable[Usage], valid_from: dt.date
    ) -> None:
        initial = {
            "valid_from": version.valid_from if version else valid_from,
            "note": version.note if version else "",
            "revision": version.revision if version else 0,
        }
        super().__init__(data, initial=initial)
        self.sizes = colour.style.sizes
        self.stages = stage_labels()
        self.lines: list[UsageLine] = []
        self.rows = rows_of(data, COUNTED) if data is not None else [self._stored(n, row) for n, row in enumerate(source)]

    @property
    def gradings(self) -> list[tuple[str, Any]]:
        return list(Usage.Grading.choices)

    @property
    def next_index(self) -> int:
        return max((row.index for row in self.rows), default=-1) + 1 + BLANK_ROWS

    @property
    def shown_rows(self) -> list[tuple[Row, list[tuple[str, str, str]]]]:
        """The rows and some blank ones, each with its cells of sizes: size, what was typed, what is wrong."""
        first = self.next_index - BLANK_ROWS
        rows = [*self.rows, *(Row(first + n, {}) for n in range(BLANK_ROWS))]
        return [(row, [(size, row.text(SIZE + size), row.errors.get(SIZE + size, "")) for size in self.sizes]) for row in rows]

    def _stored(self, index: int, row: Usage) -> Row:
        cells = {
            "part": row.part,
            "material": row.material.code,
            "per_pair": plain(row.per_pair),
            "loss": plain(row.loss_percent),
            "stage": row.stage,
            "grading": row.grading,
            "base_size": row.base_size,
        }
        return Row(index, cells | {SIZE + size: str(value) for size, value in row.by_size.items()})

    def clean(self) -> dict[str, Any]:
        known = materials_by_code(row.text("material") for row in self.rows)
        self.lines = [line for row in self.rows if (line := self._line(row, known))]
        if any(row.errors for row in self.rows):
            self.add_error(None, _("Some lines must be changed: the cells say why."))
        return self.cleaned_data

    def _line(self, row: Row, known: dict[str, Material]) -> UsageLine | None:
        """What a row says, or None after blaming its cells."""
        material = known.get(row.text("material").lower())
        if material is None:
            row.blame("material", _("There is no material %(code)s.") % {"code": row.text("material") or "–"})
        if not row.text("part"):
            row.blame("part", _("The part is missing."))
        per_pair = self._number(row, "per_pair", USAGE_PLACES)
        if per_pair is None:
            row.blame("per_pair", _("The usage is missing."))
        loss = self._number(row, "loss", LOSS_PLACES) or Decimal(0)
        grading, stage = row.text("grading") or Usage.Grading.FLAT, row.text("stage")
        if grading not in Usage.Grading.values:
            row.blame("grading", _("Choose how sizes differ."))
        if stage and stage not in self.stages:
            row.blame("stage", _("There is no stage %(name)s.") % {"name": stage})
        by_size = self._sizes(row) if grading != Usage.Grading.FLAT else {}
        if row.errors or material is None or per_pair is None:
            return None
        return UsageLine(row.text("part")[:40], material, per_pair, loss, stage, grading, row.text("base_size")[:6], by_size)

    def _sizes(self, row: Row) -> dict[str, str]:
        found: dict[str, str] = {}
        for size in self.sizes:
            value = self._number(row, SIZE + size, USAGE_PLACES)
            if value is None:
                row.blame(SIZE + size, _("Size %(size)s is missing: write 0 where it takes none.") % {"size": size})
            else:
                found[size] = plain(value)
        return found

    def _number(self, row: Row, name: str, places: int) -> Decimal | None:
        """A number with at most so many decimals."""
        value = row.number(name)
        if value is not None and value != round(value, places):
            row.blame(name, _("At most %(n)d decimals.") % {"n": places})
            return None
        return value
