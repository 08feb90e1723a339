"""States of an order, and the lock under which an order is written."""

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order
from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition

STATE_CHANGED = "state"


class OrderConflictError(DomainError):
    """Somebody else saved the order in the meantime. Nothing was written; `order` is as it stands now."""

    def __init__(self, order: Order) -> None:
        super().__init__(_("Not saved: %(order)s was changed in the meantime.") % {"order": order.number}, "conflict")
        self.order = order


def lock_order(pk: int, version: int | None) -> Order:
    """The order, locked until the transaction ends. Raises OrderConflictError if it is no longer of that version."""
    order = Order.objects.select_for_update(of=("self",)).select_related("customer__salesperson", "salesperson").get(pk=pk)
    if version is not None and order.version != version:
        raise OrderConflictError(order)
    return order


def change_state(*, order: Order, state: Order.State, reason: str, by: User | None, version: int | None = None) -> Order:
    """Hold, cancel, reopen or close an order. Raises DomainError for a move that its state does not allow or without a reason,
    OrderConflictError if `version` is given and no longer the order's."""
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
    with transaction.atomic():
        locked = lock_order(order.pk, version)
        before = transition(locked, state)
        locked.version += 1
        locked.save(update_fields=["state", "version"])
        audit.record(locked, STATE_CHANGED, by=by, values={"state": (before, locked.state)}, why=reason)
    return locked
