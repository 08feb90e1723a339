"""Compares rows of order books and notices with the stored orders: what a row says, what is wrong with it, what it changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders import prices
from orders.imports.customers import salespeople
from orders.models import Customer, Order, OrderLine, Salesperson, Style, StyleColour
from orders.selectors import styles_by_code, unknown_style
from orders.services.editing import EDITABLE
from orders.services.lines import MAX_PAIRS_OF_A_SIZE
from orders.sizes import in_order
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import folded, shown

HEADER = ("customer", "po", "salesperson", "ordered_on", "packing", "note")
LINE = ("sizes", "pairs", "price", "due_on", "note")
HEADER_OF_ALL = ("customer", "po", "ordered_on")
CHUNK = 5_000


@dataclass
class Lookups:
    """All that rows refer to, fetched at once."""

    customers: dict[str, Customer]
    styles: dict[str, Style]
    sizes: dict[int, frozenset[str]]
    colours: dict[tuple[int, str], StyleColour]
    salespeople: dict[str, Salesperson]
    orders: dict[str, Order]
    lines: dict[tuple[int, int, int], OrderLine]
    positions: dict[int, int]


@dataclass(slots=True)
class LineDraft:
    """What a good row wants: its order and line with the fields that change; `order` is shared by the rows of one contract."""

    order: Order
    line: OrderLine
    order_fields: set[str] = field(default_factory=set)
    line_fields: set[str] = field(default_factory=set)


def fetch(records: Sequence[Record]) -> Lookups:
    """Fetch what the rows refer to: a fixed number of queries, more only by thousands of contracts."""
    styles = styles_by_code()
    customers: dict[str, Customer] = {}
    for customer in Customer.objects.select_related("salesperson"):
        customers[folded(customer.code)] = customer
        customers[folded(customer.name)] = customer
    colours: dict[tuple[int, str], StyleColour] = {}
    for colour in StyleColour.objects.all():
        colours[colour.style_id, folded(colour.name)] = colour
        if colour.code:
            colours.setdefault((colour.style_id, folded(colour.code)), colour)
    found = Lookups(
        customers=customers,
        styles=styles,
        sizes={style.pk: frozenset(style.sizes) for style in styles.values()},
        colours=colours,
        salespeople=salespeople({record.values.get("salesperson") for record in records}),
        orders={},
        lines={},
        positions={},
    )
    numbers = sorted({str(record.values["contract"]) for record in records if record.values.get("contract")})
    for at in range(0, len(numbers), CHUNK):
        _fetch_orders(numbers[at : at + CHUNK], found)
    return found


def _fetch_orders(numbers: list[str], found: Lookups) -> None:
    """Add the stored orders of these contracts with their lines, locked until the import is over.

    Customers, salespeople, styles and colours are shared objects: thousands of orders name a few of each.
    """
    # By id, not from the tables by name: two names that differ only in case are one word there.
    customers = Customer.objects.select_related("salesperson").in_bulk()
    people, styles, colours = Salesperson.objects.in_bulk(), Style.objects.in_bulk(), StyleColour.objects.in_bulk()
    orders = {order.pk: order for order in Order.objects.select_for_update().filter(number__in=numbers)}
    for order in orders.values():
        order.customer = customers[order.customer_id]
        order.salesperson = people[order.salesperson_id] if order.salesperson_id else None
        found.orders[order.number] = order
    for line in OrderLine.objects.filter(order__in=list(orders)):
        line.order = orders[line.order_id]
        line.style, line.colour = styles[line.style_id], colours[line.colour_id]
        found.lines[line.order_id, line.style_id, line.colour_id] = line
        found.positions[line.order_id] = max(found.positions.get(line.order_id, 0), line.position)


class Planner:
    """Plans the rows of one file; keeps what earlier rows of the file said about the same contract."""

    def __init__(self, records: Sequence[Record], context: Context) -> None:
        self.context = context
        self.found = fetch(records)
        self.new_orders: dict[str, Order] = {}
        self.headers: dict[str, tuple[Record, dict[str, Any]]] = {}
        self.taken: dict[tuple[str, int, int], Record] = {}

    def plan(self, record: Record) -> RowResult:
        """Return one row's result."""
        values = record.values
        contract = str(values.get("contract") or "")
        style, colour = self._goods(record)
        customer = self._customer(record)
        if style is not None:
            self._check_sizes(record, style)
        self._check_total(record)
        self._check_days(record)
        order = self.found.orders.get(contract)
        if order is not None and order.state not in EDITABLE:
            reason = _("%(order)s is %(state)s: reopen it before you change it.")
            record.blame("contract", reason % {"order": order.number, "state": Order.State(order.state).label})
        if contract:
            self._check_twice(record, contract, style, colour, customer)
        result = RowResult(record, RowState.WRONG, contract=contract, sizes=record.sizes)
        if not record.wrong and style is not None and colour is not None and customer is not None:
            self._compare(result, order, style, colour, customer)
        return result

    def _goods(self, record: Record) -> tuple[Style | None, StyleColour | None]:
        """Return the row's style and colour, or blame them."""
        code, name = record.values.get("style"), record.values.get("colour")
        style = self.found.styles.get(code.upper()) if code else None
        if code and style is None:
            reason, close = unknown_style(code, list(self.found.styles))
            record.blame("style", reason, suggestions=close)
        if style is None or not name:
            return style, None
        colour = self.found.colours.get((style.pk, folded(name)))
        if colour is None:
            names = [colour.name for (pk, _key), colour in self.found.colours.items() if pk == style.pk]
            known_names = pgettext("list", ", ").join(dict.fromkeys(names))
            reason = _("%(style)s has no colour %(colour)s, it has: %(known)s.") % {"style": style, "colour": name, "known": known_names}
            record.blame("colour", reason, suggestions=list(dict.fromkeys(names))[:4])
        return style, colour

    def _customer(self, record: Record) -> Customer | None:
        """Return the row's customer, or blame it."""
        name = record.values.get("customer")
        customer = self.found.customers.get(folded(name)) if name else None
        if name and customer is None:
            record.blame("customer", _("There is no customer %(name)s. Add it under customers first.") % {"name": name})
        return customer

    def _check_sizes(self, record: Record, style: Style) -> None:
        """A size outside the style's range is wrong, not a new size."""
        allowed = self.found.sizes[style.pk]
        for size, pairs in record.sizes.items():
            if size not in allowed:
                first, last = style.sizes[0], style.sizes[-1]
                values = {"style": style, "first": first, "last": last, "size": size}
                record.blame(f"size:{size}", _("%(style)s is made in sizes %(first)s to %(last)s, not in %(size)s.") % values)
            elif pairs > MAX_PAIRS_OF_A_SIZE:
                record.blame(f"size:{size}", _("More than %(limit)s pairs of one size.") % {"limit": MAX_PAIRS_OF_A_SIZE})

    def _check_total(self, record: Record) -> None:
        """The total, where the row has one, is the sum of its sizes; a row without pairs is no order."""
        if record.blames("size") or record.blames("pairs"):
            return  # the sum of sizes that could not be read says nothing
        pairs, total = sum(record.sizes.values()), record.values.get("total")
        if total is not None and total != pairs:
            values = {"sum": f"{pairs:,}", "difference": f"{abs(total - pairs):,}"}
            reason = _("The sizes add up to %(sum)s pairs: %(difference)s pairs of difference.") % values
            record.blame("total", reason, suggestions=[str(pairs)])
        elif not pairs and not record.blames("total"):
            record.blame("total" if "total" in record.columns else "contract", _("The row has no pairs."))

    def _check_days(self, record: Record) -> None:
        """Nothing is due before it was ordered."""
        due, ordered = record.values.get("due_on"), record.values.get("ordered_on")
        if due and ordered and due < ordered:
            record.blame("due_on", _("Due before it was ordered on %(day)s.") % {"day": ordered.isoformat()})

    def _check_twice(
        self, record: Record, contract: str, style: Style | None, colour: StyleColour | None, customer: Customer | None
    ) -> None:
        """Rows of one contract agree on customer, PO and order day, and have different goods; the first row stays good."""
        said = {"customer": customer, "po": record.values.get("po"), "ordered_on": record.values.get("ordered_on")}
        first, header = self.headers.setdefault(contract, (record, said))
        if first is not record:
            place = f"{first.sheet}!{first.row}"
            compared = [name for name in HEADER_OF_ALL if not record.blames(name) and not first.blames(name)]
            if any(said[name] != header[name] for name in compared):
                reason = _("Contract %(contract)s stands at %(place)s with another customer, PO or order day.")
                record.blame("contract", reason % {"contract": contract, "place": place})
                return
        if style is None or colour is None:
            return
        earlier = self.taken.setdefault((contract, style.pk, colour.pk), record)
        if earlier is not record:
            reason = _("Contract %(contract)s with this style and colour stands at %(place)s already.")
            record.blame("contract", reason % {"contract": contract, "place": f"{earlier.sheet}!{earlier.row}"})

    def _compare(self, result: RowResult, order: Order | None, style: Style, colour: StyleColour, customer: Customer) -> None:
        """Fill in the result of a good row: the drafts, its state, old and new values."""
        record = result.record
        header, line_values = self._wanted(record, customer)
        is_new = order is None
        if order is None:
            order = self._new_order(result.contract, header)
        line = self.found.lines.get((order.pk, style.pk, colour.pk)) if order.pk else None
        if not is_new and "price" in line_values and self.context.by is not None and not prices.may_see(self.context.by, order):
            del line_values["price"]  # as in the form: who may not see a price does not set it
        if line is None:
            position = self.found.positions.get(id(order) if is_new else order.pk, 0) + 1
            self.found.positions[id(order) if is_new else order.pk] = position
            line = OrderLine(order=order, position=position, style=style, colour=colour, **line_values)
            result.state, result.data = RowState.NEW, LineDraft(order, line)
            if not is_new:
                result.changes = _apply(order, header)
                result.data.order_fields = set(result.changes)
            return
        draft = LineDraft(order, line)
        changes = _apply(order, header)
        draft.order_fields = set(changes)
        line_changes = _apply(line, line_values)
        draft.line_fields = set(line_changes)
        result.changes = {**changes, **line_changes}
        result.state = RowState.CHANGED if result.changes else RowState.UNCHANGED
        result.data = draft

    def _wanted(self, record: Record, customer: Customer) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the header's and the line's values that the row gives; blank cells give none."""
        values: Mapping[str, Any] = record.values
        header: dict[str, Any] = {"customer": customer}
        header.update({name: values[name] for name in ("po", "ordered_on", "packing") if name in values})
        if "remark" in values:
            header["note"] = values["remark"]
        if "salesperson" in values:
            header["salesperson"] = self.found.salespeople[folded(values["salesperson"])]
        line = {"sizes": in_order(record.sizes), "pairs": sum(record.sizes.values()), "due_on": values["due_on"]}
        line.update({name: values[name] for name in ("price", "note") if name in values})
        return header, line

    def _new_order(self, contract: str, header: dict[str, Any]) -> Order:
        """Return the order that the file's rows of this contract share."""
        if contract not in self.new_orders:
            ordered_on: dt.date = header.get("ordered_on", self.context.today)
            known = {name: value for name, value in header.items() if name != "ordered_on"}
            self.new_orders[contract] = Order(
                plant=self.context.plant, number=contract, ordered_on=ordered_on, created_by=self.context.by, **known
            )
        return self.new_orders[contract]


def _apply(obj: Order | OrderLine, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set what differs and return field → (old, new) as people read it."""
    changes = {}
    for name, value in wanted.items():
        old = getattr(obj, name)
        if old != value and not (name == "sizes" and in_order(old) == value):
            changes[name] = (_people(old), _people(value))
            setattr(obj, name, value)
    return changes


def _people(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else shown(value)
