"""Who acts in the demo; None is the program where an account is missing."""

from __future__ import annotations

from planning_site.core.departments import Department
from planning_site.core.models import User


def somebody(department: Department) -> User | None:
    """The first person of a department."""
    return User.objects.filter(groups__name=department, is_active=True).order_by("pk").first()
