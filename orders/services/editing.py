"""Entering an order and changing it."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orders import prices
from orders.models import Customer, Order, OrderLine, Salesperson
from orders.services import history
from orders.services.lines import KeepPrice, LineInput, check_lines, fill, write_lines
from orders.services.numbers import next_order_number
from orders.services.states import lock_order
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User

EDITABLE = frozenset({Order.State.OPEN, Order.State.ON_HOLD})
NUMBER_ATTEMPTS = 5  # only a workbook that brings the very same number at the very same moment costs one


def create_order(
    *,
    plant: Plant,
    customer: Customer,
    po: str,
    salesperson: Salesperson | None,
    ordered_on: dt.date,
    lines: Sequence[LineInput],
    by: User | None,
    packing: str = "",
    note: str = "",
) -> Order:
    """Enter an open order and give it its number. Raises DomainError if a line is wrong."""
    check_lines(lines, ordered_on)
    order = Order(
        plant=plant,
        customer=customer,
        po=po.strip(),
        salesperson=salesperson,
        ordered_on=ordered_on,
        packing=packing.strip(),
        note=note.strip(),
        created_by=by,
    )
    with transaction.atomic():
        _save_numbered(order)
        OrderLine.objects.bulk_create([fill(OrderLine(order=order), line, n) for n, line in enumerate(lines, start=1)])
        history.record_entered(order, by=by)
    return order


def update_order(
    *,
    order: Order,
    version: int,
    customer: Customer,
    po: str,
    salesperson: Salesperson | None,
    ordered_on: dt.date,
    lines: Sequence[LineInput],
    by: User | None,
    packing: str = "",
    note: str = "",
) -> Order:
    """Change an order that was read at `version`. Lines not given are removed; a change of nothing writes nothing.

    Raises OrderConflictError if somebody saved it since, DomainError if it is closed or cancelled, if a line is wrong, or if
    somebody who may not see its prices would come to see them.
    """
    check_lines(lines, ordered_on)
    with transaction.atomic():
        locked = lock_order(order.pk, version)
        if locked.state not in EDITABLE:
            raise DomainError(
                _("%(order)s is %(state)s: reopen it before you change it.")
                % {"order": locked.number, "state": Order.State(locked.state).label},
                "not_editable",
            )
        _guard_prices(locked, customer, salesperson, lines, by)
        header, before = history.header_values(locked), history.all_line_values(locked)
        locked.customer, locked.salesperson, locked.ordered_on = customer, salesperson, ordered_on
        locked.po, locked.packing, locked.note = po.strip(), packing.strip(), note.strip()
        write_lines(locked, lines)
        if history.record_changed(locked, header, before, by=by):
            locked.version += 1
        locked.save(update_fields=["customer", "salesperson", "ordered_on", "po", "packing", "note", "version"])
    return locked


def _save_numbered(order: Order) -> None:
    """Give the number and insert. A workbook may bring the same number in this moment: then the next one is taken."""
    for attempt in range(1, NUMBER_ATTEMPTS + 1):
        order.number = next_order_number(order.ordered_on)
        try:
            with transaction.atomic():
                order.save(force_insert=True)
        except IntegrityError as error:
            order.pk = None
            if attempt == NUMBER_ATTEMPTS or "number" not in str(error):
                raise
        else:
            return


def _guard_prices(order: Order, customer: Customer, salesperson: Salesperson | None, lines: Sequence[LineInput], by: User | None) -> None:
    """Who may not see an order's prices may not set them, nor hand the order to himself and see them then."""
    if by is None or prices.may_see(by, order):
        return
    if customer != order.customer or salesperson != order.salesperson:
        raise DomainError(
            _("Customer and salesperson of %(order)s are changed by its own salesperson or the general manager.") % {"order": order.number},
            "not_yours",
        )
    if any(not isinstance(line.price, KeepPrice) for line in lines):
        raise DomainError(_("Prices of %(order)s are set by its own salesperson.") % {"order": order.number}, "not_yours")
