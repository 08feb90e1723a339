"""The people behind departments: who is told, who may own an item."""

from collections.abc import Collection

from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User


def people_of(departments: Collection[Department]) -> list[tuple[User, Department]]:
    """The active people of the departments, each once, with the first department on whose behalf they are told. Two queries."""
    names = [department.value for department in departments]
    users = User.objects.filter(is_active=True, groups__name__in=names).distinct().prefetch_related("groups").order_by("username")
    found = []
    for user in users:
        own = {group.name for group in user.groups.all()}
        found.append((user, next(department for department in departments if department.value in own)))
    return found


def is_of(user: User | None, departments: Collection[Department]) -> bool:
    """Whether a person may act for one of the departments; the program itself (None) and a superuser may."""
    return user is None or user.is_superuser or not user.departments.isdisjoint(departments)


def require(user: User | None, departments: Collection[Department], message: str, code: str) -> None:
    """Raises DomainError unless the person is of one of the departments."""
    if not is_of(user, departments):
        raise DomainError(message, code)
