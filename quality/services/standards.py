"""The usual durations and owners of pre-production: data that is changed with who, when and why. Plans that stand keep their days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import Step
from quality.people import require

EDITORS = (Department.PLANNING, Department.TECHNICAL)


@dataclass(frozen=True)
class Standard:
    """What is wanted of a step."""

    days: int
    owner: User | None
    is_active: bool = True


def change_standards(*, wanted: Mapping[int, Standard], why: str, by: User | None) -> list[Step]:
    """Change durations, usual owners and use of steps, by id, and return those that changed.

    Raises DomainError: `not_editor`, `no_reason`, `needed` if QC's report would go out of use.
    """
    require(by, EDITORS, _("Planning and technical change the usual durations."), "not_editor")
    with transaction.atomic():
        changed, entries = [], []
        for step in Step.objects.select_for_update(of=("self",)).select_related("owner").filter(pk__in=wanted):
            values = _apply(step, wanted[step.pk])
            if values:
                step.full_clean()
                step.save(update_fields=["days", "owner", "is_active"])
                changed.append(step)
                entries.append(audit.Entry(step, "change", values, why.strip()[:300]))
        if changed and not why.strip():
            raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
        audit.record_many(entries, by=by)
    return changed


def _apply(step: Step, wanted: Standard) -> dict[str, tuple[object, object]]:
    values: dict[str, tuple[object, object]] = {}
    if step.days != wanted.days:
        values["working days"] = (step.days, wanted.days)
        step.days = wanted.days
    if step.owner_id != (wanted.owner.pk if wanted.owner else None):
        values["owner"] = (str(step.owner or ""), str(wanted.owner or ""))
        step.owner = wanted.owner
    if step.is_active != wanted.is_active:
        if step.group == Step.Group.REPORT:
            raise DomainError(_("Nothing is released without QC's report."), "needed")
        values["in use"] = (step.is_active, wanted.is_active)
        step.is_active = wanted.is_active
    return values
