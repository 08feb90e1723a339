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

from .layout import F8, I8, U8, layout, table
from .records import (
    Able,
    Bar,
    Bond,
    Cell,
    Focus,
    Group,
    Job,
    Kin,
    Kit,
    Line,
    Loose,
    Mix,
    Need,
    Offer,
    Picked,
    Piece,
    Pool,
    Row,
    Size,
    Slip,
    Stage,
    Stay,
    Step,
    Task,
)

SCALE = 100_000.0  # units per minute
MOST_JOBS = 2  # jobs that one round takes out at the most
MOVES = 7  # kinds of moves
MOST_PICKED = 10  # tasks that one round takes pieces of at the most
MOST_LINES = 8  # lines that may share one stage of a job
BIG = 1e15  # cost of what cannot be
NOWHERE = -1

Records = npt.NDArray[Any]


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
    pools: I8
    kits: I8
    needs: I8
    sizes: I8
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
    n_places: I8
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
    tooled: I8  # 1 if tasks need tools
    lotted: I8  # 1 if lines have a minimum
    n_distances: I8
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
    ask_smallest: I8  # a piece of fewer pairs buys no changeover, unless it is most of a day or the last of the task
    ask_lot: I8  # what ask_smallest is at least for the stages that follow the leading one
    ask_least: I8  # ask_smallest, but no more than is left to place
    lot_share: I8  # of a job, in percent: its ask_lot while the first plan is made
    tries: I8  # lines that a round looks at for a stage, beside the one it comes from
    roam: I8  # steps later than it could that a round lets a stage start
    ask_home: I8
    ask_careful: I8  # 1: reckon with one changeover more than seems needed
    ask_tries: I8
    ask_roam: I8  # how many steps later than it could a task may start
    ask_last: I8  # 1: of equally cheap places the last, 0: the first
    ask_start: I8
    ask_distance: I8  # of the lines that may be chosen
    ask_out: I8  # days to them
    ask_back: I8
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
    "pools": Pool,
    "kits": Kit,
    "needs": Need,
    "sizes": Size,
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
pool_at = table("pools", Pool)
kit_at = table("kits", Kit)
need_at = table("needs", Need)
size_at = table("sizes", Size)
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
