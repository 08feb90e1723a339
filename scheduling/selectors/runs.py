"""Plan runs for their pages: how far each is, and how the last ones ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from planning_site.core import clock
from planning_site.core.models import User
from planning_site.core.plants import default_plant, plants
from scheduling.models import Plan, PlanRun
from scheduling.selectors.plans import ACTIVE_RUNS, default_plans, may_see_drafts

State = PlanRun.State
RUNS_SHOWN = 20


@dataclass(frozen=True)
class RunView:
    """A run as its page shows it."""

    run: PlanRun

    @property
    def is_active(self) -> bool:
        """Whether it still waits or works."""
        return self.run.state in ACTIVE_RUNS

    @property
    def can_stop(self) -> bool:
        """Whether nobody has asked to stop it yet."""
        return self.is_active and not self.run.stop_wanted

    @property
    def can_keep_best(self) -> bool:
        """Whether there is a plan already that could be used as it is."""
        return self.can_stop and self.run.state == State.RUNNING and bool(self.run.best)

    @property
    def seconds(self) -> int:
        """How long it has worked, or worked until it ended."""
        if self.run.started_at is None:
            return 0
        return int(((self.run.finished_at or clock.now()) - self.run.started_at).total_seconds())

    @property
    def first_cost(self) -> float | None:
        """The cost of the first plan of the search."""
        return self.run.curve[0][1] if self.run.curve else None

    @property
    def saved_share(self) -> float | None:
        """How much less the best plan costs than the first, 0..1."""
        if not self.first_cost or not self.run.best:
            return None
        return 1.0 - float(self.run.best["cost"]) / self.first_cost

    @property
    def waits_long(self) -> bool:
        """Whether it has waited so long that probably no worker runs."""
        waited = clock.now() - self.run.requested_at
        return self.run.state == State.QUEUED and waited > dt.timedelta(seconds=30)


def runs() -> QuerySet[PlanRun]:
    """All runs with what a page shows of them, newest first."""
    return (
        PlanRun.objects.select_related("plan", "plant", "requested_by", "weights", "start_from", "again_of").defer("saved").order_by("-id")
    )


def last_runs() -> list[RunView]:
    """The newest runs of the plant that pages are about."""
    return [RunView(run) for run in runs().filter(plant=default_plant())[:RUNS_SHOWN]]


def elsewhere() -> list[RunView]:
    """What waits or works for the other plants; no query where there is one plant only."""
    others = [plant for plant in plants() if plant != default_plant()]
    return [RunView(run) for run in runs().filter(plant__in=others, state__in=ACTIVE_RUNS)] if others else []


@dataclass(frozen=True)
class Desk:
    """One horizon on the planner's desk: what stands published, which draft waits, which run works."""

    horizon: Plan.Horizon
    published: Plan | None
    draft: Plan | None
    run: RunView | None


def desks(user: User, views: list[RunView]) -> list[Desk]:
    """Month, week and day, three queries; drafts for those who may see them."""
    out = []
    for horizon in Plan.Horizon:
        plans = list(default_plans(horizon).exclude(state=Plan.State.SUPERSEDED)[:20])
        drafts = [plan for plan in plans if plan.state == Plan.State.DRAFT] if may_see_drafts(user) else []
        published = [plan for plan in plans if plan.state == Plan.State.PUBLISHED]
        active = next((view for view in views if view.run.horizon == horizon and view.is_active), None)
        out.append(Desk(horizon, published[0] if published else None, drafts[0] if drafts else None, active))
    return out
