"""How the engine is asked for a month plan: near the plan in force, anew, or on from a plan that is there; the best by the dials wins."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from scheduling import adapters, engine
from scheduling.dials import AS_USUAL, Dials, stability_of

SEED = 1  # the same facts give the same plan
STEADY_SHARE, STEADY_MOST = 0.3, 10.0  # of the seconds, and seconds at most, for the plan near the one in force


@dataclass(frozen=True)
class Wish:
    """What is asked of the engine. `start`: work planned before, that is at least kept; the plan never gets worse than it."""

    seconds: float
    seed: int = SEED
    dials: Dials = AS_USUAL
    start: Sequence[adapters.Work] = ()


@dataclass(frozen=True)
class Watch:
    """Who looks on while the engine searches.

    `on_frame` is told the problem before the first plan of it is made. `on_best` is offered every whole plan that the search then goes
    on from or beyond: what another worker takes up if this one dies.
    """

    on_frame: Callable[[adapters.Framed], None] | None = None
    on_progress: Callable[[engine.Progress], None] | None = None
    should_stop: Callable[[], bool] | None = None
    on_best: Callable[[Callable[[], Sequence[engine.Entry]]], None] | None = None


NOBODY = Watch()


def search(framed: adapters.Framed, wish: Wish, watch: Watch = NOBODY) -> engine.Plan:
    """The best of: the start as it is, a plan near the one in force (`framed.near`), and a plan made anew.

    Best is what costs least, moved pairs counted at the price that the dials put on them; a job left out outweighs every cost. Raises
    DomainError for an input that contradicts itself.
    """
    if watch.on_frame is not None:
        watch.on_frame(framed)
    found, left = [], wish.seconds
    if wish.start:
        start = adapters.starting_entries(framed, wish.start)
        found.append(checked(engine.replan(framed.problem, start, stability=1.0, seconds=0.0, seed=wish.seed, reasons=True)))
    if framed.near:
        seconds = min(STEADY_SHARE * left, STEADY_MOST)
        found.append(steady(framed, loosened(framed, framed.near), wish, seconds, watch))
        left -= seconds
    if found and watch.on_best is not None:
        best = min(found, key=lambda plan: (_left_out(plan), plan.cost))
        watch.on_best(lambda: best.entries)
    made = engine.solve(framed.problem, seconds=left, seed=wish.seed, on_progress=watch.on_progress, should_stop=watch.should_stop)
    found.append(checked(made))
    price = engine.move_price(framed.problem.costs, stability_of(wish.dials))
    return min(found, key=lambda plan: (_left_out(plan), plan.cost + price * moved_pairs(framed.near, plan.entries)))


def steady(framed: adapters.Framed, entries: Sequence[engine.Entry], wish: Wish, seconds: float, watch: Watch) -> engine.Plan:
    """A plan that differs from the entries only where that is worth the price of moving. Raises DomainError as `search` does."""
    plan = engine.replan(
        framed.problem,
        entries,
        stability=stability_of(wish.dials),
        seconds=seconds,
        seed=wish.seed,
        reasons=True,
        should_stop=watch.should_stop,
    )
    return checked(plan)


def loosened(framed: adapters.Framed, entries: Iterable[engine.Entry]) -> tuple[engine.Entry, ...]:
    """The entries without those of late jobs, which are placed anew: nobody is helped who is held where he stands too late."""
    entries = tuple(entries)
    due = {job.id: job.due for job in framed.problem.jobs}
    late = {entry.job for entry in entries if entry.day > due[entry.job]}
    return tuple(entry for entry in entries if entry.job not in late)


def moved_pairs(before: Iterable[engine.Entry], now: Iterable[engine.Entry]) -> int:
    """Pairs of jobs and stages in both that stood with another team or on another day before."""
    stood: dict[tuple[str, str, str, int], int] = {}
    tasks = set()
    for entry in before:
        place = entry.job, entry.stage, entry.line, entry.day
        stood[place] = stood.get(place, 0) + entry.pairs
        tasks.add(place[:2])
    moved = 0
    for entry in now:
        place = entry.job, entry.stage, entry.line, entry.day
        if place[:2] in tasks:
            stays = min(entry.pairs, stood.get(place, 0))
            stood[place] = stood.get(place, 0) - stays
            moved += entry.pairs - stays
    return moved


def checked(plan: engine.Plan) -> engine.Plan:
    """The plan itself. Raises DomainError if the engine refused its input."""
    if plan.status == "invalid":
        raise _invalid(plan.problems)
    return plan


def session_of(framed: adapters.Framed, entries: Sequence[engine.Entry]) -> engine.Session:
    """A framed problem and a plan of it in the engine's hands. Raises DomainError if the engine refuses the problem."""
    try:
        return engine.Session(framed.problem, entries)
    except engine.InvalidProblemError as error:
        raise _invalid(error.faults) from error


def _invalid(faults: Sequence[engine.Fault]) -> DomainError:
    return DomainError(_("The data cannot be planned: %(faults)s") % {"faults": "; ".join(str(fault) for fault in faults[:5])}, "invalid")


def _left_out(plan: engine.Plan) -> int:
    return sum(outcome.state == "left_out" for outcome in plan.outcomes)
