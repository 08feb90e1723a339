"""How a plan was made: its run, its dials, its input, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.adapters import engine_version
from scheduling.dials import AS_USUAL, Dials
from scheduling.models import Plan, PlanInput, PlanRun
from scheduling.selectors.weights import Dial, dial_rows, exchange_sentences, weights_word


@dataclass(frozen=True)
class Made:
    """What stands on record of a month plan's making. `run` is None for a plan that no run is known of."""

    plan: Plan
    run: PlanRun | None
    dials: Dials
    word: str
    rows: list[Dial]
    exchange: list[str]
    input_hash: str
    is_input_kept: bool
    engine: str
    is_engine_same: bool

    @property
    def is_repeatable(self) -> bool:
        """Whether the same input, seed and engine give this very plan: it was searched by rounds, to their end."""
        return bool(self.plan.metrics.get("repeatable"))

    @property
    def curve(self) -> list[list[float]]:
        """[[seconds, cost, late jobs], …] of the search."""
        return self.run.curve if self.run else []

    @property
    def compared(self) -> dict[str, float]:
        """Against the plan that was made again: costs and their difference; empty for any other plan."""
        again = self.plan.metrics.get("again_of")
        if not again or again.get("cost") is None:
            return {}
        return {"before": again["cost"], "now": self.plan.metrics["cost"], "change": self.plan.metrics["cost"] - again["cost"]}


def dials_of(plan: Plan) -> Dials:
    """The dials a plan was made with; one from before there were any: as usual."""
    known = plan.metrics.get("weights")
    return Dials(**known) if known else AS_USUAL


def made_of(plan: Plan) -> Made:
    """Two queries."""
    dials, kept = dials_of(plan), plan.metrics.get("input", "")
    run = PlanRun.objects.filter(plan=plan).select_related("requested_by", "start_from").defer("saved").first()
    engine = plan.metrics.get("engine", "")
    return Made(
        plan=plan,
        run=run,
        dials=dials,
        word=weights_word(dials),
        rows=dial_rows(dials),
        exchange=exchange_sentences(dials),
        input_hash=kept,
        is_input_kept=bool(kept) and PlanInput.objects.filter(hash=kept).exists(),
        engine=engine,
        is_engine_same=engine == engine_version(),
    )
