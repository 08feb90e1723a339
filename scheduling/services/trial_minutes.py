"""The minutes that a trial measured become the style's rates (C4): what every plan made from then on counts with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Style
from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import Trial
from quality.selectors import measured_minutes
from quality.services import mark_minutes_taken
from scheduling.models import Stage, StyleRate


@dataclass(frozen=True)
class TakenOver:
    """What changed: person-minutes a pair by stage before (None: nobody knew) and now."""

    trial: Trial
    changed: dict[Stage, tuple[Decimal | None, Decimal]]


def take_trial_minutes(*, trial: Trial, by: User | None) -> TakenOver:
    """Write the measured minutes as the style's rates. Stages that the trial did not measure keep theirs.

    Raises DomainError: `not_measured` while a department's minutes are missing, `newer_trial` if a later trial was measured, `stage` for
    a department that is no stage of the route.
    """
    with transaction.atomic():
        # Two planners at once: the second finds the rates as the first left them.
        style = Style.objects.select_for_update().get(pk=trial.style_id)
        trial = mark_minutes_taken(trial=trial, by=by)
        newest = measured_minutes(style)
        if newest is None or newest.trial.pk != trial.pk:
            raise DomainError(_("A later trial was measured. Take over the minutes of that one."), "newer_trial")
        stages = {stage.code: stage for stage in Stage.objects.filter(code__in=newest.minutes)}
        missing = newest.minutes.keys() - stages.keys()
        if missing:
            raise DomainError(_("No stage of the route: %(codes)s.") % {"codes": ", ".join(sorted(missing))}, "stage")
        changed = _write(style, {stages[code]: minutes for code, minutes in newest.minutes.items()}, trial, by)
    return TakenOver(trial, changed)


def _write(style: Style, measured: dict[Stage, Decimal], trial: Trial, by: User | None) -> dict[Stage, tuple[Decimal | None, Decimal]]:
    stored = {rate.stage_id: rate for rate in StyleRate.objects.filter(style=style, stage__in=measured)}
    changed: dict[Stage, tuple[Decimal | None, Decimal]] = {}
    entries = []
    for stage, minutes in measured.items():
        rate = stored.get(stage.pk) or StyleRate(style=style, stage=stage)
        before: Decimal | None = rate.minutes if rate.pk else None
        if before == minutes:
            continue
        rate.minutes = minutes
        rate.full_clean()
        rate.save()
        changed[stage] = (before, minutes)
        words = {"minutes": (str(before) if before is not None else None, str(minutes))}
        entries.append(audit.Entry(rate, "take minutes over", words, f"trial {trial.number}"))
    audit.record_many(entries, by=by)
    return changed
