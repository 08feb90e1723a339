"""What a plan is to be good at, in four dials that planners turn, and the engine's costs that follow from them: pure functions.

A dial stands at 1 to 5; 3 is the usual weight and every step doubles or halves what the matter counts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scheduling.engine import Costs, move_price

LOWEST, USUAL, HIGHEST = 1, 3, 5

# The usual costs. The factory's order of measures (B3a): overtime before a customer waits. A pair takes some 70 minutes in all, 3.5 at
# 0.05 a minute of overtime; a pair late for one day must cost more than that, or the plan would let it wait.
BASE = Costs(late=5.0)


@dataclass(frozen=True)
class Dials:
    """Punctual: pairs late. Steady: pairs moved against the plan before. Cheap: overtime, changeovers, splits. Short: days in work."""

    punctual: int = USUAL
    steady: int = USUAL
    cheap: int = USUAL
    short: int = USUAL

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not LOWEST <= value <= HIGHEST:
                raise ValueError(f"dial {name} stands at {value}")


AS_USUAL = Dials()
PRESETS: dict[str, Dials] = {
    "punctual": Dials(punctual=5, steady=2, cheap=2, short=2),
    "steady": Dials(punctual=3, steady=5, cheap=3, short=2),
    "cheap": Dials(punctual=2, steady=3, cheap=5, short=3),
}


def preset_of(dials: Dials) -> str:
    """The name of the preset that stands so, empty where none does."""
    return next((name for name, preset in PRESETS.items() if preset == dials), "")


def times(dial: int) -> float:
    """How many times the usual weight a dial counts."""
    return float(2.0 ** (dial - USUAL))


# How steady a plan is held that goes on from another one: from "only the cost counts" to "only what must be moved is moved".
STABILITY = {1: 0.2, 2: 0.5, 3: 0.7, 4: 0.85, 5: 0.95}


def stability_of(dials: Dials) -> float:
    """The engine's stability, 0..1."""
    return STABILITY[dials.steady]


def costs_of(dials: Dials) -> Costs:
    """The engine's weights, in the unit of `BASE`."""
    return Costs(
        late=BASE.late * times(dials.punctual),
        overtime=BASE.overtime * times(dials.cheap),
        changeover=BASE.changeover * times(dials.cheap),
        split=BASE.split * times(dials.cheap),
        wip=BASE.wip * times(dials.short),
    )


@dataclass(frozen=True)
class Exchange:
    """What the dials trade for what: how planners read them.

    overtime_minutes: person-minutes of overtime that a plan takes on, rather than let one pair be late by a day. changeover_pairs: pairs
    late by a day that count as much as one changeover. wip_days: days that a pair may lie in the factory for as much as it is late by one.
    moved_pairs: pairs late by a day that count as much as one pair moved against the plan in force.
    """

    overtime_minutes: float
    changeover_pairs: float
    wip_days: float
    moved_pairs: float


def exchange_of(dials: Dials) -> Exchange:
    """The rates of exchange of some dials."""
    costs = costs_of(dials)
    moved = move_price(costs, stability_of(dials)) / costs.late
    return Exchange(costs.late / costs.overtime, costs.changeover / costs.late, costs.late / costs.wip, moved)
