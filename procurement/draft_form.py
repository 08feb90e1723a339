"""The draft of a purchase order: its supplier and a table of lines that people type or paste."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.core.errors import DomainError
from procurement.forms import StyledForm
from procurement.grid import Row, rows_of
from procurement.models import Material, PurchaseOrder, Supplier
from procurement.selectors.materials import materials_by_code
from procurement.services.purchase_orders import Wish, check_wishes
from procurement.templatetags.materials import plain

COLUMNS = ("material", "size", "quantity", "price", "needed_on", "note")
COUNTED = ("material", "size", "quantity")
BLANK_ROWS = 3


class DraftForm(StyledForm):
    """Supplier, note and lines. `wishes` are the lines of a valid form."""

    supplier_choice = forms.ModelChoiceField(
        label=gettext_lazy("Supplier"), queryset=Supplier.objects.all(), required=False, empty_label=gettext_lazy("choose…")
    )
    note = forms.CharField(label=gettext_lazy("Note to the supplier"), required=False, max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, order: PurchaseOrder | None = None) -> None:
        initial = {"supplier_choice": order.supplier_id, "note": order.note, "version": order.version} if order else {}
        super().__init__(data, initial=initial)
        self.order = order
        self.wishes: list[Wish] = []
        self.rows = rows_of(data, COUNTED) if data is not None else self._stored()

    @property
    def supplier(self) -> Supplier | None:
        found: Supplier | None = self.cleaned_data.get("supplier_choice")
        return found

    @property
    def shown_rows(self) -> list[Row]:
        """The rows with some blank ones below them."""
        first = max((row.index for row in self.rows), default=-1) + 1
        return [*self.rows, *(Row(first + n, {}) for n in range(BLANK_ROWS))]

    def _stored(self) -> list[Row]:
        lines = self.order.lines.all() if self.order else []
        return [
            Row(
                index,
                {
                    "material": line.material.code,
                    "size": line.size,
                    "quantity": plain(line.quantity),
                    "price": plain(line.price),
                    "needed_on": line.needed_on.isoformat() if line.needed_on else "",
                    "note": line.note,
                },
            )
            for index, line in enumerate(lines)
        ]

    def clean(self) -> dict[str, Any]:
        known = materials_by_code(row.text("material") for row in self.rows)
        self.wishes = [wish for row in self.rows if (wish := self._wish(row, known))]
        wrong = [row for row in self.rows if row.errors]
        if wrong:
            self.add_error(None, _("Some lines must be changed: the cells say why."))
        elif self.rows:
            try:
                check_wishes(self.wishes)
            except DomainError as error:
                self.add_error(None, error.message)
        return self.cleaned_data

    def _wish(self, row: Row, known: dict[str, Material]) -> Wish | None:
        """What a row asks for, or None after blaming its cells."""
        material = known.get(row.text("material").lower())
        if material is None:
            row.blame("material", _("There is no material %(code)s.") % {"code": row.text("material") or "–"})
        quantity, price, needed_on = row.number("quantity"), row.number("price"), row.day("needed_on")
        if quantity is None:
            row.blame("quantity", _("The quantity is missing."))
        if row.errors or material is None or quantity is None:
            return None
        return Wish(material, row.text("size")[:6], quantity, needed_on, price, row.text("note")[:200])
