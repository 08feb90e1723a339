"""What follows from publishing a draft, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from planning_site.core.departments import Department
from scheduling import standing
from scheduling.models import Plan
from scheduling.notices.receivers import Receiver, receivers_of
from scheduling.selectors.changes import JobChanges, job_changes
from scheduling.selectors.summary import Summary


@dataclass(frozen=True)
class Told:
    """A department with the people who get the mail."""

    department: Department
    clauses: tuple[str, ...]
    people: tuple[Receiver, ...]


@dataclass(frozen=True)
class Consequences:
    """Who is told, what the draft replaces, what it changes, how good it is, and which finer plans then rest on an old version."""

    told: tuple[Told, ...]
    unreached: tuple[Department, ...]  # departments in which nobody is active
    replaces: Plan | None
    changes: JobChanges | None
    summary: Summary
    finer: tuple[Plan, ...]

    @property
    def mails(self) -> int:
        """How many people are written to."""
        return sum(len(department.people) for department in self.told)


def consequences_of(plan: Plan, summary: Summary) -> Consequences:
    """Read it all for one draft."""
    receivers, unreached = receivers_of(plan.horizon)
    departments = dict.fromkeys(receiver.department for receiver in receivers)
    told = [_told(department, receivers) for department in departments]
    replaces = standing.published_plan(plan.plant, plan.horizon, plan.period)
    return Consequences(
        told=tuple(told),
        unreached=unreached,
        replaces=replaces,
        changes=job_changes(plan, replaces) if replaces else None,
        summary=summary,
        finer=tuple(_resting_on(replaces)),
    )


def _told(department: Department, receivers: list[Receiver]) -> Told:
    people = tuple(receiver for receiver in receivers if receiver.department == department)
    return Told(department, tuple(dict.fromkeys(clause for person in people for clause in person.clauses)), people)


def _resting_on(plan: Plan | None) -> list[Plan]:
    """Published finer plans that were cut from the version that is replaced."""
    return list(Plan.objects.filter(refines=plan, state=Plan.State.PUBLISHED).order_by("period")) if plan else []
