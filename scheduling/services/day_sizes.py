"""The sizes of a day plan: every job that is worked on that day, split over all its days and stages at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from orders.models import OrderLine
from orders.sizes import SizeRun, in_order, largest_remainder
from quality.models import StyleTool
from quality.selectors import tails
from scheduling.adapters.tooling import run_of
from scheduling.engine import size_counts
from scheduling.models import Plan, PlanEntry, Stage
from scheduling.size_shares import Lot, Ready, split_by_size

Lots = dict[int, list[PlanEntry]]  # stage → all entries of a job there, in the order of their days


def fill_sizes(week: Plan, entries: Sequence[PlanEntry], lines: Mapping[int, OrderLine]) -> list[dict[str, int]]:
    """Give the entries of one day of a week plan their sizes.

    Every day plan of a job is cut out of the same table: its lots in the week as the week plan has them, before and after it as the
    month plan has them. So the days add up to the size run, or to its tail where only what the final inspection left is planned.
    Returns the jobs whose pairs were changed after they were planned; their size run is scaled to the pairs that were planned.
    """
    day = entries[0].day
    wanted: dict[tuple[int, int], list[PlanEntry]] = defaultdict(list)
    for entry in entries:
        wanted[entry.order_line_id, entry.stage_id].append(entry)
    feeders = {stage.pk: [fed_by.pk for fed_by in stage.after.all()] for stage in Stage.objects.prefetch_related("after")}
    changed = []
    tooled = set(StyleTool.objects.filter(style__in={line.style_id for line in lines.values()}).values_list("style", flat=True))
    missing = {pk: {size: n for size, n in tail.missing.items() if n} for pk, tail in tails(list(lines.values())).items()}
    for pk, lots in _lots(week, {line for line, _stage in wanted}).items():
        planned = max(sum(entry.pairs for entry in at_stage) for at_stage in lots.values())
        is_tail = planned == sum(missing[pk].values())
        if planned != lines[pk].pairs and not is_tail:
            changed.append({"order_line": pk, "planned": planned, "ordered": lines[pk].pairs})
        run = missing[pk] if is_tail else lines[pk].sizes
        for stage, sizes in (_numbered(run, lots) if lines[pk].style_id in tooled else _split(run, lots, feeders)).items():
            of_the_day = [size for lot, size in zip(lots[stage], sizes, strict=True) if lot.day == day]
            for entry, size in zip(wanted[pk, stage], of_the_day, strict=True):
                entry.sizes = size
    return changed


def _lots(week: Plan, lines: Collection[int]) -> dict[int, Lots]:
    """All entries of the jobs, by job and stage."""
    around: Iterable[PlanEntry] = ()
    if week.refines is not None:
        around = week.refines.entries.filter(order_line__in=lines).exclude(day__range=(week.first_day, week.last_day))
    out: dict[int, Lots] = {line: defaultdict(list) for line in lines}
    for entry in sorted([*week.entries.filter(order_line__in=lines), *around], key=lambda e: (e.day, e.team_id, e.position)):
        out[entry.order_line_id][entry.stage_id].append(entry)
    return out


def _numbered(run: SizeRun, lots: Lots) -> dict[int, list[SizeRun]]:
    """The sizes of a job that needs tools, counted as the engine counted them: only so do all jobs together keep to the tools' pairs."""
    split: dict[int, list[SizeRun]] = {}
    for stage, entries in lots.items():
        whole, made = run_of(run, sum(entry.pairs for entry in entries)), 0
        split[stage] = []
        for entry in entries:
            before, after = (size_counts(list(whole.values()), pairs) for pairs in (made, made + entry.pairs))
            split[stage].append(in_order({size: b - a for size, a, b in zip(whole, before, after, strict=True)}))
            made += entry.pairs
    return split


def _split(run: SizeRun, lots: Lots, feeders: Mapping[int, Sequence[int]]) -> dict[int, list[SizeRun]]:
    """The sizes of all lots of a job, stage by stage after those that feed it."""
    split: dict[int, list[SizeRun]] = {}
    waiting = dict(lots)
    while waiting:
        stage = next(s for s in waiting if not any(feeder in waiting for feeder in feeders[s]))
        entries = waiting.pop(stage)
        pairs = sum(entry.pairs for entry in entries)
        ready = _ready({entry.day for entry in entries}, [(lots[f], split[f]) for f in feeders[stage] if f in split])
        whole = run if pairs == sum(run.values()) else largest_remainder(run, pairs)
        split[stage] = split_by_size(whole, [Lot(entry.day, entry.pairs) for entry in entries], ready)
    return split


def _ready(days: Collection[dt.date], made: Sequence[tuple[Sequence[PlanEntry], Sequence[SizeRun]]]) -> Ready:
    """By day and size: the least that any of the feeding stages has made on the days before."""
    if not made:
        return {}
    out: dict[dt.date, dict[str, int]] = {}
    for day in days:
        sums = [_made_before(day, entries, sizes) for entries, sizes in made]
        out[day] = {size: min(one.get(size, 0) for one in sums) for size in sums[0]}
    return out


def _made_before(day: dt.date, entries: Sequence[PlanEntry], sizes: Sequence[SizeRun]) -> SizeRun:
    made: SizeRun = {}
    for entry, run in zip(entries, sizes, strict=True):
        if entry.day < day:
            for size, pairs in run.items():
                made[size] = made.get(size, 0) + pairs
    return made
