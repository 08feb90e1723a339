"""One worker's attempt at a run: it claims it, shows how far it is, hears when to stop, and ends it in one transaction."""

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from planning_site.core import clock
from planning_site.core.errors import DomainError
from scheduling.adapters import Framed, Work, pack_works, unpack_works
from scheduling.engine import Entry, Progress
from scheduling.models import Plan, PlanRun
from scheduling.services.drafts import Draft, lock_plant, save_draft
from scheduling.services.runs import MAX_SECONDS, finish_run

log = logging.getLogger(__name__)
State = PlanRun.State
SHOW_EVERY = 0.5  # seconds between two writes of progress
SEARCH_FROM, SEARCH_TO = 5, 90  # percent shown while the engine searches
SAVE_EVERY = 5.0  # seconds between two writes of the best plan so far, longer where one takes long
SAVING_SHARE = 20  # of the time, saving takes one part in so many at the most
CURVE_POINTS = 120


def claim(plan_run_id: int) -> "Attempt | None":
    """Take a waiting run; None if somebody else has it, or it is over. Exactly one of many callers gets it."""
    now = clock.now()
    waiting = PlanRun.objects.filter(pk=plan_run_id, state=State.QUEUED)
    fresh = {"state": State.RUNNING, "started_at": now, "heartbeat_at": now, "percent": 0, "step": PlanRun.Step.READING}
    if not waiting.update(attempts=F("attempts") + 1, **fresh):
        return None
    related = ("plant", "requested_by", "weights", "start_from__plant", "again_of__plant", "what_if__base__plant")
    return Attempt(PlanRun.objects.select_related(*related).get(pk=plan_run_id))


def thinned(curve: list[list[float]]) -> list[list[float]]:
    """At most so many points: every second one goes when there are too many; the first and the last stay."""
    return curve if len(curve) <= CURVE_POINTS else [*curve[:-1:2], curve[-1]]


class Attempt:
    """A claimed run in hand. As a context it turns what goes wrong into an end that is shown.

    The number of the attempt is its fence: once a sweeper has given the run to another worker, nothing that this one writes
    arrives any more.
    """

    def __init__(self, run: PlanRun) -> None:
        self.run = run
        # two hands of the clock: the engine asks oftener than it reports, and asking must not put off showing
        self._began = self._shown_at = self._asked_at = self._saved_at = time.monotonic()
        self._save_every = SAVE_EVERY
        self._stop = False
        self._framed: Framed | None = None
        self._curve = list(run.curve)
        self._best: dict[str, Any] = dict(run.best)
        # what attempts before this one have used up of the seconds
        self._used = float(self._curve[-1][0]) if self._curve else 0.0

    @property
    def seconds_left(self) -> float:
        """Seconds to search: what was asked for, less what attempts that died have used."""
        return max(0.0, self.run.seconds - self._used)

    @property
    def is_cut_short(self) -> bool:
        """Whether chance had a part in where the search ended: it was stopped, or taken over from a worker that died."""
        return self._stop or self.run.attempts > 1

    @property
    def saved_work(self) -> list[Work]:
        """The best plan that an attempt before this one has saved."""
        return unpack_works(bytes(self.run.saved)) if self.run.saved else []

    def on_frame(self, framed: Framed) -> None:
        """What the engine is given: entries that are saved afterwards are of this problem."""
        self._framed = framed

    def show(self, step: str, percent: int, best: dict[str, Any] | None = None, **values: Any) -> None:
        """Write how far the run is, which is its heartbeat too, and read whether it is still wanted."""
        values |= {"step": step, "percent": percent, "heartbeat_at": clock.now()}
        if best is not None:
            values["best"] = best
        self._beat(values)
        self._shown_at = time.monotonic()

    def on_progress(self, progress: Progress) -> None:
        """What the engine reports; written every half second at the most."""
        if time.monotonic() - self._shown_at >= SHOW_EVERY:
            seconds, run = round(self._used + progress.seconds, 1), self.run
            share = min(1.0, progress.rounds / run.rounds if run.rounds else seconds / max(1, run.seconds))
            cost, late, on_time = round(progress.cost, 1), progress.late_jobs, round(progress.on_time, 4)
            if self._best and self._best["cost"] < cost:  # another way of searching has begun: what was found before still counts
                cost, late, on_time = self._best["cost"], self._best["late_jobs"], self._best["on_time"]
            best = self._best = {"cost": cost, "late_jobs": late, "on_time": on_time, "seconds": seconds, "rounds": progress.rounds}
            self._curve = thinned([*self._curve, [seconds, cost, late]])
            self.show(PlanRun.Step.SEARCHING, int(SEARCH_FROM + share * (SEARCH_TO - SEARCH_FROM)), best, curve=self._curve)

    def on_best(self, read: Callable[[], Sequence[Entry]]) -> None:
        """A better plan is there: `read` gives its entries. Saved every few seconds, in the same write as the heartbeat."""
        began = time.monotonic()
        if self._framed is None or began - self._saved_at < self._save_every:
            return
        packed = pack_works(self._framed, read())
        now = clock.now()
        self._beat({"saved": packed, "saved_at": now, "heartbeat_at": now})
        self._saved_at = time.monotonic()
        self._save_every = max(SAVE_EVERY, SAVING_SHARE * (self._saved_at - began))

    def should_stop(self) -> bool:
        """Whether the search is no longer wanted, or no longer ours."""
        if time.monotonic() - self._asked_at >= SHOW_EVERY:
            self._beat({"heartbeat_at": clock.now()})
        if time.monotonic() - self._began > MAX_SECONDS:  # a search by rounds may take longer than a task is allowed to
            self._stop = True
        return self._stop

    def _beat(self, values: dict[str, Any]) -> None:
        mine = PlanRun.objects.filter(pk=self.run.pk, state=State.RUNNING, attempts=self.run.attempts)
        self._stop = self._stop or not mine.update(**values) or not mine.filter(stop_wanted=False).exists()
        self._asked_at = time.monotonic()

    def finish(
        self, make: Callable[[], Draft], *, state: str = Plan.State.DRAFT, then: Callable[[PlanRun, Plan], None] | None = None
    ) -> None:
        """Write the draft (or trial) and the end of the run in one transaction: both or nothing, and never twice.

        `then` is told the plan in the same transaction.
        """
        with transaction.atomic():
            plant = lock_plant(self.run.plant_id)
            run = self._locked()
            if run is None:
                log.warning("Plan run %s was given to another worker; this draft is dropped.", self.run.pk)
            elif run.stop_wanted and not run.keep_best:
                finish_run(run, State.CANCELLED)
            else:
                plan = save_draft(make(), plant=plant, horizon=run.horizon, period=run.period, by=run.requested_by, state=state)
                finish_run(run, State.DONE, plan=plan)
                if then is not None:
                    then(run, plan)

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """A broken rule is the run's visible end. A fault of the program is shown and raised again, so that the worker logs it.

        A lost database is left to the sweeper, which gives the run to another attempt; so is a worker that is told to exit.
        """
        if isinstance(error, DomainError):
            self._fail(error.message)
            return True
        if isinstance(error, Exception) and not isinstance(error, OperationalError):
            message = _("The program failed while it made this plan (%(error)s, run %(id)d). Nothing was changed. Tell the administrator.")
            self._fail(message % {"error": type(error).__name__, "id": self.run.pk})
        return False

    def _fail(self, message: str) -> None:
        with transaction.atomic():
            run = self._locked()
            if run is not None:
                finish_run(run, State.FAILED, error=message)

    def _locked(self) -> PlanRun | None:
        """The run, locked, if it is still this attempt's."""
        mine = PlanRun.objects.select_for_update(of=("self",)).select_related("requested_by")
        return mine.filter(pk=self.run.pk, state=State.RUNNING, attempts=self.run.attempts).first()
