"""Two versions of a plan side by side: figures, load, and which orders end earlier or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.templatetags import figures
from scheduling.models import Plan, PlanJob, Stage
from scheduling.selectors.floor import Floor
from scheduling.selectors.load import Load, LoadTable, load_tables
from scheduling.selectors.summary import Summary, summary_of

ROWS_SHOWN = 12
WEEKS_SHOWN = 6
Outcome = PlanJob.Outcome


@dataclass(frozen=True)
class Figure:
    """One line of the comparison: both values as text, the change, and whether it is for the better (None: neither)."""

    label: str
    before: str
    after: str
    change: str
    is_better: bool | None


@dataclass(frozen=True)
class Affected:
    """A job that ends on another day. `before` and `after` are None where it is not planned; the job is the one of the new version."""

    job: PlanJob
    before: dt.date | None
    after: dt.date | None

    @property
    def days(self) -> int:
        """Calendar days later; negative: earlier; 0 where one of the two is not planned."""
        return (self.after - self.before).days if self.after and self.before else 0


@dataclass(frozen=True)
class Comparison:
    """What the second version does to the first. Earlier and later hold the first rows, those that change most first."""

    figures: tuple[Figure, ...]
    earlier: tuple[Affected, ...]
    later: tuple[Affected, ...]
    earlier_count: int
    later_count: int
    saved: int  # jobs that are late or not planned in the first and on time in the second
    harmed: int  # the other way round
    load: tuple[StagePair, ...]
    weeks: LoadTable
    after: Summary


@dataclass(frozen=True)
class StagePair:
    """The load of a stage, week by week, in both versions."""

    stage: Stage
    weeks: tuple[tuple[Load, Load], ...]


def compare(base: Plan, trial: Plan, floor: Floor, calendar: WorkingCalendar) -> Comparison:
    """Five queries, whatever the size of the plans."""
    before, after = summary_of(base, calendar, floor.stage), summary_of(trial, calendar, floor.stage)
    ends: dict[int, dict[int, tuple[dt.date | None, str]]] = {base.pk: {}, trial.pk: {}}
    jobs = PlanJob.objects.filter(plan__in=[base, trial]).order_by()
    for plan_id, line, finish, outcome in jobs.values_list("plan_id", "order_line_id", "finish_on", "outcome"):
        ends[plan_id][line] = finish, outcome
    old, new = ends[base.pk], ends[trial.pk]
    both = old.keys() & new.keys()
    moved = {pk: _weight(old[pk][0], new[pk][0]) for pk in both if old[pk][0] != new[pk][0]}
    earlier = sorted((pk for pk, days in moved.items() if days < 0), key=lambda pk: (moved[pk], pk))
    later = sorted((pk for pk, days in moved.items() if days > 0), key=lambda pk: (-moved[pk], pk))
    rows = _affected(trial, earlier[:ROWS_SHOWN] + later[:ROWS_SHOWN], old)
    first, second = load_tables([base, trial], floor, calendar)
    return Comparison(
        figures=_figures(before, after, len(moved)),
        earlier=tuple(rows[pk] for pk in earlier[:ROWS_SHOWN]),
        later=tuple(rows[pk] for pk in later[:ROWS_SHOWN]),
        earlier_count=len(earlier),
        later_count=len(later),
        saved=sum(old[pk][1] != Outcome.ON_TIME and new[pk][1] == Outcome.ON_TIME for pk in both),
        harmed=sum(old[pk][1] == Outcome.ON_TIME and new[pk][1] != Outcome.ON_TIME for pk in both),
        load=_pairs(first, second),
        weeks=first,
        after=after,
    )


def _weight(before: dt.date | None, after: dt.date | None) -> int:
    """Days later; a job that is planned only now has won most, one that is no longer planned has lost most."""
    if before is None:
        return -10_000
    return 10_000 if after is None else (after - before).days


def _affected(trial: Plan, lines: list[int], old: dict[int, tuple[dt.date | None, str]]) -> dict[int, Affected]:
    related = ("order_line__order__customer", "order_line__style", "order_line__colour")
    jobs = trial.jobs.filter(order_line__in=lines).select_related(*related)
    return {job.order_line_id: Affected(job, old[job.order_line_id][0], job.finish_on) for job in jobs}


def _pairs(first: LoadTable, second: LoadTable) -> tuple[StagePair, ...]:
    later = {block.stage.pk: {load.week.monday: load for load in block.weeks} for block in second.stages}
    out = []
    for block in first.stages:
        weeks = tuple((load, later[block.stage.pk].get(load.week.monday, load)) for load in block.weeks[:WEEKS_SHOWN])
        out.append(StagePair(block.stage, weeks))
    return tuple(out)


def _figures(before: Summary, after: Summary, moved: int) -> tuple[Figure, ...]:
    pairs = figures.pairs
    rows = [
        _figure(_("On-time jobs"), before.on_time, after.on_time, pairs, more_is_better=True),
        _figure(_("Late jobs"), before.late + before.left_out, after.late + after.left_out, pairs),
        _figure(_("Late pair-days"), before.late_pair_days, after.late_pair_days, pairs),
        _figure(_("At risk"), before.risk, after.risk, pairs),
        _figure(_("Overtime, person-hours"), before.overtime_hours, after.overtime_hours, pairs),
        _figure(_("Changeovers"), before.changeovers, after.changeovers, pairs),
        _figure(_("Plan cost (points)"), before.cost, after.cost, pairs),
    ]
    return (*rows, Figure(_("Jobs that end on another day"), "–", pairs(moved), "", None))


def _figure(
    label: str, before: float | None, after: float | None, shown: Callable[[float | None], str], *, more_is_better: bool = False
) -> Figure:
    if before is None or after is None or round(after) == round(before):
        return Figure(label, shown(before), shown(after), "", None)
    return Figure(label, shown(before), shown(after), figures.signed(after - before), (after > before) is more_is_better)
