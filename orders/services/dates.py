"""The due day of a line, changed by agreement with planning."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from orders.services.history import CHANGED
from orders.services.states import lock_order
from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User


@transaction.atomic
def change_due_day(*, line_id: int, due_on: dt.date, by: User | None, why: str) -> OrderLine:
    """Set a line's due day, on record with the reason. Raises DomainError for an order that is no longer open."""
    order = lock_order(OrderLine.objects.values_list("order_id", flat=True).get(pk=line_id), None)
    if order.state != Order.State.OPEN:
        words = {"order": order, "state": order.get_state_display()}
        raise DomainError(_("%(order)s is %(state)s: its due day stays.") % words, "not_open")
    line = OrderLine.objects.get(pk=line_id)
    if line.due_on != due_on:
        before, line.due_on = line.due_on, due_on
        line.save(update_fields=["due_on"])
        order.version += 1
        order.save(update_fields=["version"])
        audit.record(line, CHANGED, by=by, values={"due_on": (before.isoformat(), due_on.isoformat())}, why=why)
    return line
