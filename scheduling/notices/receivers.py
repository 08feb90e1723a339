"""Who gets which plan: the clauses of the procedure as one table, and the people behind the departments."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from planning_site.core.departments import Department
from planning_site.core.models import User
from scheduling.models import Plan

GM, PRODUCTION, PURCHASING, QC = Department.GM, Department.PRODUCTION, Department.PURCHASING, Department.QC
SALES, TECHNICAL, WAREHOUSE, WORKSHOP = Department.SALES, Department.TECHNICAL, Department.WAREHOUSE, Department.WORKSHOP

# clause → departments, in the order of the procedure. A week plan goes to purchasing by two clauses, by Friday (D4) and by Saturday
# (E4.1). It is one fact, so a buyer gets one mail, on the day of publication, that names both.
CLAUSES: dict[str, dict[str, tuple[Department, ...]]] = {
    Plan.Horizon.MONTH: {"E1b": (GM, PRODUCTION, PURCHASING, QC, SALES, TECHNICAL)},
    Plan.Horizon.WEEK: {"D4": (PURCHASING,), "E4.1": (PRODUCTION, QC, PURCHASING, WAREHOUSE, WORKSHOP)},
    Plan.Horizon.DAY: {"E4.2": (WORKSHOP,)},
}


@dataclass(frozen=True)
class Receiver:
    """A person, the department on whose behalf, and the clauses that say so. Somebody in two departments gets one mail."""

    user: User
    department: Department
    clauses: tuple[str, ...]


def receivers_of(horizon: str) -> tuple[list[Receiver], tuple[Department, ...]]:
    """The receivers of a plan, and the departments in which nobody is active."""
    clauses: dict[Department, list[str]] = defaultdict(list)
    for clause, departments in CLAUSES[horizon].items():
        for department in departments:
            clauses[department].append(clause)
    members = people_of(clauses)
    receivers: dict[int, Receiver] = {}
    for department, codes in clauses.items():
        for user in members[department]:
            known = receivers.get(user.pk)
            merged = tuple(dict.fromkeys([*(known.clauses if known else ()), *codes]))
            receivers[user.pk] = Receiver(user, known.department if known else department, merged)
    return list(receivers.values()), tuple(department for department in clauses if not members[department])


def people_of(departments: Collection[Department]) -> dict[Department, list[User]]:
    """The active people of each department, by name; an empty list for a department without any. Two queries."""
    members: dict[Department, list[User]] = {department: [] for department in departments}
    names = [department.value for department in departments]
    users = User.objects.filter(is_active=True, groups__name__in=names).distinct().select_related("salesperson")
    for user in users.prefetch_related("groups").order_by("username"):
        for group in user.groups.all():
            if group.name in names:
                members[Department(group.name)].append(user)
    return members
