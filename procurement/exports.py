"""Workbooks of purchasing: form 13 (material plan) and the purchase order as its supplier gets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core import clock
from planning_site.core.templatetags.figures import factory_day
from planning_site.workbooks.writing import Column, SheetContent, workbook
from procurement.models import Claim, PurchaseOrder, PurchaseOrderLine, Requirement, Supplier
from procurement.quantities import decimals_by_unit, rounded, step_of
from procurement.selectors.claims import claims_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from procurement.selectors.purchase_orders import Came

CHUNK = 2_000
QUANTITY_FORMAT = "#,##0.###"


def material_plan(rows: QuerySet[Requirement], *, period: str, facts: Iterable[str]) -> bytes:
    """Form 13, one row per job, material and size, with the purchase order line it counts on and who was asked about it."""
    meta = [_("Day: %(day)s") % {"day": clock.today().isoformat()}, _("Period: %(period)s") % {"period": period}, *facts]
    return workbook([SheetContent(_("Material plan"), _plan_columns(), _plan_rows(rows, period), meta=meta)])


def _plan_columns() -> list[Column]:
    return [
        Column(_("Month / week"), 12),
        Column(_("Contract no."), 16),
        Column(_("Style no."), 12),
        Column(_("Colour"), 8),
        Column(_("Material"), 18),
        Column(_("Specification"), 16),
        Column(pgettext("shoe", "Size"), 7),
        Column(_("Unit"), 9),
        Column(_("Gross need"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Stock"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("On order"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Net need"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Day of need"), 12, "date"),
        Column(_("Supplier"), 14),
        Column(_("Contact / phone"), 22),
        Column(_("Ordered on"), 12, "date"),
        Column(_("Promised for"), 12, "date"),
        Column(_("Promise now"), 12, "date"),
        Column(_("Received"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Owing"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Chased (who, when, answer)"), 40),
    ]


def _plan_rows(rows: QuerySet[Requirement], period: str) -> Iterator[list[Any]]:
    decimals = decimals_by_unit()
    for piece in _pieces(rows.order_by("needed_on", "turn", "material__code", "size")):
        claims = claims_of([row.pk for row in piece])
        lines = _lines_of(claims)
        for row in piece:
            step = step_of(row.material.unit, decimals)
            line = _last_line(claims.get(row.pk, []), lines)
            yield [period, *_plan_row(row, step), *_supply(row, line, step)]


def _pieces(rows: QuerySet[Requirement]) -> Iterator[list[Requirement]]:
    piece: list[Requirement] = []
    for row in rows.iterator(chunk_size=CHUNK):
        piece.append(row)
        if len(piece) == CHUNK:
            yield piece
            piece = []
    if piece:
        yield piece


def _lines_of(claims: dict[int, list[Claim]]) -> dict[int, PurchaseOrderLine]:
    wanted = {claim.purchase_line_id for of_one in claims.values() for claim in of_one if claim.purchase_line_id}
    lines = PurchaseOrderLine.objects.select_related("order__supplier").prefetch_related("chases__by")
    return lines.in_bulk(wanted)


def _last_line(claims: Sequence[Claim], lines: dict[int, PurchaseOrderLine]) -> PurchaseOrderLine | None:
    """The line that the row waits for longest: without a day, or with the latest."""
    found = [lines[claim.purchase_line_id] for claim in claims if claim.purchase_line_id]
    return max(found, key=lambda line: (line.promised_on is None, line.promised_on or dt.date.min), default=None)


def _plan_row(row: Requirement, step: Decimal) -> list[Any]:
    line, material = row.order_line, row.material
    figures = (row.gross, row.from_stock + row.issued, row.from_orders, row.short)
    return [
        line.order.number,
        line.style.code,
        line.colour.name,
        material.code,
        material.name,
        row.size,
        material.unit,
        *(rounded(figure, step) for figure in figures),
        row.needed_on,
    ]


def _supply(row: Requirement, line: PurchaseOrderLine | None, step: Decimal) -> list[Any]:
    """Supplier, purchase order and chases of a row; the material's own supplier where nothing is ordered yet."""
    supplier = line.supplier if line else row.material.supplier
    contact = " ".join(filter(None, (supplier.contact, supplier.phone))) if supplier else ""
    received = rounded(row.from_stock + row.issued, step)
    owing = rounded(row.from_orders + row.short, step)
    dates = [line.order.ordered_on, line.first_promised_on, line.promised_on] if line else [None, None, None]
    return [supplier.name if supplier else "", contact, *dates, received, owing, _chased(line)]


def _chased(line: PurchaseOrderLine | None) -> str:
    if line is None:
        return ""
    return "; ".join(f"{chase.by} {factory_day(chase.at).isoformat()} {chase.answer}" for chase in line.chases.all())


def purchase_order(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], *, with_price: bool) -> bytes:
    """The order for its supplier: sizes across for material that is kept by size, one row per material."""
    sizes = sizes_of(lines)
    supplier = order.supplier
    meta = [
        _("Purchase order: %(number)s") % {"number": order},
        _("Supplier: %(name)s") % {"name": supplier.name if supplier else "–"},
        _("Ordered on: %(day)s") % {"day": order.ordered_on.isoformat() if order.ordered_on else "–"},
    ]
    if order.note:
        meta.append(_("Note: %(note)s") % {"note": order.note})
    money = [Column(_("Price"), 10, "decimal"), Column(_("Amount"), 14, "decimal", total=True)] if with_price else []
    columns = [
        Column(pgettext("column", "No."), 6, "int"),
        Column(_("Material"), 18),
        Column(pgettext("material", "Name"), 18),
        *(Column(size, 8, "decimal", number_format=QUANTITY_FORMAT) for size in sizes),
        Column(_("Quantity"), 12, "decimal", number_format=QUANTITY_FORMAT),
        Column(_("Unit"), 9),
        *money,
        Column(_("Needed on"), 12, "date"),
        Column(_("Promised for"), 12, "date"),
        Column(_("Remarks"), 20),
    ]
    rows = [_order_row(number, row, sizes, with_price) for number, row in enumerate(order_rows(lines), start=1)]
    return workbook([SheetContent(_("Purchase order"), columns, rows, meta=meta, total_label=_("Total") if with_price else "")])


def supplier_lines(supplier: Supplier, lines: Sequence[WithAnnotations[PurchaseOrderLine, Came]]) -> bytes:
    """All that a supplier still owes, one row per purchase order line: to go through with him, or to send (D7)."""
    people = ", ".join(f"{person.name} {person.phone}".strip() for person in supplier.contacts.all())
    first = f"{supplier.contact} {supplier.phone}".strip()
    meta = [
        _("Supplier: %(name)s") % {"name": supplier.name},
        _("Contact: %(people)s") % {"people": ", ".join(filter(None, (first, people))) or "–"},
        _("Day: %(day)s") % {"day": clock.today().isoformat()},
    ]
    columns = [
        Column(_("Purchase order"), 16),
        Column(_("Material"), 18),
        Column(pgettext("material", "Name"), 18),
        Column(pgettext("shoe", "Size"), 7),
        *(Column(title, 12, "decimal", number_format=QUANTITY_FORMAT) for title in (_("Ordered"), _("Came"), _("Still to come"))),
        Column(_("Unit"), 9),
        *(Column(title, 12, "date") for title in (_("Ordered on"), _("Needed on"), _("Promised for"), _("Promise now"))),
        Column(_("State"), 12),
        Column(_("Remarks"), 20),
    ]
    return workbook([SheetContent(_("Still to come"), columns, (_owed(line) for line in lines), meta=meta)])


def _owed(line: WithAnnotations[PurchaseOrderLine, Came]) -> list[Any]:
    material, still = line.material, max(line.quantity - line.came, Decimal(0))
    days = [line.order.ordered_on, line.needed_on, line.first_promised_on, line.promised_on]
    figures = [line.quantity, line.came, still]
    return [line.number, material.code, material.name, line.size, *figures, material.unit, *days, line.get_state_display(), line.note]


class OrderRow:
    """The lines of one material that share price and days: one row with its sizes across."""

    def __init__(self, lines: list[PurchaseOrderLine]) -> None:
        self.lines = lines
        self.first = lines[0]
        self.by_size = {line.size: line.quantity for line in lines if line.size}
        self.quantity = sum((line.quantity for line in lines), Decimal(0))
        self.needed_on = min((line.needed_on for line in lines if line.needed_on), default=None)

    @property
    def amount(self) -> Decimal | None:
        """What the row costs; None where no price is agreed: blank is not zero."""
        return None if self.first.price is None else self.first.price * self.quantity


def order_rows(lines: Sequence[PurchaseOrderLine]) -> list[OrderRow]:
    """Lines that were not cancelled, sizes of a material together where price and promise are the same."""
    together: dict[tuple[Any, ...], list[PurchaseOrderLine]] = {}
    for line in lines:
        if line.state != PurchaseOrderLine.State.CANCELLED:
            together.setdefault((line.material_id, line.price, line.promised_on, line.note), []).append(line)
    return [OrderRow(found) for found in together.values()]


def sizes_of(lines: Sequence[PurchaseOrderLine]) -> list[str]:
    """The sizes of an order, smallest first."""
    return sorted({line.size for line in lines if line.size}, key=Decimal)


def _order_row(number: int, row: OrderRow, sizes: Sequence[str], with_price: bool) -> list[Any]:
    money = [row.first.price, row.amount] if with_price else []
    material = row.first.material
    return [
        number,
        material.code,
        material.name,
        *(row.by_size.get(size) for size in sizes),
        row.quantity,
        material.unit,
        *money,
        row.needed_on,
        row.first.promised_on,
        row.first.note,
    ]
