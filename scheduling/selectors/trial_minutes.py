"""What taking over a trial's minutes would change: rates by stage, and the hours of the orders that are open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from orders.models import Order, OrderLine
from quality.models import Trial
from quality.selectors import measured_minutes
from scheduling.models import Stage, StyleRate


@dataclass(frozen=True)
class StageMinutes:
    """Person-minutes a pair at a stage: as plans count now (None: unknown), as the process sheet says, as the trial measured."""

    stage: Stage
    rate: Decimal | None
    sheet: Decimal | None
    measured: Decimal | None
    open_pairs: int

    @property
    def change(self) -> Decimal | None:
        """Measured against the rate of now, as a share of it; None where one of the two is unknown."""
        return self.measured / self.rate - 1 if self.rate and self.measured is not None else None

    @property
    def hours(self) -> Decimal | None:
        """Person-hours that the open orders take more than by the rate of now, to the tenth; negative: less."""
        if self.rate is None or self.measured is None:
            return None
        return (self.open_pairs * (self.measured - self.rate) / 60).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class TrialMinutes:
    """A trial beside the rates of its style. `is_newest` is false where a later trial was measured."""

    trial: Trial
    rows: tuple[StageMinutes, ...]
    open_pairs: int
    is_newest: bool

    @property
    def is_measured(self) -> bool:
        """Whether every department of the trial measured its minutes."""
        return bool(self.rows) and all(row.measured is not None for row in self.rows)


def trial_minutes(trial: Trial) -> TrialMinutes:
    """A trial, read with its stages and their steps, beside the rates of its style. Five queries."""
    newest = measured_minutes(trial.style)
    lines = OrderLine.objects.filter(style=trial.style_id, order__state=Order.State.OPEN)
    pairs = lines.aggregate(total=Sum("pairs"))["total"] or 0
    rates = dict(StyleRate.objects.filter(style=trial.style_id).values_list("stage__code", "minutes"))
    shares = {share.step.code: share for share in trial.stages.all()}
    rows = tuple(
        StageMinutes(stage, rates.get(stage.code), shares[stage.code].sheet_minutes, shares[stage.code].minutes_per_pair, pairs)
        for stage in Stage.objects.filter(code__in=shares).order_by("position", "code")
    )
    return TrialMinutes(trial, rows, pairs, newest is None or newest.trial.number <= trial.number)
