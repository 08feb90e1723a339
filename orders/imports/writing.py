"""Writes planned order rows in bulk, with their history."""

import itertools
from collections.abc import Iterator, Sequence

from django.db.models import F

from orders.imports.order_lines import LineDraft
from orders.models import Order, OrderLine
from orders.services import history
from planning_site.core import audit
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.upsert import BATCH


def write_rows(results: Sequence[RowResult], context: Context) -> None:
    """Insert new orders and lines, update changed ones field by field, and record who brought it from which file."""
    drafts: list[tuple[RowResult, LineDraft]] = [(result, result.data) for result in results]
    new_orders = {id(draft.order): draft.order for _result, draft in drafts if draft.order.pk is None}
    Order.objects.bulk_create(list(new_orders.values()), batch_size=BATCH)
    new_lines = [draft.line for result, draft in drafts if result.state is RowState.NEW]
    for line in new_lines:
        line.order = line.order  # the order has its id only now
    OrderLine.objects.bulk_create(new_lines, batch_size=BATCH)
    _update(drafts)
    entries = _entries(drafts, set(new_orders), context)
    while part := list(itertools.islice(entries, BATCH)):
        audit.record_many(part, by=context.by)


def _update(drafts: Sequence[tuple[RowResult, LineDraft]]) -> None:
    """Update changed fields only, so that two editors do not overwrite each other; a form open on an order will notice."""
    orders = {draft.order.pk: draft.order for _result, draft in drafts if draft.order_fields}
    order_fields = sorted({name for _result, draft in drafts for name in draft.order_fields})
    if orders:
        Order.objects.bulk_update(list(orders.values()), order_fields, batch_size=BATCH)
    lines = [draft.line for _result, draft in drafts if draft.line_fields]
    line_fields = sorted({name for _result, draft in drafts for name in draft.line_fields})
    if lines:
        OrderLine.objects.bulk_update(lines, line_fields, batch_size=BATCH)
    touched = {draft.order.pk for result, draft in drafts if result.state is RowState.CHANGED or draft.order_fields}
    touched |= {draft.order.pk for result, draft in drafts if result.state is RowState.NEW and draft.line.position > 1}
    Order.objects.filter(pk__in=touched).update(version=F("version") + 1)


def _entries(drafts: Sequence[tuple[RowResult, LineDraft]], new_orders: set[int], context: Context) -> Iterator[audit.Entry]:
    """Yield the history: an order entered, a line added to a stored order, and old and new values of what changed.

    The lines of a new order have no entry of their own: they are what the file named in the order's entry says.
    """
    why = context.file[:300]
    entered = set(new_orders)
    for result, draft in drafts:
        if id(draft.order) in new_orders:
            if id(draft.order) in entered:
                entered.discard(id(draft.order))
                values = {name: (None, value) for name, value in history.header_values(draft.order).items() if value}
                yield audit.Entry(draft.order, history.ENTERED, values, why)
            continue
        header = {name: pair for name, pair in result.changes.items() if name in draft.order_fields and name not in draft.line_fields}
        if header:
            yield audit.Entry(draft.order, history.CHANGED, header, why)
        if result.state is RowState.NEW:
            values = {name: (None, value) for name, value in history.line_values(draft.line).items() if value}
            yield audit.Entry(draft.line, history.LINE_ADDED, values, why)
        elif draft.line_fields:
            changed = {name: pair for name, pair in result.changes.items() if name in draft.line_fields}
            yield audit.Entry(draft.line, history.CHANGED, changed, why)
