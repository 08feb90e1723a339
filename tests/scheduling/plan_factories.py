"""A factory floor with an order book, and plans of it made by a simple forward rule: enough to look at, nothing to be proud of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from orders.models import Customer, Order, OrderLine, Style, StyleColour
from orders.sizes import largest_remainder
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from scheduling.models import Plan, PlanEntry, PlanJob, Stage, StyleRate, Team, Workshop

MONDAY = dt.date(2026, 12, 7)  # the factory's week in these tests; 12/8 is its today
MONTH = dt.date(2026, 12, 1)
TEAMS = {"cutting": (4, 16), "stitching": (12, 30), "bottoming": (2, 40), "lasting": (4, 54), "packing": (2, 26)}  # teams, people
RATES = {"cutting": "5.00", "stitching": "28.00", "bottoming": "7.50", "lasting": "16.00", "packing": "3.60"}
COLOURS = ("黑", "白", "棕", "红")
RUN = {"38": 2, "39": 4, "40": 6, "41": 5, "42": 3}
ROUTE = ("cutting", "bottoming", "stitching", "lasting", "packing")


@dataclass
class Floor:
    """The plant with its teams by stage code, and the order lines that were made for it."""

    plant: Plant
    stages: dict[str, Stage]
    teams: dict[str, list[Team]]
    styles: list[Style]
    lines: list[OrderLine] = field(default_factory=list)

    @property
    def calendar(self) -> WorkingCalendar:
        return calendar_of(self.plant)


def make_floor(*, styles: int = 6) -> Floor:
    """24 teams in five workshops, and styles with minutes at every stage."""
    plant = default_plant()
    stages = {stage.code: stage for stage in Stage.objects.all()}
    teams: dict[str, list[Team]] = {}
    for code, (count, people) in TEAMS.items():
        workshop = Workshop.objects.create(plant=plant, name=f"{stages[code].name}车间")
        teams[code] = [
            Team.objects.create(
                workshop=workshop,
                stage=stages[code],
                name=f"{stages[code].name}{number}组",
                people=people,
                hours=Decimal(10),
                efficiency=Decimal(85),
                overtime_hours=Decimal("2.5"),
                position=number,
            )
            for number in range(1, count + 1)
        ]
    made = [_style(number, stages) for number in range(styles)]
    return Floor(plant, stages, teams, made)


def _style(number: int, stages: dict[str, Stage]) -> Style:
    style = Style.objects.create(
        code=f"HD{2600 + number}", family="男休闲" if number % 2 else "男正装", is_new=number % 5 == 0, size_from=38, size_to=42
    )
    StyleColour.objects.bulk_create([StyleColour(style=style, name=name) for name in COLOURS])
    StyleRate.objects.bulk_create([StyleRate(style=style, stage=stages[code], minutes=Decimal(minutes)) for code, minutes in RATES.items()])
    return style


def add_lines(floor: Floor, count: int, *, pairs: int = 600, first_due: dt.date = dt.date(2026, 12, 14)) -> list[OrderLine]:
    """Orders of one line each, due one after the other; every fourth has half as many pairs."""
    customers = [Customer.objects.get_or_create(code=f"M{n}", defaults={"name": f"商行{n}"})[0] for n in range(8)]
    start = len(floor.lines)
    orders = Order.objects.bulk_create(
        [
            Order(
                plant=floor.plant, number=f"HT2611{n:02}-{n:03}", customer=customers[n % 8], po=f"PO-{n}", ordered_on=dt.date(2026, 11, 2)
            )
            for n in range(start, start + count)
        ]
    )
    colours = {(colour.style_id, colour.name): colour for colour in StyleColour.objects.all()}
    lines = []
    for n, order in enumerate(orders, start):
        style = floor.styles[n % len(floor.styles)]
        own = pairs if n % 4 else pairs // 2
        lines.append(
            OrderLine(
                order=order,
                position=1,
                style=style,
                colour=colours[style.pk, COLOURS[n % 4]],
                sizes=largest_remainder(RUN, own),
                pairs=own,
                due_on=first_due + dt.timedelta(days=n // 4),
            )
        )
    floor.lines += OrderLine.objects.bulk_create(lines)
    return lines


def make_plan(
    floor: Floor,
    *,
    horizon: str = "month",
    period: dt.date = MONTH,
    version: int = 1,
    state: str = "published",
    by: User | None = None,
    refines: Plan | None = None,
    replaces: Plan | None = None,
    first_day: dt.date = dt.date(2026, 12, 9),
    last_day: dt.date = dt.date(2027, 2, 27),
) -> Plan:
    """An empty plan. One that is to hold something is filled as a draft first (`stand`): the database lets nobody add to it later."""
    made = Plan.objects.create(
        plant=floor.plant,
        horizon=horizon,
        period=period,
        version=version,
        first_day=first_day,
        last_day=last_day,
        refines=refines,
        replaces=replaces,
        created_by=by,
        metrics={"overtime_minutes": 25_200.0, "changeovers": 31, "cost": 18_204.5, "late_pair_days": 4_200.0}
        if horizon == "month"
        else {},
    )
    return stand(made, state)


def stand(plan: Plan, state: str) -> Plan:
    """Put a draft into a state, as if it had been published now unless that is `draft`."""
    if state != "draft":
        plan.state, plan.published_at, plan.published_by = state, clock.now(), plan.created_by
        plan.save(update_fields=["state", "published_at", "published_by"])
    return plan


def make_month(floor: Floor, *, lines: Iterable[OrderLine] | None = None, state: str = "published", **plan: object) -> Plan:
    """A month plan of the lines (default: all), each stage after the one before, at the team that is free first."""
    made = make_plan(floor, state="draft", **plan)  # type: ignore[arg-type]
    chosen = list(lines) if lines is not None else floor.lines
    days = floor.calendar.days(made.first_day, 400)
    free: dict[int, float] = defaultdict(float)
    position: dict[tuple[int, dt.date], int] = defaultdict(int)
    entries: list[PlanEntry] = []
    jobs: list[PlanJob] = []
    for line in sorted(chosen, key=lambda line: (line.due_on, line.pk)):
        at = 0
        for code in ROUTE:
            team = min(floor.teams[code], key=lambda team: (free[team.pk], team.pk))
            start = max(free[team.pk], float(0 if code == "bottoming" else at))
            at = _work(made, line, floor.stages[code], team, start, days, entries, position)
            free[team.pk] = start + line.pairs * float(RATES[code]) / (team.minutes_a_day or 1)
        jobs.append(_job(made, line, days[at - 1], floor))
    PlanEntry.objects.bulk_create(entries)
    PlanJob.objects.bulk_create(jobs)
    return stand(made, state)


def _work(
    plan: Plan,
    line: OrderLine,
    stage: Stage,
    team: Team,
    start: float,
    days: list[dt.date],
    entries: list[PlanEntry],
    position: dict[tuple[int, dt.date], int],
) -> int:
    """Spread the pairs over days; returns the index of the day after the last."""
    rate, left, at = float(RATES[stage.code]), line.pairs, int(start)
    room = (1 - (start - at)) * (team.minutes_a_day or 0.0)
    while left:
        pairs = min(left, max(1, int(room / rate)))
        position[team.pk, days[at]] += 1
        where = {"day": days[at], "position": position[team.pk, days[at]]}
        entries.append(PlanEntry(plan=plan, order_line=line, stage=stage, team=team, pairs=pairs, minutes=pairs * rate, **where))
        left, at, room = left - pairs, at + 1, team.minutes_a_day or 0.0
    return at


def _job(plan: Plan, line: OrderLine, finish: dt.date, floor: Floor) -> PlanJob:
    late = max(0, (finish - line.due_on).days)
    job = PlanJob(plan=plan, order_line=line, pairs=line.pairs, due_on=line.due_on, finish_on=finish, late_days=late)
    job.outcome = PlanJob.Outcome.LATE if late else PlanJob.Outcome.ON_TIME
    if late:
        job.late_pairs = line.pairs
        job.reason, job.reason_stage = PlanJob.Reason.CAPACITY, floor.stages["stitching"]
        teams = [team.pk for team in floor.teams["stitching"][:4]]
        job.reason_detail = {"teams": teams, "first_day": "2026-12-10", "last_day": "2026-12-15", "days": 3}
    return job


def make_finer(
    month: Plan, *, horizon: str, period: dt.date, first_day: dt.date, last_day: dt.date, state: str = "published", **plan: object
) -> Plan:
    """A week or day plan: the month plan's entries of those days, by size in a day plan."""
    floor = Floor(month.plant, {}, {}, [])
    values = {"refines": month, "first_day": first_day, "last_day": last_day} | plan
    made = make_plan(floor, horizon=horizon, period=period, state="draft", **values)  # type: ignore[arg-type]
    entries = list(month.entries.filter(day__range=(first_day, last_day)).select_related("order_line"))
    PlanEntry.objects.bulk_create(
        [
            PlanEntry(
                plan=made,
                order_line=entry.order_line,
                stage_id=entry.stage_id,
                team_id=entry.team_id,
                day=entry.day,
                position=entry.position,
                pairs=entry.pairs,
                minutes=entry.minutes,
                sizes=largest_remainder(entry.order_line.sizes, entry.pairs) if horizon == "day" else None,
            )
            for entry in entries
        ]
    )
    _copy_jobs(month, made, {entry.order_line_id for entry in entries})
    return stand(made, state)


def _copy_jobs(source: Plan, target: Plan, lines: Iterable[int]) -> None:
    jobs = list(source.jobs.filter(order_line__in=list(lines)))
    for job in jobs:
        job.pk, job.plan = None, target
        job._state.adding = True
    PlanJob.objects.bulk_create(jobs)


def make_week(month: Plan, *, monday: dt.date = dt.date(2026, 12, 14), **plan: object) -> Plan:
    """The week plan of the week that begins on a Monday."""
    days = {"first_day": monday, "last_day": monday + dt.timedelta(days=5)}
    return make_finer(month, horizon="week", period=monday, **days | plan)  # type: ignore[arg-type]


def make_day(week: Plan, *, day: dt.date = dt.date(2026, 12, 14), **plan: object) -> Plan:
    """The day plan of a day."""
    return make_finer(week, horizon="day", period=day, first_day=day, last_day=day, **plan)  # type: ignore[arg-type]
