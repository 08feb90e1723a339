"""What others read of technical and QC.

release_of(style).expected_on           the day of QC's release as it looks now, None if nobody can name one
unreleased()                            the new styles that are not released, and what everybody owes them
not_ready({style id: first day})        styles whose release is neither there nor expected before they are to start
passed_pairs(line ids), tails(lines)    what counts as finished by size, and what is missing
tool_caps(plant, styles=…)              pairs a day by tool and size, and which style uses which tool at which stage
tool_stocks(plant, styles=…)            usable pieces by size with their turns, shared between jobs, as the engine takes them
measured_minutes(style)                 person-minutes a pair by stage, as the newest trial measured them
"""

from quality.selectors.board import board, my_items
from quality.selectors.duties import Duty, OpenStyle, Said, Unsigned, open_problems, unreleased
from quality.selectors.gates import NotReady, not_ready
from quality.selectors.inspections import Tail, failed_pairs, passed_pairs, tails
from quality.selectors.outlook import Cell, Outlook, release_of, releases_of
from quality.selectors.releases import (
    STATE_OF_RESULT,
    AnnotatedStyles,
    ReleaseState,
    counts_by_state,
    history_of,
    in_state,
    latest_releases,
    open_new_styles,
    release_states,
    state_of,
)
from quality.selectors.tooling import ToolCaps, ToolStock, ToolStocks, tool_caps, tool_stocks
from quality.selectors.trials import MeasuredMinutes, measured_minutes

__all__ = [
    "STATE_OF_RESULT",
    "AnnotatedStyles",
    "Cell",
    "Duty",
    "MeasuredMinutes",
    "NotReady",
    "OpenStyle",
    "Outlook",
    "ReleaseState",
    "Said",
    "Tail",
    "ToolCaps",
    "ToolStock",
    "ToolStocks",
    "Unsigned",
    "board",
    "counts_by_state",
    "failed_pairs",
    "history_of",
    "in_state",
    "latest_releases",
    "measured_minutes",
    "my_items",
    "not_ready",
    "open_new_styles",
    "open_problems",
    "passed_pairs",
    "release_of",
    "release_states",
    "releases_of",
    "state_of",
    "tails",
    "tool_caps",
    "tool_stocks",
    "unreleased",
]
