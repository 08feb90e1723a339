"""Who sees what an order costs: its own salesperson, the customer's salesperson, the general manager. Nobody else."""

from django.db.models import Q

from orders.models import Order
from planning_site.core.departments import Department
from planning_site.core.models import User


def sees_all(user: User) -> bool:
    return user.is_superuser or Department.GM in user.departments


def sees_some(user: User) -> bool:
    """Whether a table of orders has a price column for this person at all."""
    return sees_all(user) or Department.SALES in user.departments


def may_see(user: User, order: Order) -> bool:
    """Costs no query when the order came with `customer__salesperson` and `salesperson`."""
    if sees_all(user):
        return True
    if Department.SALES not in user.departments:
        return False
    owners = [order.salesperson, order.customer.salesperson]
    return any(owner is not None and owner.user_id == user.pk for owner in owners)


def visible(user: User, order: str = "") -> Q:
    """The orders whose prices the person sees, as a filter; `order` leads to the order, such as "order__"."""
    if sees_all(user):
        return Q()
    if Department.SALES not in user.departments:
        return Q(pk__in=[])
    return Q(**{f"{order}salesperson__user": user}) | Q(**{f"{order}customer__salesperson__user": user})
