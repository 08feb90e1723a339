"""The plan: who makes which pairs on which day, how good that is, and why jobs are late or left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["complete", "partial", "invalid"]
State = Literal["on_time", "late", "left_out"]
ReasonKind = Literal[
    "capacity",
    "tooling",
    "overtime",
    "sequence",
    "release",
    "ready",
    "frozen",
    "work",
    "no_rate",
    "no_team",
    "no_route",
    "no_tools",
    "horizon",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input: which object, which of its fields, and what about it."""

    subject: str  # "job j00012", "line stitching-3", "stage lasting", "problem", "cost"
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.field}: {self.message}" if self.field else f"{self.subject}: {self.message}"


@dataclass(frozen=True, slots=True)
class Entry:
    """Pairs of a job at a stage on a line and day. Entries of one line and day stand in the order of work."""

    job: str
    stage: str
    line: str
    day: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job is late or left out; docs/engine.md gives the rule behind each kind.

    days: by how many days this link delayed the job (0 where it does not apply). jobs: those that took the able lines
    or tools in between, largest first. tools: (tool, size) that lacked; the size "" is that of all sizes.
    """

    kind: ReasonKind
    stage: str | None = None
    lines: tuple[str, ...] = ()
    first_day: int | None = None
    last_day: int | None = None
    days: int = 0
    jobs: tuple[str, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What the plan means for one job. late_days counts to the last pair; late_pairs are those after the due day."""

    job: str
    state: State
    finish: int | None
    late_days: int
    late_pairs: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is; handed to `on_progress`. on_time is the share of all jobs (0..1); no plan costs less than `bound`."""

    seconds: float
    rounds: int
    cost: float
    late_jobs: int
    on_time: float
    bound: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole and feasible plan, or the reasons why there is none.

    status: "complete" if every job is planned, "partial" if some are left out (see outcomes), "invalid" if the input
    is wrong (see problems). warnings: facts that contradict each other, planned around.
    cost and its parts are those of the planned jobs, as in `evaluate`; late_pair_days is
    weighted. on_time: share of all jobs wholly finished by their due day.
    """

    status: Status
    entries: tuple[Entry, ...] = ()
    outcomes: tuple[JobOutcome, ...] = ()
    problems: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    cost: float = 0.0
    late_pair_days: float = 0.0
    overtime_minutes: float = 0.0
    changeovers: int = 0
    splits: int = 0
    wip_pair_days: int = 0
    moved_pairs: int = 0
    team_cost: float = 0.0
    on_time: float = 0.0
    rounds: int = 0
    seconds: float = 0.0
    seed: int = 0
    by_job: Mapping[str, JobOutcome] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_job", {outcome.job: outcome for outcome in self.outcomes})
