"""The finite-capacity planning engine: a problem goes in, a plan with reasons comes out.

A library of its own: no database, no clock but the time limit, no randomness without a seed. See docs/engine.md.
"""

from .chain import chain_of
from .checker import Evaluation, evaluate
from .explain import adopt, apply_measure, explain_all, explain_job
from .idle import idle
from .measures import Excess, Explanation, Idle, Link, Measure, Minutes, Promise, Remedy, Wish
from .overload import overload, remedies
from .plan import Entry, Fault, JobOutcome, Plan, Progress, Reason
from .problem import Costs, Job, Line, Preference, Problem, Stage, Tool, ToolStock, Window
from .promise import BrokenPromiseError, keep_promise, promise
from .replan import move_price, replan
from .session import InvalidProblemError, Session
from .solve import solve
from .tooling import size_counts, sizes_of

__all__ = [
    "BrokenPromiseError",
    "Costs",
    "Entry",
    "Evaluation",
    "Excess",
    "Explanation",
    "Fault",
    "Idle",
    "InvalidProblemError",
    "Job",
    "JobOutcome",
    "Line",
    "Link",
    "Measure",
    "Minutes",
    "Plan",
    "Preference",
    "Problem",
    "Progress",
    "Promise",
    "Reason",
    "Remedy",
    "Session",
    "Stage",
    "Tool",
    "ToolStock",
    "Window",
    "Wish",
    "adopt",
    "apply_measure",
    "chain_of",
    "evaluate",
    "explain_all",
    "explain_job",
    "idle",
    "keep_promise",
    "move_price",
    "overload",
    "promise",
    "remedies",
    "replan",
    "size_counts",
    "sizes_of",
    "solve",
]
