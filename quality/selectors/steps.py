"""The steps of pre-production as tasks that can be scheduled."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from quality.models import Step
from quality.schedule import Task, without

Group = Step.Group


@dataclass(frozen=True)
class Steps:
    """The steps with what each waits for, as `read_steps` reads them."""

    rows: tuple[Step, ...]

    @cached_property
    def tasks(self) -> list[Task]:
        """What is scheduled: every step up to QC's report. What waits for a step out of use waits for what that one waited for."""
        everything = [task_of(step) for step in self.rows]
        gone = {step.code for step in self.rows if not step.is_active or step.group == Group.PRODUCTION}
        return without(everything, gone)

    def of_group(self, group: str) -> list[Step]:
        return [step for step in self.rows if step.is_active and step.group == group]

    @cached_property
    def scheduled(self) -> list[Step]:
        """The steps of a plan in their order: items, trial, report."""
        return [step for step in self.rows if step.is_active and step.group != Group.PRODUCTION]

    @cached_property
    def production_days(self) -> int:
        """Working days from the release to the due day."""
        return sum(step.days for step in self.of_group(Group.PRODUCTION))

    def tasks_for(self, needed: Collection[str]) -> list[Task]:
        """The tasks of a style that needs only these steps."""
        return without(self.tasks, {task.code for task in self.tasks} - set(needed))


def task_of(step: Any) -> Task:
    return Task(step.code, step.days, frozenset(step.waits_for))


def read_steps() -> Steps:
    """Every step, also those out of use, in their order. One query."""
    waits_for = ArrayAgg("after__code", filter=Q(after__isnull=False), default=[], order_by="after__position")
    return Steps(tuple(Step.objects.select_related("owner").annotate(waits_for=waits_for).order_by("position", "code")))


def codes(steps: Iterable[Step]) -> set[str]:
    return {step.code for step in steps}
