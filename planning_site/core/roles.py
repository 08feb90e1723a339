"""What a person may decide beyond the work of a department. A role is a group of the same code; the administrator gives it."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.core.errors import DomainError
from planning_site.core.models import User


class Role(models.TextChoices):
    """The planning supervisor approves what the procedure reserves for him: swaps (E4.2) and plans in spite of a closed gate."""

    PLANNING_SUPERVISOR = "planning_supervisor", gettext_lazy("Planning supervisor")


def has_role(user: User | None, role: Role) -> bool:
    """Whether a person has a role; an administrator has every one, the program itself (None) has none. One query."""
    return user is not None and (user.is_superuser or user.groups.filter(name=role.value).exists())


def require_role(user: User | None, role: Role) -> None:
    """Raises DomainError (`role`) unless the person has the role; the sentence says who can help."""
    if not has_role(user, role):
        raise DomainError(_("Only the %(role)s decides this. The administrator gives the role.") % {"role": role.label}, "role")
