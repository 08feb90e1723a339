"""From what a job needs and claims to its row in the kit matrix. Pure: facts in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from orders.sizes import SizeRun, in_order
from procurement import kits
from procurement.demand import BillRow, ClaimMade, Need
from procurement.kits import NOW, SCALE, Arrival, Item, KitState


class CellState(StrEnum):
    """Where a material of a job stands, measured against the day its stage begins."""

    HERE = "here"  # in the warehouse or at the job
    COMING = "coming"  # promised for before it is needed
    TIGHT = "tight"  # promised for the last days before its stage, or not confirmed
    LATE = "late"  # promised for after its stage begins
    OPEN = "open"  # ordered without a day that counts
    SHORT = "short"  # nothing covers it


WORST_FIRST = (CellState.SHORT, CellState.OPEN, CellState.LATE, CellState.TIGHT, CellState.COMING, CellState.HERE)
HOLDS_UP = frozenset({CellState.SHORT, CellState.OPEN, CellState.LATE})


class MaterialFacts(NamedTuple):
    """What a matrix shows of a material. What is counted in pieces needs no loss to be a kit; what is cut or poured does."""

    code: str
    name: str
    unit: str
    by_size: bool
    is_counted: bool


class LineFacts(NamedTuple):
    """A purchase order line: the day it was promised for, and whether the supplier stands by it."""

    promised_on: dt.date | None
    is_confirmed: bool


@dataclass(frozen=True)
class Facts:
    """What all jobs share."""

    materials: Mapping[int, MaterialFacts]
    lines: Mapping[int, LineFacts]
    today: dt.date


def usage_of(rows: Sequence[BillRow], sizes: Iterable[str], facts: Facts) -> dict[int, dict[str, int]]:
    """Scaled usage of a pair by material and size. A size that a row is silent about takes what the base size does, as netting says."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        loss = Decimal(1) if facts.materials[row.material].is_counted else row.with_loss
        of_material = found[row.material]
        for size in sizes:
            usage = row.flat if row.flat is not None else row.by_size.get(size)
            of_material[size] = of_material.get(size, 0) + kits.scaled((row.base if usage is None else usage) * loss)
    return found


def items_of(
    usage: Mapping[int, Mapping[str, int]], needs: Sequence[tuple[int, Need]], claims: Mapping[int, Sequence[ClaimMade]], facts: Facts
) -> list[Item]:
    """The items of one job from its needs (with their places in the list that claims refer to)."""
    of_material: dict[int, list[tuple[int, Need]]] = defaultdict(list)
    for place, need in needs:
        of_material[need.material].append((place, need))
    return [_item(usage[material], group, claims, facts) for material, group in of_material.items()]


def _item(usage: Mapping[str, int], group: Sequence[tuple[int, Need]], claims: Mapping[int, Sequence[ClaimMade]], facts: Facts) -> Item:
    first = min((need for _place, need in group), key=lambda need: need.starts_on)
    arrivals: list[Arrival] = []
    undated: dict[str, list[int]] = defaultdict(list)
    for place, need in group:
        here = need.issued + need.from_stock
        if here:
            arrivals.append(Arrival(NOW, need.size, kits.scaled(here)))
        for claim in claims.get(place, ()):
            if claim.line is None:
                continue
            promised_on = facts.lines[claim.line].promised_on
            if promised_on is None or promised_on < facts.today:  # a day that has passed is no day
                undated[need.size].append(claim.line)
            else:
                arrivals.append(Arrival(promised_on, need.size, kits.scaled(claim.quantity), claim.line))
    return Item(
        material=first.material,
        parts=tuple(dict.fromkeys(part for _place, need in group for part in need.parts)),
        stage=first.stage,
        starts_on=first.starts_on,
        needed_on=first.needed_on,
        by_size=facts.materials[first.material].by_size,
        usage=usage,
        arrivals=arrivals,
        undated={size: tuple(dict.fromkeys(lines)) for size, lines in undated.items()},
    )


@dataclass(frozen=True)
class Standing:
    """An item measured against its stage: its state, what is missing by size when the stage begins, and the day it is complete."""

    item: Item
    state: CellState
    missing: Mapping[str, int]
    day: dt.date | None
    lines: tuple[int, ...]


def standing_of(want: SizeRun, item: Item, facts: Facts) -> Standing:
    """How an item stands."""
    needs = kits.needs_of(want, item)
    days = kits.complete_on(want, item)
    day = None if None in days.values() else max((day for day in days.values() if day is not None), default=NOW)
    if day == NOW:
        return Standing(item, CellState.HERE, {}, NOW, ())
    there = item.there(max(item.starts_on, facts.today))
    missing = {size: need - there.get(size, 0) for size, need in needs.items() if need > there.get(size, 0)}
    lines = dict.fromkeys(arrival.line for arrival in item.arrivals if arrival.line is not None)
    if day is None:
        open_sizes = [size for size, done in days.items() if done is None]
        is_open = all(size in item.undated for size in open_sizes)
        named = dict.fromkeys(line for size in open_sizes for line in item.undated.get(size, ()))
        return Standing(item, CellState.OPEN if is_open else CellState.SHORT, missing, None, tuple(named or lines))
    return Standing(item, _promised_state(item, day, lines, facts), missing, day, tuple(lines))


def _promised_state(item: Item, day: dt.date, lines: Collection[int], facts: Facts) -> CellState:
    if day > item.starts_on:
        return CellState.LATE
    is_sure = all(facts.lines[line].is_confirmed for line in lines)
    return CellState.COMING if is_sure and day < item.needed_on else CellState.TIGHT


def row_of(want: SizeRun, items: Sequence[Item], facts: Facts) -> dict[str, Any]:
    """The values of a `JobKit` without its keys: state, pairs, sizes, days, cells and what is missing."""
    want = in_order(want)
    standings = [standing_of(want, item, facts) for item in items]
    # what is all there holds nothing up: only the others have to be counted
    waiting = [standing.item for standing in standings if standing.state != CellState.HERE]

    def at_start(item: Item) -> dt.date:
        return max(item.starts_on, facts.today)

    days = _days(want, waiting)
    now, start = days[0][1], kits.kit(want, waiting, at_start)
    state_now = kits.state_of(want, now, kits.matching_set(want, waiting, lambda _item: NOW))
    next_item = _next_item(items, standings, facts)
    by_stage = {stage: [item for item in waiting if item.stage == stage] for stage in sorted({item.stage for item in items})}
    ready = {stage: kits.full_on(want, of_stage) for stage, of_stage in by_stage.items()}
    ready_days = [day for of_stage in ready.values() for day in of_stage.values()]
    ready_on = None if None in ready_days else max(day for day in ready_days if day is not None)
    return {
        "stage": next_item.stage,
        "starts_on": next_item.starts_on,
        "needed_on": next_item.needed_on,
        "wanted": sum(want.values()),
        "pairs_now": sum(now.values()),
        "pairs_at_start": sum(start.values()),
        "state_now": state_now.value,
        "state_at_start": kits.state_of(want, start, kits.matching_set(want, waiting, at_start)).value,
        "is_tight": any(standing.state == CellState.TIGHT for standing in standings),
        "ready_on": ready_on if ready_on != NOW else None,
        "is_ready_now": ready_on == NOW,
        "sizes": {size: [want[size], now[size], start[size]] for size in want},
        "instead": kits.instead(want, waiting, lambda _item: NOW) if state_now in (KitState.BROKEN, KitState.PROPORTIONAL) else {},
        "days": {"": _plain(days), **{stage: _plain(_days(want, of_stage)) for stage, of_stage in by_stage.items()}},
        "ready": {stage: {size: _iso(day) for size, day in of_stage.items()} for stage, of_stage in ready.items()},
        "cells": _cells(standings, facts),
        "missing": [_missing(standing, facts) for standing in standings if standing.state in HOLDS_UP],
    }


def _days(want: SizeRun, items: Sequence[Item]) -> list[tuple[dt.date, SizeRun]]:
    """The kit now and on every day on which it grows."""
    out: list[tuple[dt.date, SizeRun]] = []
    for day in kits.event_days(items):
        run = kits.kit(want, items, lambda _item, day=day: day)  # type: ignore[misc]
        if not out or run != out[-1][1]:
            out.append((day, run))
        if run == want:
            break
    return out


def _plain(days: Sequence[tuple[dt.date, SizeRun]]) -> list[list[Any]]:
    return [[_iso(day), list(run.values())] for day, run in days]


def _next_item(items: Sequence[Item], standings: Sequence[Standing], facts: Facts) -> Item:
    """Whose start the job waits for next: the first stage to come that lacks something, else the first to come, else the last."""
    waiting = [standing.item for standing in standings if standing.state != CellState.HERE]
    to_come = [item for item in items if item.starts_on >= facts.today]
    if waiting:
        return min(waiting, key=lambda item: item.starts_on)
    return min(to_come, key=lambda item: item.starts_on) if to_come else max(items, key=lambda item: item.starts_on)


def _cells(standings: Sequence[Standing], facts: Facts) -> dict[str, dict[str, Any]]:
    """One cell for each part; a part of several materials shows the worst."""
    cells: dict[str, dict[str, Any]] = {}
    for state in reversed(WORST_FIRST):
        for standing in standings:
            if standing.state == state:
                cells.update(dict.fromkeys(standing.item.parts, _cell(standing, facts)))
    return cells


def _cell(standing: Standing, facts: Facts) -> dict[str, Any]:
    cell: dict[str, Any] = {"state": standing.state.value, "material": standing.item.material}
    if standing.day not in (None, NOW):
        cell["day"] = _iso(standing.day)
    if standing.missing:
        cell["missing"] = amount(sum(standing.missing.values()))
        cell["unit"] = facts.materials[standing.item.material].unit
    return cell


def _missing(standing: Standing, facts: Facts) -> dict[str, Any]:
    material = facts.materials[standing.item.material]
    return {
        "material": standing.item.material,
        "code": material.code,
        "name": material.name,
        "unit": material.unit,
        "parts": list(standing.item.parts),
        "stage": standing.item.stage,
        "needed_on": standing.item.needed_on.isoformat(),
        "state": standing.state.value,
        "sizes": {size: amount(quantity) for size, quantity in standing.missing.items()},
        "lines": list(standing.lines),
        "day": _iso(standing.day),
    }


def amount(units: int) -> float | int:
    """Scaled units as a figure to show: whole where it is whole, else to three decimals, rounded up: what is missing is missing."""
    thousandths: int = -(-units * 1000 // SCALE)
    whole, rest = divmod(thousandths, 1000)
    return whole if not rest else thousandths / 1000


def _iso(day: dt.date | None) -> str | None:
    """A day for JSON: "" is now, None is never."""
    if day is None:
        return None
    return "" if day == NOW else day.isoformat()
