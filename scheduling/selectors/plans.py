"""Which plans there are, and who may see which: drafts are for planning, the production office and the general manager."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Subquery

from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from scheduling.models import Plan, PlanRun

DRAFT_READERS = frozenset({Department.PLANNING, Department.GM, Department.PRODUCTION})
PEOPLE_AND_KIN = ("plant", "created_by", "published_by", "refines", "replaces")
# how many days around a period its neighbours are looked for, and how many plans are read where no period is asked for
NEIGHBOURS = {"month": dt.timedelta(days=370), "week": dt.timedelta(days=90), "day": dt.timedelta(days=40)}
NEWEST = 120
ACTIVE_RUNS = (PlanRun.State.QUEUED, PlanRun.State.RUNNING)


def may_see_drafts(user: User) -> bool:
    """Whether a person may open plans that nobody has agreed to yet."""
    return user.is_superuser or not DRAFT_READERS.isdisjoint(user.departments)


def visible_plans(user: User) -> QuerySet[Plan]:
    """The plans that a person may open: whatever was published once, and every draft for those who work on drafts."""
    plans = Plan.objects.select_related(*PEOPLE_AND_KIN)
    return plans if may_see_drafts(user) else plans.filter(published_at__isnull=False)


def default_plans(horizon: str) -> QuerySet[Plan]:
    """All plans of one horizon of the plant that pages are about, newest period and version first."""
    return Plan.objects.filter(plant=default_plant(), horizon=horizon).select_related(*PEOPLE_AND_KIN)


@dataclass(frozen=True)
class Shelf:
    """One plan as it is opened, and its neighbours. `newer_draft` is mentioned to everybody, shown to draft readers."""

    plan: Plan
    versions: tuple[Plan, ...]  # of the same period, newest first, as far as the reader may open them
    newer_draft: Plan | None
    published: Plan | None  # what stands published for the period
    earlier: Plan | None  # the plan to open for the period before, and the one after
    later: Plan | None

    @property
    def is_current(self) -> bool:
        """Whether this version is what the departments work by."""
        return self.plan.state == Plan.State.PUBLISHED


def shelf_for(
    *, user: User, horizon: str, period: dt.date | None = None, version: int | None = None, today: dt.date | None = None
) -> Shelf | None:
    """The plan that a page opens without naming it by its id, None where there is nothing to open.

    Without a period: month and week the newest published one, the day the next one from today on; where nothing has been
    published, the newest draft for those who may see it. Without a version: the published one, else the newest.
    """
    known = list(_around(default_plans(horizon), horizon, period) if period else default_plans(horizon)[:NEWEST])
    seen = _seen(user, known)
    if period is None:
        period = _period_to_open(horizon, seen, today or clock.today())
    return _shelf(known, seen, period, version) if period else None


def shelf_of(*, user: User, plan: Plan) -> Shelf:
    """The shelf of a plan that the reader may open."""
    beside = Plan.objects.filter(plant=plan.plant_id, horizon=plan.horizon).select_related(*PEOPLE_AND_KIN)
    known = list(_around(beside, plan.horizon, plan.period))
    shelf = _shelf(known, _seen(user, known, opened=plan.pk), plan.period, plan.version)
    if shelf is None:
        raise Plan.DoesNotExist
    return shelf


def _around(plans: QuerySet[Plan], horizon: str, period: dt.date) -> QuerySet[Plan]:
    return plans.filter(period__range=(period - NEIGHBOURS[horizon], period + NEIGHBOURS[horizon]))


def _seen(user: User, plans: list[Plan], *, opened: int | None = None) -> list[Plan]:
    """The same question as `visible_plans` asks, of plans that are loaded already; a what-if stands among them only where it is opened."""
    if not may_see_drafts(user):
        return [plan for plan in plans if plan.published_at]
    return [plan for plan in plans if plan.state != Plan.State.TRIAL or plan.pk == opened]


def shelf_by_id(*, user: User, pk: int) -> Shelf:
    """The shelf of a plan by its id, of whatever plant. Raises Plan.DoesNotExist where there is none that the reader may open.

    One query for all but very old plans: the newest ones of its plant and horizon come along anyway.
    """
    this = Plan.objects.filter(pk=pk)
    beside = Plan.objects.filter(plant=Subquery(this.values("plant")[:1]), horizon=Subquery(this.values("horizon")[:1]))
    known = list(beside.select_related(*PEOPLE_AND_KIN)[:NEWEST])
    seen = _seen(user, known, opened=pk)
    plan = next((plan for plan in seen if plan.pk == pk), None)
    if plan is None:
        return shelf_of(user=user, plan=visible_plans(user).get(pk=pk))
    shelf = _shelf(known, seen, plan.period, plan.version)
    if shelf is None:
        raise Plan.DoesNotExist
    return shelf


def _period_to_open(horizon: str, plans: list[Plan], today: dt.date) -> dt.date | None:
    published = [plan.period for plan in plans if plan.state == Plan.State.PUBLISHED]
    if horizon == Plan.Horizon.DAY:
        ahead = [period for period in published if period >= today]
        published = [min(ahead)] if ahead else published
    periods = published or [plan.period for plan in plans]
    return max(periods, default=None)


def _shelf(known: list[Plan], seen: list[Plan], period: dt.date, version: int | None) -> Shelf | None:
    versions = [plan for plan in seen if plan.period == period]
    plan = _best(versions) if version is None else next((plan for plan in versions if plan.version == version), None)
    if plan is None:
        return None
    drafts = [other for other in known if other.period == period and other.state == Plan.State.DRAFT and other.version > plan.version]
    periods = sorted({other.period for other in seen})
    place = periods.index(period)
    return Shelf(
        plan=plan,
        versions=tuple(versions),
        newer_draft=drafts[0] if drafts else None,
        published=next((other for other in versions if other.state == Plan.State.PUBLISHED), None),
        earlier=_best([other for other in seen if other.period == periods[place - 1]]) if place else None,
        later=_best([other for other in seen if other.period == periods[place + 1]]) if place + 1 < len(periods) else None,
    )


def _best(versions: list[Plan]) -> Plan | None:
    """The published version, else the newest that is no what-if."""
    versions = [plan for plan in versions if plan.state != Plan.State.TRIAL]
    standing = [plan for plan in versions if plan.state == Plan.State.PUBLISHED]
    return standing[0] if standing else max(versions, key=lambda plan: plan.version, default=None)


def active_run(horizon: str, plant: Plant) -> PlanRun | None:
    """The run that is making a plan of this horizon right now."""
    return PlanRun.objects.filter(horizon=horizon, plant=plant, state__in=ACTIVE_RUNS).first()
