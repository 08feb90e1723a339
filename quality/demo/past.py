"""Lets something happen on a day in the past: the services write the present, and what they wrote is moved back afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from planning_site.core import clock
from planning_site.core.models import Change
from planning_site.outbox.models import OutgoingMail
from quality.models import Delay, ItemVersion, PlanItem, PreparationPlan, StyleRelease, Trial, TrialProblem, TrialStage

# every instant that the services of this app write
INSTANTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Change, ("at",)),
    (OutgoingMail, ("created_at",)),
    (PreparationPlan, ("created_at", "reviewed_at")),
    (ItemVersion, ("delivered_at", "reviewed_at")),
    (Delay, ("at",)),
    (Trial, ("created_at", "handed_over_at")),
    (TrialStage, ("reported_at",)),
    (TrialProblem, ("found_at", "closed_at")),
    (StyleRelease, ("signed_at",)),
)


@contextmanager
def happened(day: dt.date, time: dt.time = dt.time(15, 20)) -> Iterator[dt.date]:
    """Whatever services write inside happened on that day, in the factory's time. Only for a database that nobody else uses yet."""
    began, at = clock.now(), clock.at(day, time)
    yield day
    if at >= began:
        return
    for model, fields in INSTANTS:
        for field in fields:
            model._default_manager.filter(**{f"{field}__gte": began}).update(**{field: at})
    # proofs count on the day they were given
    PlanItem.objects.filter(done_on=clock.today()).update(done_on=day)
