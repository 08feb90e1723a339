"""The planning problem: what is to be made, by whom, by when, and what it costs to miss it.

A daily-bucket, lot-streaming hybrid flow shop. Days are whole numbers, 0 is the first day that can be planned;
minutes are minutes; pairs are whole numbers. The classes hold data only: `validation.check_problem` says what is
wrong with them, all at once, and `solve` turns that into a plan with status "invalid".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .plan import Entry


@dataclass(frozen=True, slots=True)
class Costs:
    """Weights of the objective, in one unit of money-like cost.

    late: per pair, weight and day late. overtime: per minute. changeover: each. split: each further line that
    shares a stage of a job. wip: per pair and day between a pair's entry at its first stage and its finish. move: per
    pair that stands on another line or day than in `Problem.base`.
    """

    late: float = 1.0
    overtime: float = 0.05
    changeover: float = 30.0
    split: float = 60.0
    wip: float = 0.002
    move: float = 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which a line is closed to some jobs (`Problem.bans`) or open to no others (`Problem.reserved`).

    first, last: its days, both included; last None means the end of the horizon. A job is meant if one of the lists
    names it, its style, its family or one of its tags.
    """

    line: str
    first: int = 0
    last: int | None = None
    jobs: frozenset[str] = frozenset()
    styles: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Preference:
    """Teams that a stage of a job had better go to; each pair that another team makes costs `cost`."""

    lines: frozenset[str]
    cost: float


@dataclass(frozen=True, slots=True)
class ToolStock:
    """Pieces of a tool that stand at one place: pairs of lasts, sets of dies, moulds.

    pieces: by size; the size "" serves every size that the place has no pieces of its own for. lines: those that can reach them, None
    means all. first, last: the days on which they are there, both included; last None means the end of the horizon. Several
    stocks of a tool with the same lines add up (moulds that come later); two places have no line in common.
    """

    pieces: Mapping[str, int] = field(hash=False)
    lines: frozenset[str] | None = None
    first: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A last, a set of dies, a mould: one number, many sizes, shared by all jobs that need it (`Job.tools`), whatever their stage.

    A size at a place makes pieces × pairs_per_turn × turns pairs a day, rounded down. turns: how often a day a piece comes round.
    """

    id: str
    stock: tuple[ToolStock, ...]
    turns: float = 1.0
    pairs_per_turn: int = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the route; `after` names the stages that feed it.

    lags: days after which pairs of a feeder may be taken up here, where that differs from `Problem.lag`.
    """

    id: str
    after: tuple[str, ...] = ()
    lags: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A team that works at one stage.

    minutes, overtime: regular and further minutes for each day of the horizon, both of length `Problem.days`.
    families: what it can make, None means everything. changeover: minutes lost when the next entry has another style.
    An outside team: pair_cost is what each pair costs that it makes. minimum_lot: it takes a stage of a job only with so many pairs at
    least (all that are left, if fewer), and no smaller job. out_days, back_days: transport. What it makes on day t left on day
    t - out_days (start days, lags and feeders count to that day) and is there on day t + back_days, for the next stage or as finished.
    smallest_lot: `Problem.smallest_lot` for this team, if it differs.
    """

    id: str
    stage: str
    minutes: tuple[float, ...]
    overtime: tuple[float, ...]
    families: frozenset[str] | None = None
    changeover: float = 0.0
    pair_cost: float = 0.0
    minimum_lot: int = 0
    out_days: int = 0
    back_days: int = 0
    smallest_lot: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An order line seen by planning: one style, all its sizes together.

    release: first day on which any stage may start. due: the last stage must end by this day; it may be negative
    (already late) or beyond the horizon. weight: how much a late pair-day of this job counts. minutes: per pair and
    stage; a stage that is absent has no known rate, and the job is left out with the reason "no_rate".
    ready: first day by stage on which it may start there (material, approval, trial), if later than `release`.
    made: pairs already made by stage; they are there on day 0, and a stage that is done needs no rate.
    tags: names that windows may use (the customer, say). only_lines: lines by stage, if no other may make the job.
    prefer: by stage. priority: factor on the weight, for what the factory itself puts first or last.
    sizes: pairs by size, together `pairs`. tools: those needed (`Tool.id`), all of them, by stage.
    """

    id: str
    style: str
    family: str
    pairs: int
    release: int
    due: int
    weight: float
    minutes: Mapping[str, float] = field(hash=False)
    ready: Mapping[str, int] = field(default_factory=dict, hash=False)
    made: Mapping[str, int] = field(default_factory=dict, hash=False)
    tags: frozenset[str] = frozenset()
    only_lines: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    prefer: Mapping[str, Preference] = field(default_factory=dict, hash=False)
    priority: float = 1.0
    sizes: Mapping[str, int] = field(default_factory=dict, hash=False)
    tools: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    @property
    def importance(self) -> float:
        """How much a late pair-day counts: weight × priority."""
        return self.weight * self.priority


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan depends on. Pairs made at a stage on day t may enter the next stage on day t + lag.

    frozen: entries that stand whatever the plan is; facts, even where they break a rule (see `frozen.py`).
    bans, reserved: windows in which a line may not make some jobs, or no others.
    base: a former plan; pairs of a job and stage it holds cost `Costs.move` each where they did not stand before.
    smallest_lot: pairs of a job that make a sensible lot for a line and day; smaller ones are joined where the plan allows it (0: never).
    """

    days: int
    lag: int
    stages: tuple[Stage, ...]
    lines: tuple[Line, ...]
    jobs: tuple[Job, ...]
    costs: Costs = Costs()
    smallest_lot: int = 0
    base: tuple[Entry, ...] = ()
    frozen: tuple[Entry, ...] = ()
    bans: tuple[Window, ...] = ()
    reserved: tuple[Window, ...] = ()
    tools: tuple[Tool, ...] = ()
