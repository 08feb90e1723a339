"""Problems that a trial showed: written down with place, kind, photo, owner and due day, closed with what was done."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from quality.models import Trial, TrialProblem
from quality.notices import Notice, tell
from quality.people import is_of, require
from quality.services.files import Upload, store_photo

FINDERS = (Department.WORKSHOP, Department.PRODUCTION, Department.TECHNICAL, Department.QC, Department.PLANNING)


def add_problem(
    *,
    trial: Trial,
    kind: str,
    place: str,
    text: str,
    owner: User,
    due_on: dt.date,
    by: User | None,
    photo: Upload | None = None,
    today: dt.date | None = None,
) -> TrialProblem:
    """Write down a problem; its owner is told. Raises DomainError: `not_finder`, `failed` for a trial that is redone, `past`."""
    require(by, FINDERS, _("The workshops, production, technical, QC and planning report problems."), "not_finder")
    if trial.state == Trial.State.FAILED:
        raise DomainError(_("Trial %(n)d is to be redone; write it on the next one.") % {"n": trial.number}, "failed")
    if due_on < (today or clock.today()):
        raise DomainError(_("The due day has passed."), "past")
    with transaction.atomic():
        problem = TrialProblem(
            trial=trial,
            kind=kind,
            place=" ".join(place.split()),
            text=" ".join(text.split()),
            photo=store_photo(photo, by=by) if photo else None,
            owner=owner,
            due_on=due_on,
            found_at=clock.now(),
            found_by=by,
        )
        problem.full_clean()
        problem.save()
        audit.record(trial, "problem", by=by, values={"problem": (None, f"{problem.place} {problem.text}"[:200])})
        receivers = [(owner, next(iter(sorted(owner.departments)), Department.TECHNICAL))]
        tell(key=f"problem:{problem.pk}", receivers=receivers, build=lambda: _notice(problem), rule_code="C4")
    return problem


def close_problem(*, problem: TrialProblem, remedy: str, by: User | None) -> TrialProblem:
    """Close a problem with what was done: its owner, technical or QC. Raises DomainError: `not_owner`, `no_remedy`, `closed`."""
    if not is_of(by, [Department.TECHNICAL, Department.QC]) and (by is None or by.pk != problem.owner_id):
        raise DomainError(_("Its owner, technical or QC closes a problem."), "not_owner")
    remedy = " ".join(remedy.split())
    if not remedy:
        raise DomainError(_("Say what was done."), "no_remedy")
    with transaction.atomic():
        locked = TrialProblem.objects.select_for_update(of=("self",)).select_related("trial").get(pk=problem.pk)
        if locked.closed_at is not None:
            raise DomainError(_("%(person)s closed it before.") % {"person": locked.closed_by}, "closed")
        locked.closed_at, locked.closed_by, locked.remedy = clock.now(), by, remedy[:300]
        locked.save(update_fields=["closed_at", "closed_by", "remedy"])
        audit.record(locked.trial, "close problem", by=by, values={"problem": (f"{locked.place} {locked.text}"[:200], remedy[:200])})
    return locked


def _notice(problem: TrialProblem) -> Notice:
    return Notice(
        title=_("%(style)s trial %(n)d: %(place)s, by %(day)s")
        % {
            "style": problem.trial.style,
            "n": problem.trial.number,
            "place": problem.place,
            "day": figures.day(problem.due_on),
        },
        lead=problem.text,
        facts=((_("kind"), str(problem.get_kind_display())), (_("found by"), str(problem.found_by or ""))),
        url=reverse("quality:trial", args=[problem.trial_id]),
        link=_("Open the trial sheet"),
    )
