"""The state of a purchase order follows from its lines: what was answered, what came, what is still owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from procurement.models import PurchaseOrder, PurchaseOrderLine, StockMove

State = PurchaseOrder.State
LineState = PurchaseOrderLine.State
# A draft is not sent by its lines, and what a person closed or cancelled stays so.
BY_HAND = (State.DRAFT, State.CLOSED, State.CANCELLED)


def state_by_lines(states: Collection[str], *, something_came: bool) -> PurchaseOrder.State:
    """What the states of an order's lines make of it. Cancelled lines do not count, unless all are."""
    open_states = set(states) - {LineState.CANCELLED}
    if not open_states:
        return State.CANCELLED
    if open_states == {LineState.RECEIVED}:
        return State.RECEIVED
    if something_came or LineState.RECEIVED in open_states:
        return State.PARTLY
    return State.CONFIRMED if open_states == {LineState.CONFIRMED} else State.SENT


def settle_orders(orders: Iterable[int]) -> None:
    """Bring the state of these purchase orders in line with their lines. Three queries and one for each new state."""
    wanted = set(orders)
    lines: dict[int, list[str]] = defaultdict(list)
    for order, state in PurchaseOrderLine.objects.filter(order__in=wanted).values_list("order_id", "state"):
        lines[order].append(state)
    came = set(StockMove.objects.filter(purchase_line__order__in=wanted).values_list("purchase_line__order_id", flat=True))
    moved: dict[str, list[int]] = defaultdict(list)
    for pk, before in PurchaseOrder.objects.filter(pk__in=wanted).exclude(state__in=BY_HAND).values_list("pk", "state"):
        state = state_by_lines(lines[pk], something_came=pk in came)
        if state != before and lines[pk]:
            moved[state].append(pk)
    for state, pks in moved.items():
        PurchaseOrder.objects.filter(pk__in=pks).update(state=state)
