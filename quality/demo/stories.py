"""Ten new styles at ten points of pre-production: released, released with actions, a failed trial, with QC, late, delayed, just planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Min

from orders.models import Order, Style
from planning_site.core import audit, clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from quality import services
from quality.demo.papers import paper, photo
from quality.demo.past import happened
from quality.models import Delay, ItemVersion, PlanItem, PreparationPlan, Step, StyleRelease, Trial, TrialProblem
from quality.schedule import forward
from quality.selectors.steps import read_steps
from quality.services import ItemChange, Measured, Standard
from quality.skipping import usual_run

ITEMS = ("pattern_change", "dies", "templates", "process_sheet", "confirmation_sample", "colour_card")
WANTED = 10
Result = StyleRelease.Result
# of each department people, and how much longer than the process sheet says a pair took
MEASURED = {"cutting": (2, "1.05"), "stitching": (6, "1.22"), "bottoming": (2, "1.02"), "lasting": (5, "1.04")}
# person-minutes a pair of the process sheet, where planning has no rate of the style
USUAL_SHEET = {"cutting": Decimal("5"), "stitching": Decimal("24"), "bottoming": Decimal("6.5"), "lasting": Decimal("19")}
# person-minutes a pair by stage code, by style id
Sheets = Mapping[int, Mapping[str, Decimal]]


@dataclass(frozen=True)
class Cast:
    """Who acts in the demo; None is the program where an account is missing."""

    planner: User | None
    technical: User | None
    qc: User | None
    sales: User | None
    workshop: User | None


@dataclass
class Story:
    """One style, its plan, and the calendar in which it goes on."""

    cast: Cast
    plan: PreparationPlan
    calendar: WorkingCalendar
    today: dt.date
    sheet: Mapping[str, Decimal]
    items: dict[str, PlanItem] = field(default_factory=dict)

    @property
    def style(self) -> Style:
        return self.plan.style

    def day(self, working_days: int) -> dt.date:
        """A day so many working days from today."""
        return self.calendar.add(self.today, working_days)

    def deliver(self, code: str, *, days_late: int = 0, note: str = "") -> ItemVersion:
        """The next version of an item, on its planned day or later."""
        item = self.items[code]
        number = item.versions.count() + 1
        file = paper(f"{self.style} {item.step.name} v{number}.pdf", f"{self.style}  {item.step.name_en}  v{number}")
        with happened(min(self.calendar.add(item.planned_on, days_late), self.today)) as day:
            return services.deliver(item=item, note=note, files=[file], by=item.owner or self.cast.technical, today=day)

    def deliver_all(self, but: Collection[str] = ()) -> None:
        for code in ITEMS:
            if code not in but:
                self.deliver(code)

    def agree(self) -> None:
        """Technical signs the plan on the day after it was proposed."""
        with happened(self.calendar.add(self.plan.created_at.astimezone(clock.factory_zone()).date(), 1)):
            self.plan.refresh_from_db()
            services.review_plan(plan=self.plan, version=self.plan.version, agreed=True, note="", by=self.cast.technical)

    def trial(self, *, days: Mapping[str, dt.date] | None = None, planned: int = -8) -> Trial:
        """A trial on the days of the plan."""
        with happened(self.day(planned)) as day:
            return services.plan_trial(
                style=self.style,
                sizes=usual_run(self.style.sizes, 6),
                days=days or {code: self.items[code].planned_on for code in MEASURED},
                sheet_minutes=self.sheet,
                colour=self.style.colours.first(),
                by=self.cast.planner,
                today=day,
            )

    def measure(self, trial: Trial, codes: Collection[str] = tuple(MEASURED)) -> None:
        """The departments make their share; the process sheet's minutes are a little short."""
        for stage in trial.stages.select_related("step", "trial__style").order_by("step__position"):
            if stage.step.code in codes:
                people, over = MEASURED[stage.step.code]
                minutes = (self.sheet[stage.step.code] * Decimal(over) * trial.pairs / people).quantize(Decimal("0.1"))
                measured = Measured(pairs=trial.pairs, people=people, clock_minutes=minutes)
                with happened(min(stage.planned_on, self.today)) as day:
                    services.report_stage(stage=stage, measured=measured, note="", by=self.cast.workshop, today=day)

    def problem(self, trial: Trial, kind: str, place: str, text: str, *, due: int, found: int, with_photo: bool = False) -> TrialProblem:
        owner = self.cast.technical or self.cast.qc
        assert owner is not None
        with happened(self.day(found)) as day:
            return services.add_problem(
                trial=trial,
                kind=kind,
                place=place,
                text=text,
                owner=owner,
                due_on=self.day(due),
                by=self.cast.qc,
                photo=photo(f"{self.style} {place}.png") if with_photo else None,
                today=day,
            )

    def tried(self, *, to_qc: int) -> Trial:
        """All items delivered, the trial made and handed over."""
        self.agree()
        self.deliver_all()
        trial = self.trial(planned=to_qc - 6)
        self.measure(trial)
        with happened(self.day(to_qc)):
            services.hand_over(trial=trial, by=self.cast.workshop)
        return trial

    def sign(self, result: str, note: str, *, on: int) -> None:
        assert self.cast.qc is not None
        with happened(self.day(on)):
            services.sign_release(style=self.style, result=result, note=note, by=self.cast.qc)


def released(story: Story) -> None:
    story.tried(to_qc=-6)
    story.sign(Result.PASSED, "", on=-5)


def released_with_actions(story: Story) -> None:
    trial = story.tried(to_qc=-4)
    story.problem(trial, TrialProblem.Kind.PROCESS, "扣带折边", "折边慢，针车比工艺单多 22%", due=2, found=-4)
    story.sign(Result.PASSED_WITH_ACTIONS, "加 1 台折边机，先按实测排产", on=-3)


def failed(story: Story) -> None:
    """C4, C5: the first trial was turned down, the second is planned."""
    trial = story.tried(to_qc=-3)
    story.problem(trial, TrialProblem.Kind.LAST_SOLE, "后跟", "后跟偏松 3 mm，走路掉跟", due=1, found=-3, with_photo=True)
    story.problem(trial, TrialProblem.Kind.TEMPLATES, "鞋口", "42 码起鞋口起皱", due=2, found=-3)
    story.sign(Result.REDO, "后跟松、鞋口起皱：改样板，重做 2 码", on=-2)
    days = {code: story.day(n) for code, n in {"cutting": 3, "stitching": 4, "bottoming": 4, "lasting": 5}.items()}
    story.trial(days={code: days[code] for code in MEASURED}, planned=-1)


def with_qc(story: Story) -> None:
    trial = story.tried(to_qc=-1)
    closed = story.problem(trial, TrialProblem.Kind.LAST_SOLE, "后跟", "后跟略松", due=0, found=-1)
    story.problem(trial, TrialProblem.Kind.TEMPLATES, "扣位", "扣位高 3 mm，扣不上", due=1, found=-1, with_photo=True)
    story.problem(trial, TrialProblem.Kind.MATERIAL, "扣件", "扣件还没下单", due=1, found=-1)
    with happened(story.today, dt.time(8, 10)):
        services.close_problem(problem=closed, remedy="后跟垫 1 mm", by=story.cast.technical)


def being_tried(story: Story) -> None:
    story.agree()
    story.deliver_all()
    trial = story.trial(planned=-2)
    story.measure(trial, ("cutting",))


def sheet_late(story: Story) -> None:
    """C1: the process sheet is late and was named to the superior."""
    story.agree()
    story.deliver_all(but=("process_sheet", "confirmation_sample"))


def sample_delayed(story: Story) -> None:
    """C3: the customer changes the buckle, the confirmation sample comes later."""
    story.agree()
    story.deliver_all(but=("confirmation_sample",))
    item = story.items["confirmation_sample"]
    new_day = story.calendar.add(max(item.planned_on, story.today), 6)
    with happened(story.day(-1)) as day:
        services.report_delay(
            item=item, cause=Delay.Cause.CUSTOMER, reason="客户要换扣件，新扣 10 天到", new_day=new_day, by=story.cast.technical, today=day
        )


def second_version(story: Story) -> None:
    """C2: the first version of the pattern was sent back, the second came two days late."""
    story.agree()
    first = story.deliver("pattern_change")
    with happened(story.calendar.add(story.items["pattern_change"].planned_on, 1)) as day:
        by = User.objects.filter(is_superuser=True).first()
        services.review_version(version=first, signed=False, reason="帮面短 2 mm", by=by, today=day)
    story.deliver("pattern_change", days_late=2, note="帮面加长 2 mm")
    story.deliver("colour_card")
    story.deliver("templates")


def returned(story: Story) -> None:
    """C1: technical sent the plan back."""
    story.plan.refresh_from_db()
    with happened(story.day(-1)):
        services.review_plan(
            plan=story.plan, version=story.plan.version, agreed=False, note="刀模厂 5 天排不进，要 8 天", by=story.cast.technical
        )


def proposed(story: Story) -> None:
    """C1: planned today, technical has it to sign."""


# how many working days ago work began, or None for a plan that is worked back from its due day; what happened since
PLOTS: tuple[tuple[int | None, Callable[[Story], None]], ...] = (
    (27, released),
    (25, released_with_actions),
    (24, failed),
    (22, with_qc),
    (15, being_tried),
    (12, sheet_late),
    (11, sample_delayed),
    (9, second_version),
    (None, returned),
    (None, proposed),
)


def load_pre_production(*, sheets: Sheets | None = None, today: dt.date | None = None) -> list[PreparationPlan]:
    """Tell the ten stories, in the order in which the styles are due. Does nothing where a plan exists.

    `sheets` has what the process sheets of styles say, by style id and stage code; the usual minutes stand where one is missing.
    """
    if PreparationPlan.objects.exists():
        return []
    today, plant = today or clock.today(), default_plant()
    calendar = calendar_of(plant)
    today = calendar.previous_working(today, before=False)
    cast = _cast()
    _usual_owners(cast, calendar.add(today, -40))
    plans = [
        _tell(style, plot, began, cast, calendar, today, USUAL_SHEET | dict((sheets or {}).get(style.pk, {})))
        for style, (began, plot) in zip(_styles(), PLOTS, strict=False)
    ]
    with happened(today, dt.time(8, 15)):
        services.escalate_late_items(now=clock.at(today, dt.time(8, 15)))
    return plans


def _styles() -> list[Style]:
    """Ten new styles by due day. The workbook has fewer: those that are due last get a new last and are made like new ones."""
    wanted = Style.objects.filter(order_lines__order__state=Order.State.OPEN).annotate(due=Min("order_lines__due_on"))
    new: list[Style] = list(wanted.filter(is_new=True).order_by("due", "code")[:WANTED])
    for style in wanted.filter(is_new=False).order_by("-due", "code")[: WANTED - len(new)]:
        style.is_new = True
        style.save(update_fields=["is_new"])
        audit.record(style, "change", by=None, values={"is_new": (False, True)}, why="重开楦，按新款做前期")
        new.append(style)
    return new


def _cast() -> Cast:
    names = {user.username: user for user in User.objects.filter(is_active=True)}
    return Cast(*(names.get(name) for name in ("wang", "chen", "zheng", "he", "ma")))


def _usual_owners(cast: Cast, day: dt.date) -> None:
    owners = {"confirmation_sample": cast.sales, "qc_report": cast.qc, **dict.fromkeys(("cutting", "stitching", "lasting"), cast.workshop)}
    wanted = {
        step.pk: Standard(step.days, owners.get(step.code, cast.technical if step.code in ITEMS else None), step.is_active)
        for step in Step.objects.all()
    }
    with happened(day):
        services.change_standards(wanted=wanted, why="定常规负责人", by=None)


def _tell(
    style: Style,
    plot: Callable[[Story], None],
    began: int | None,
    cast: Cast,
    calendar: WorkingCalendar,
    today: dt.date,
    sheet: Mapping[str, Decimal],
) -> PreparationPlan:
    start = calendar.add(today, -began if began else 0)
    with happened(start, dt.time(9, 5)) as day:
        plan = services.make_plan(style=style, by=cast.planner, tracker=cast.planner, today=day)
    if began:
        _begin_early(plan, calendar, start, cast)
    plan.refresh_from_db()
    items = {item.step.code: item for item in plan.items.select_related("step", "owner", "plan__style", "plan__plant")}
    plot(Story(cast, plan, calendar, today, {code: sheet[code] for code in MEASURED}, items))
    return plan


def _begin_early(plan: PreparationPlan, calendar: WorkingCalendar, start: dt.date, cast: Cast) -> None:
    """Planning does not wait for the latest days: it begins at once and leaves room for a second round."""
    days = forward(read_steps().tasks, calendar, first=start)
    items = {item.pk: ItemChange(days[item.step.code], item.owner) for item in plan.items.select_related("step", "owner")}
    with happened(start, dt.time(9, 20)) as day:
        services.change_plan(
            plan=plan, version=plan.version, items=items, tracker=cast.planner, why="提前做，留出改样时间", by=cast.planner, today=day
        )
