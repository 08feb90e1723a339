"""How the engine is asked for a month plan: near the plan in force, anew, or on from a plan that is there; the best by the dials wins."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from scheduling import adapters, engine
from scheduling.dials import AS_USUAL, Dials, stability_of

SEED = 1  # the same facts give the same plan
# By the dial: which share of the seconds or rounds goes to the plan near the one in force; the rest to a plan made anew. The first has
# nothing more to do after some seconds, unless the plan is to be kept.
NEAR_SHARE, NEAR_MOST = {1: 0.15, 2: 0.3, 3: 0.3, 4: 0.6, 5: 1.0}, 10.0


@dataclass(frozen=True)
class Wish:
    """What is asked of the engine. `rounds`: instead of seconds, so that the plan comes out the same every time. `start`: work planned
    before, that the search goes on from.
    """

    seconds: float
    seed: int = SEED
    dials: Dials = AS_USUAL
    start: Sequence[adapters.Work] = ()
    rounds: int | None = None

    @property
    def near_share(self) -> float:
        """Of the search, for the plan near the one in force; with a start some is left to go on from it."""
        share = NEAR_SHARE[self.dials.steady]
        return min(share, 0.5) if self.start else share

    def part(self, share: float, most: float = math.inf) -> "Part":
        """A share of the search; seconds at most."""
        if self.rounds is not None:
            return Part(None, round(share * self.rounds))
        return Part(min(share * self.seconds, most), None)


@dataclass(frozen=True)
class Part:
    """A part of a search, by seconds or by rounds."""

    seconds: float | None
    rounds: int | None


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

    def later(self, seconds: float) -> "Watch":
        """The same, for a part of the search that begins after so many seconds."""
        show = self.on_progress
        if show is None or not seconds:
            return self
        return replace(self, on_progress=lambda progress: show(replace(progress, seconds=seconds + progress.seconds)))


NOBODY = Watch()


def search(framed: adapters.Framed, wish: Wish, watch: Watch = NOBODY) -> engine.Plan:
    """The better of a plan near the one in force (`framed.near`) and a plan made anew, or gone on with from the start.

    Better is what costs less, moved pairs counted at the price that the dials put on them; a job left out outweighs every cost. Raises
    DomainError for an input that contradicts itself.
    """
    if watch.on_frame is not None:
        watch.on_frame(framed)
    found, used, share = [], 0.0, wish.near_share if framed.near else 0.0
    if framed.near:
        part = wish.part(share, NEAR_MOST if share < 1.0 else math.inf)
        found.append(steady(framed, loosened(framed, framed.near), wish, part, watch))
        used = part.seconds or 0.0
        if watch.on_best is not None:
            watch.on_best(lambda: found[0].entries)
    if share < 1.0:
        rest = wish.part(1.0 - share) if wish.rounds is not None else Part(wish.seconds - used, None)
        later = watch.later(used)
        # what was found before is the better one to keep until this part has ended
        found.append(_anew(framed, wish, rest, replace(later, on_best=None) if found else later))
    price = engine.move_price(framed.problem.costs, stability_of(wish.dials))
    return min(found, key=lambda plan: (_left_out(plan), plan.cost + price * moved_pairs(framed.near, plan.entries)))


def _anew(framed: adapters.Framed, wish: Wish, part: Part, watch: Watch) -> engine.Plan:
    start = adapters.starting_entries(framed, wish.start)
    plan = engine.solve(
        framed.problem,
        seconds=part.seconds,
        rounds=part.rounds,
        seed=wish.seed,
        start=start or None,
        on_progress=watch.on_progress,
        should_stop=watch.should_stop,
        on_best=watch.on_best,
    )
    return checked(plan)


def steady(framed: adapters.Framed, entries: Sequence[engine.Entry], wish: Wish, part: Part, watch: Watch) -> engine.Plan:
    """A plan that differs from the entries only where that is worth the price of moving. Raises DomainError as `search` does."""
    plan = engine.replan(
        framed.problem,
        entries,
        stability=stability_of(wish.dials),
        seconds=part.seconds,
        rounds=part.rounds,
        seed=wish.seed,
        reasons=True,
        should_stop=watch.should_stop,
        on_progress=watch.on_progress,
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
