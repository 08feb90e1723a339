"""Trials: what was measured, what is open, and what a workshop has before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from orders.models import Style
from quality.models import Trial, TrialProblem, TrialStage


@dataclass(frozen=True)
class MeasuredMinutes:
    """Person-minutes a pair by stage code, as a trial measured them."""

    trial: Trial
    minutes: dict[str, Decimal]


def measured_minutes(style: Style) -> MeasuredMinutes | None:
    """What the newest measured trial of a style says of its minutes, for whoever keeps the rates; None if none was measured.

    A redone trial counts too: its minutes are the newest there are. Stages without all three figures are left out. Two queries.
    """
    stages = TrialStage.objects.select_related("step").exclude(clock_minutes=None)
    trials = Trial.objects.filter(style=style, stages__clock_minutes__isnull=False).distinct().order_by("-number")
    trial = trials.prefetch_related(Prefetch("stages", queryset=stages)).first()
    if trial is None:
        return None
    return MeasuredMinutes(trial, {stage.step.code: minutes for stage in trial.stages.all() if (minutes := stage.minutes_per_pair)})


def trials(*, state: str = "", words: str = "") -> QuerySet[Trial]:
    """Trials with stages, open ones first, then the newest; words must occur in the style."""
    stages = TrialStage.objects.select_related("step").order_by("step__position")
    found = Trial.objects.select_related("style", "colour").annotate(
        problem_count=Count("problems", distinct=True),
        open_problems=Count("problems", filter=Q(problems__closed_at=None), distinct=True),
        is_judged=Q(state__in=[Trial.State.PASSED, Trial.State.FAILED]),
    )
    if state in Trial.State.values:
        found = found.filter(state=state)
    for word in words.split():
        found = found.filter(style__code__icontains=word)
    return found.prefetch_related(Prefetch("stages", queryset=stages)).order_by("is_judged", "-created_at", "-pk")


def trial_page() -> QuerySet[Trial]:
    """Trials with all that their sheet shows."""
    stages = TrialStage.objects.select_related("step", "reported_by").order_by("step__position")
    problems = TrialProblem.objects.select_related("owner", "found_by", "closed_by", "photo").defer("photo__content")
    problems = problems.order_by("closed_at", "due_on", "pk")
    return Trial.objects.select_related("style", "colour", "handed_over_by", "minutes_taken_by").prefetch_related(
        Prefetch("stages", queryset=stages), Prefetch("problems", queryset=problems)
    )


def trials_of(styles: Collection[Style]) -> list[Trial]:
    """Every trial of the styles, newest first, as their sheets show them."""
    return list(trial_page().filter(style__in=styles).order_by("style_id", "-number"))
