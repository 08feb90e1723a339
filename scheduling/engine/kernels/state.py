"""The data the kernels work on: a desk and a few tables of records, made once per problem.

A *cell* is one line on one day, a *task* one job at one stage, a *piece* the pairs of a task in one cell. Pieces
hang in two doubly linked lists: along their line in the order of work (a ring with one sentinel piece per line,
style -1) and along their task. Minutes are whole numbers of 1/SCALE minutes held in floats, so that adding and
taking away is exact.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .layout import F8, I4, I8, U8, layout, table

SCALE = 100_000.0  # units per minute
MOST_JOBS = 2  # jobs that one round takes out at the most
MOVES = 6  # kinds of moves
MOST_PICKED = 10  # tasks that one round takes pieces of at the most
MOST_LINES = 8  # lines that may share one stage of a job
BIG = 1e15  # cost of what cannot be
NOWHERE = -1

Records = npt.NDArray[Any]


class Piece:
    """Pairs of a task in a cell; before and behind are its neighbours on the line. A frozen one stays where it is.

    Frozen pieces stand last in the list of their task.
    """

    job: I4
    task: I4
    style: I4
    cell: I4
    pairs: I4
    before: I4
    behind: I4
    task_before: I4
    task_behind: I4
    frozen: I4


class Cell:
    """A line on a day; room is regular minutes and overtime, head and tail its first and last piece or NOWHERE.

    rule: which jobs may not work there (0: all may), see Bar.
    """

    regular: F8
    room: F8
    used: F8
    head: I4
    tail: I4
    line: I4
    day: I4
    rule: I4


class Task:
    """A job at a stage; minutes per pair, sums of pairs × day and of pairs × days late, lines used, pairs placed.

    It is open as long as pairs are missing; what is placed of an open task stays where it is. quota: pairs to plan;
    made: pairs that were made before day 0; start: the first day it may be worked on, its feeders aside; first: the
    earliest day that lags and the start days of its feeders allow besides.
    stays: its first row of former places, or NOWHERE if it has none. frozen: pairs in frozen pieces; excused: the last
    day on which those run ahead of what can be there, -1 if never: until then nobody has to feed them.
    """

    minutes: F8
    day_sum: I8
    late_sum: I8
    head: I4
    stage: I4
    group: I4
    lines: I4
    placed: I4
    stays: I4
    quota: I4
    made: I4
    start: I4
    first: I4
    frozen: I4
    excused: I4
    loose: I4  # 1: rounds may move it, on the days from `from_day` and before `until_day`
    from_day: I4
    until_day: I4


class Kin:
    """The jobs, those of one style next to each other."""

    job: I4


class Loose:
    """Two lists side by side: the tasks that rounds may move, and the jobs."""

    task: I4
    job: I4


class Mix:
    """A kind of move: its share of the rounds, how often it was tried and kept."""

    share: F8
    tried: I8
    kept: I8


class Picked:
    """A task that the move in hand has taken pieces of."""

    task: I4


class Job:
    """`missing` is the cost of leaving the job out; `hold` the days after its release at which the first plan wants it."""

    weight: F8
    missing: F8
    style: I4
    pairs: I4
    due: I4
    planned: I4
    hold: I4
    kind: I4  # which rules shut it out, see Bar
    kin: I4  # where the jobs of its style begin among the kins
    kins: I4  # how many there are
    loose: I4  # 1: rounds may move all of its stages


class Line:
    changeover: F8
    stage: I4


class Stage:
    """tail: days of lag on the longest way behind it. Stages stand in topological order."""

    tail: I4
    is_root: I4
    is_last: I4


class Bond:
    """From stage a to stage s (at a × stages + s): days of lag on the longest way, if there is one; 1 if a feeds s directly."""

    lag: I4
    linked: I4
    feeds: I4


class Group:
    """Lines able to make one family at one stage: first position in the list of able lines. One group too many."""

    first: I4


class Able:
    """A line that can make the tasks of a group, and what each pair costs there, in 1/SCALE."""

    price: F8
    line: I4


class Bar:
    """Whether a rule (of a cell) shuts out a kind (of job), at rule × kinds + kind."""

    shut: I4


class Stay:
    """Pairs that a task had in a cell in the former plan; the row behind its last one has the cell NOWHERE."""

    cell: I4
    pairs: I4


class Focus:
    """A job that the search draws while it is told to work around some jobs only."""

    job: I4


class Slip:
    """Two stacks side by side: unused pieces; and the journal, +piece+1 was put, -piece-1 was taken."""

    free: I4
    note: I4


class Step:
    """A step of the walk through a task's window: pairs that may at the most, must at the least, and would be done."""

    upper: I8
    lower: I8
    done: I8


class Offer:
    """Pairs a line could make at a step in regular time and further ones in overtime, changeovers that takes."""

    regular: I8
    extra: I8
    fee: I8
    scanty: I8  # 1 if less than most of a day is free
    taken: I8
    home: I8  # pairs that may go here without counting as moved


class Row:
    """A line chosen for the task, for how many steps its offers are known, and the step it starts at."""

    price: F8  # of a pair
    line: I4
    known: I4
    start: I4


class Desk:
    """Addresses of the tables, sizes, prices, running sums, and the question (`ask_`) being answered."""

    pieces: I8
    cells: I8
    tasks: I8
    jobs: I8
    lines: I8
    stages: I8
    bonds: I8
    groups: I8
    ables: I8
    bars: I8
    slips: I8
    steps: I8
    offers: I8
    rows: I8
    kins: I8
    looses: I8
    picks: I8
    mixes: I8
    stays: I8
    focus: I8
    days: I8
    n_jobs: I8
    n_lines: I8
    n_stages: I8
    n_kinds: I8
    lead: I8
    reserve: I8
    late_cost: F8
    overtime_cost: F8  # per 1/SCALE minute
    changeover_cost: F8
    split_cost: F8
    wip_cost: F8
    move_cost: F8  # per pair on another line or day than in the former plan; 0: nobody counts
    moves: I8
    priced: I8  # 1 if teams have prices
    team_cost: F8  # in 1/SCALE
    rng: U8
    n_focus: I8  # 0: all jobs are drawn
    most_focus: I8
    loose_tasks: I8
    loose_jobs: I8
    n_free: I8
    n_notes: I8
    overfull: I8
    changeovers: I8
    splits: I8
    left_out: I8
    overtime: F8
    ceiling: F8  # what overtime, changeovers, splits and the touched jobs may cost after a move
    settled: F8  # cost of the touched jobs that stand already
    lead_home: I8  # a line to try first for the leading stage, or -1
    lead_last: I8  # what ask_last is for the leading stage
    delay: I8  # days after its release before which a job is not placed
    hurry: I8  # days before its due day on which a job counts as late while it is placed
    ask_minutes: F8
    ask_late_price: F8
    ask_day_price: F8
    ask_splits: F8
    ask_overtime_price: F8
    ask_job: I8
    ask_task: I8
    ask_style: I8
    ask_pairs: I8
    ask_first: I8
    ask_width: I8
    ask_backward: I8
    ask_grace: I8
    ask_smallest: I8
    ask_home: I8
    ask_careful: I8  # 1: reckon with one changeover more than seems needed
    ask_tries: I8
    ask_roam: I8  # how many steps later than it could a task may start
    ask_last: I8  # 1: of equally cheap places the last, 0: the first
    ask_start: I8
    best_start: I8
    ask_steps: I8


TABLES: dict[str, type] = {
    "pieces": Piece,
    "cells": Cell,
    "tasks": Task,
    "jobs": Job,
    "lines": Line,
    "stages": Stage,
    "bonds": Bond,
    "groups": Group,
    "ables": Able,
    "bars": Bar,
    "slips": Slip,
    "steps": Step,
    "offers": Offer,
    "rows": Row,
    "kins": Kin,
    "looses": Loose,
    "picks": Picked,
    "mixes": Mix,
    "stays": Stay,
    "focus": Focus,
}

piece_at = table("pieces", Piece)
cell_at = table("cells", Cell)
task_at = table("tasks", Task)
job_at = table("jobs", Job)
line_at = table("lines", Line)
stage_at = table("stages", Stage)
bond_at = table("bonds", Bond)
group_at = table("groups", Group)
able_at = table("ables", Able)
bar_at = table("bars", Bar)
slip_at = table("slips", Slip)
step_at = table("steps", Step)
offer_at = table("offers", Offer)
row_at = table("rows", Row)
kin_at = table("kins", Kin)
loose_at = table("looses", Loose)
pick_at = table("picks", Picked)
mix_at = table("mixes", Mix)
stay_at = table("stays", Stay)
focus_at = table("focus", Focus)


@dataclass(frozen=True, slots=True)
class State:
    """The desk and the tables it points to; whoever calls kernels with `desk` holds on to this."""

    table: Records  # the desk: one record
    tables: dict[str, Records]

    @property
    def desk(self) -> Desk:
        desk: Desk = self.table[0]
        return desk

    def __getitem__(self, name: str) -> Records:
        return self.tables[name]

    def value(self, name: str) -> Any:
        """A field of the desk."""
        return self.table[name][0]

    def replace(self, name: str, rows: Records) -> None:
        """Put another table in the place of one."""
        self.tables[name] = rows
        self.table[name] = rows.ctypes.data

    def take_over(self, other: "State") -> None:
        """Become equal to another state of the same problem, but for the random numbers to come."""
        own = {name: self.table[name].copy() for name in [*self.tables, "rng"]}
        self.table[:] = other.table
        for name, value in own.items():
            self.table[name] = value
        for name, rows in other.tables.items():
            self.tables[name][:] = rows

    def copy(self) -> "State":
        """A state of its own, with the same content."""
        return make_state({name: rows.copy() for name, rows in self.tables.items()}, self.table.copy())


def make_state(tables: dict[str, Records], desk: Records) -> State:
    """Let the desk point to the tables."""
    for name, rows in tables.items():
        if rows.dtype != layout(TABLES[name]) or not rows.flags.c_contiguous:
            raise TypeError(f"table {name} does not have its layout")
        desk[name] = rows.ctypes.data
    return State(desk, tables)


def empty(name: str, length: int) -> Records:
    return np.zeros(length, layout(TABLES[name]))
