"""What the engine answers beside a plan: chains of reasons with measures, promises, overload, idle time.

Days, minutes and pairs as in the problem; `cost` is always the change of the objective that the answer would bring. Every
finish day stated here was found by planning again, never by a rule of thumb.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .plan import Entry, Reason

MeasureKind = Literal["again", "overtime", "extra", "outsource", "ready", "postpone", "tooling", "frozen"]
Way = Literal["as_is", "overtime", "outsourcing", "moving"]
RemedyKind = Literal["inside", "overtime", "outsourcing", "postpone"]


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes of a line on a day."""

    line: str
    day: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be done about a late job, and what planning the job again with it brings.

    again: nothing is opened, the job is only placed anew. overtime: of the overtime that is allowed, `minutes` more are worked.
    extra: `minutes` beyond what is allowed are opened (a Saturday, a second team). outsource: `stage` is made by the outside
    teams `lines`. ready: material or approval of `stage` (None: the whole job) is there by `day`. postpone: `jobs` make room and
    come after it. tooling: more tools for `stage`. frozen: its frozen entries at `stage` may move.
    late_only: only the pairs that were late are planned anew, the others of the job stay where they are.
    finish: day of the job's last pair then. late_jobs: other jobs that would be late, or later than now, and by how many days more.
    """

    kind: MeasureKind
    finish: int
    late_days: int
    cost: float
    stage: str | None = None
    lines: tuple[str, ...] = ()
    day: int | None = None
    minutes: tuple[Minutes, ...] = ()
    jobs: tuple[str, ...] = ()
    late_only: bool = False
    late_jobs: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def punctual(self) -> bool:
        return self.late_days == 0

    @property
    def total_minutes(self) -> float:
        return sum(m.minutes for m in self.minutes)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a chain, and what lifting it alone would bring (None: it cannot be lifted, or lifting it brings nothing)."""

    reason: Reason
    lifted: Measure | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a job is late or left out, and what would help.

    chain: from the finish backwards to the job's start; the links' days cover the time between. measures: all that were tried
    and help, cheapest first, those that make the job punctual before the others. single: the cheapest measure that alone
    makes the job punctual. together: the cheapest set found that does, each with the finish and cost after it and those before.
    complete: False if time ran out before the measures were tried.
    """

    job: str
    due: int
    finish: int | None
    chain: tuple[Link, ...]
    measures: tuple[Measure, ...] = ()
    single: Measure | None = None
    together: tuple[Measure, ...] = ()
    complete: bool = True

    @property
    def late_days(self) -> int:
        return 0 if self.finish is None else max(0, self.finish - self.due)


@dataclass(frozen=True, slots=True)
class Wish:
    """An order that somebody asks for.

    minutes: per pair and stage; without it those of a job of the style, else the mean of the family. family: needed for a new style.
    wanted: the day by which it should be there. release, ready: first days on which it may start, as those of a job.
    tools: as those of a job; without it those of a job of the style. sizes: as those of a job; without it, if it needs tools, in the
    proportion of the style's first job that has sizes.
    """

    style: str
    pairs: int
    family: str | None = None
    wanted: int | None = None
    weight: float = 1.0
    release: int = 0
    minutes: Mapping[str, float] | None = field(default=None, hash=False)
    ready: Mapping[str, int] = field(default_factory=dict, hash=False)
    tools: Mapping[str, frozenset[str]] | None = field(default=None, hash=False)
    sizes: Mapping[str, int] | None = field(default=None, hash=False)
    id: str = "promise"


@dataclass(frozen=True, slots=True)
class Promise:
    """The earliest finish found one way, and the entries that keep it.

    finish None: it does not fit; reasons: why, where a rate or a team is missing. cost: of having the order that way. punctual: None
    if no day is wanted. minutes: overtime that it adds. outside: its pairs by outside team. moved: jobs that make room, all of them
    punctual before and after. entries: the new job's, and those of the moved jobs; all other entries stay. order: by line and day of
    these entries, the jobs there in the order of work.
    """

    way: Way
    finish: int | None
    cost: float = 0.0
    punctual: bool | None = None
    minutes: tuple[Minutes, ...] = ()
    outside: Mapping[str, int] = field(default_factory=dict, hash=False)
    moved: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    order: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict, hash=False)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Excess:
    """A week in which a stage has more work that must be done then than its own teams have regular minutes.

    families: those whose teams are short, together. needed: minutes of their work; available: what of it can be met.
    jobs: with most minutes first.
    """

    week: int
    stage: str
    families: tuple[str, ...]
    needed: float
    available: float
    jobs: tuple[str, ...] = ()

    @property
    def excess(self) -> float:
        return self.needed - self.available


@dataclass(frozen=True, slots=True)
class Remedy:
    """A part of the way out of an overload: `pairs` of a job that the plan makes elsewhere than in the week they must be done in.

    inside: in an earlier week, in regular minutes of `lines`. overtime: in the overtime of `opened`. outsourcing: by the outside
    teams `lines`. postpone: in a later week (the first one behind the horizon: not at all), in overtime as far as `opened` says.
    minutes: of the work that moves.
    cost: of these pairs: waiting, overtime, price per pair, days behind the latest one. late_days: by how much the postponed job gets late.
    """

    kind: RemedyKind
    job: str
    stage: str
    from_week: int
    to_week: int
    pairs: int
    minutes: float
    cost: float
    lines: tuple[str, ...] = ()
    late_days: int = 0
    opened: tuple[Minutes, ...] = ()


@dataclass(frozen=True, slots=True)
class Idle:
    """Days in a row on which a team has regular minutes left, and the pairs by family that would fit into them."""

    line: str
    stage: str
    first_day: int
    last_day: int
    minutes: float
    pairs: Mapping[str, int] = field(hash=False)
