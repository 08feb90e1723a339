"""Says what is wrong with tools and size runs."""

import math
from collections import Counter
from collections.abc import Iterator

from .plan import Fault
from .problem import Job, Problem, Tool, ToolStock
from .validation_limits import MAX_DAYS, MAX_PAIRS


def check_tools(problem: Problem) -> Iterator[Fault]:
    """Numbers, places and names of tools, size runs, and the tools that jobs need."""
    lines, stages = {line.id for line in problem.lines}, {s.id for s in problem.stages}
    for name, times in Counter(tool.id for tool in problem.tools).items():
        if times > 1:
            yield Fault(f"tool {name}", "id", f"appears {times} times")
    for tool in problem.tools:
        yield from _check_tool(tool, lines)
    known = {tool.id for tool in problem.tools}
    for job in problem.jobs:
        yield from _check_needs(job, stages, known)


def _check_tool(tool: Tool, lines: set[str]) -> Iterator[Fault]:
    subject = f"tool {tool.id}"
    if not (math.isfinite(tool.turns) and 0 < tool.turns <= MAX_PAIRS):
        yield Fault(subject, "turns", f"must be more than 0 and at most {MAX_PAIRS}, not {tool.turns}")
    if not 1 <= tool.pairs_per_turn <= MAX_PAIRS:
        yield Fault(subject, "pairs_per_turn", f"must be between 1 and {MAX_PAIRS}, not {tool.pairs_per_turn}")
    for stock in tool.stock:
        yield from _check_stock(f"{subject}: stock", stock, lines)
    places = sorted({tuple(sorted(stock.lines)) for stock in tool.stock if stock.lines is not None})
    shared = Counter(line for place in places for line in place)
    for line in sorted(line for line, times in shared.items() if times > 1):
        yield Fault(subject, "stock", f"line {line} belongs to more than one place")
    if places and any(stock.lines is None for stock in tool.stock):
        yield Fault(subject, "stock", "some stock stands at a place, some is open to all lines")
    for size in sorted({size for stock in tool.stock for size in stock.pieces}):
        pieces = sum(max(0, stock.pieces.get(size, 0)) for stock in tool.stock)
        if pieces * max(1.0, tool.turns) * max(1, tool.pairs_per_turn) > 1e9:
            yield Fault(subject, "stock", f"size {size}: makes more pairs a day than can be counted")


def _check_stock(subject: str, stock: ToolStock, lines: set[str]) -> Iterator[Fault]:
    for size, pieces in stock.pieces.items():
        if not 0 <= pieces <= MAX_PAIRS:
            yield Fault(subject, "pieces", f"size {size}: must be between 0 and {MAX_PAIRS}, not {pieces}")
    for line in sorted((stock.lines or frozenset()) - lines):
        yield Fault(subject, "lines", f"unknown line {line}")
    if stock.lines is not None and not stock.lines:
        yield Fault(subject, "lines", "names no line")
    for name, day in (("first", stock.first), ("last", stock.last)):
        if day is not None and abs(day) > 10 * MAX_DAYS:
            yield Fault(subject, name, f"lies out of reach: {day}")
    if stock.last is not None and stock.last < stock.first:
        yield Fault(subject, "last", f"lies before the first day: {stock.last}")


def _check_needs(job: Job, stages: set[str], known: set[str]) -> Iterator[Fault]:
    subject = f"job {job.id}"
    for size, pairs in job.sizes.items():
        if not 0 <= pairs <= MAX_PAIRS:
            yield Fault(subject, "sizes", f"size {size}: must be between 0 and {MAX_PAIRS}, not {pairs}")
    if job.sizes and sum(job.sizes.values()) != job.pairs:
        yield Fault(subject, "sizes", f"add up to {sum(job.sizes.values())}, the job has {job.pairs} pairs")
    for stage, names in job.tools.items():
        if stage not in stages:
            yield Fault(subject, "tools", f"unknown stage {stage}")
        for name in sorted(names - known):
            yield Fault(subject, "tools", f"{stage}: unknown tool {name}")
