"""Plan runs: asked for by a person or by beat, stopped, and taken back from workers that died."""

import datetime as dt
import math

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.transitions import transition
from scheduling import standing
from scheduling.models import Plan, PlanInput, PlanRun
from scheduling.services.weights import weights_in_force

State = PlanRun.State
ACTIVE = (State.QUEUED, State.RUNNING)
STALE_AFTER = dt.timedelta(seconds=60)  # a living run writes its heartbeat every half second
MAX_ATTEMPTS = 3
MAX_SECONDS = 300  # of search: well inside the time limit of the task
ONE_ACTIVE = "plan_run_one_active_per_horizon"


def request_plan_run(
    *,
    plant: Plant,
    horizon: str,
    period: dt.date | None = None,
    by: User | None,
    auto_key: str | None = None,
    seconds: int | None = None,
    rounds: int | None = None,
    steady: int | None = None,
    today: dt.date | None = None,
) -> PlanRun:
    """Ask for a draft; a worker makes it.

    Without a period: the one that comes next. `seconds` bounds the search of a month plan, 300 at the most, or `rounds` do, for a plan that
    comes out the same every time. It is weighed as planning has set the dials last; `steady`, 1 "best plan" to 5 "keep the plan", stands
    in for that dial. Raises DomainError for a period that cannot be planned, when the coarser plan is not published, and when a
    run of that horizon is already on its way (code `active`; the message says whose).
    """
    today = today or clock.today()
    calendar = calendar_of(plant)
    period = period or standing.default_period(plant, horizon, today, calendar)
    standing.check_period(plant, horizon, period, today, calendar)
    if horizon != Plan.Horizon.MONTH:
        standing.require_coarser(plant, horizon, period)
    run = PlanRun(plant=plant, horizon=horizon, period=period, requested_by=by, auto_key=auto_key, weights=weights_in_force(plant))
    run.steady = steady
    return ask_for(run, seconds, rounds)


def improve_plan(
    *, plan: Plan, seconds: int | None = None, rounds: int | None = None, by: User | None, today: dt.date | None = None
) -> PlanRun:
    """Ask for a new draft that goes on from a month plan: some more search, on today's facts, weighed as set last.

    Raises DomainError for a plan of another horizon, one whose period is over, and when a run is already on its way.
    """
    if plan.horizon != Plan.Horizon.MONTH:
        raise DomainError(_("Only a month plan is searched for; week and day plans are cut out of it."), "horizon")
    standing.check_period(plan.plant, plan.horizon, plan.period, today or clock.today(), calendar_of(plan.plant))
    run = PlanRun(plant=plan.plant, horizon=plan.horizon, period=plan.period, requested_by=by, start_from=plan)
    run.weights = weights_in_force(plan.plant)
    return ask_for(run, seconds, rounds)


def make_again(*, plan: Plan, by: User | None) -> PlanRun:
    """Ask for a month plan once more, from the input, seed, weights and seconds or rounds it was made with, as a what-if to look at.

    Raises DomainError if its input was not kept, and when a run is already on its way.
    """
    if not PlanInput.objects.filter(hash=plan.metrics.get("input", "")).exists():
        raise DomainError(_("%(plan)s was made before inputs were kept; it cannot be made again.") % {"plan": plan}, "no_input")
    run = PlanRun(plant=plan.plant, horizon=plan.horizon, period=plan.period, requested_by=by, again_of=plan)
    run.seed = plan.metrics.get("seed", run.seed)
    return ask_for(run, math.ceil(plan.metrics.get("asked_seconds", run.seconds)), plan.metrics.get("asked_rounds"))


def ask_for(run: PlanRun, seconds: int | None, rounds: int | None = None) -> PlanRun:
    """Queue a run; seconds or rounds bound its search. Raises DomainError where one of its horizon is on the way (`active`)."""
    if seconds is not None:
        run.seconds = min(seconds, MAX_SECONDS)
    run.rounds = rounds
    run.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        refusal = _refusal(run, error)
        if refusal is None:
            raise
        raise refusal from error
    return run


def request_stop(*, run_id: int, by: User | None, keep_best: bool = False) -> PlanRun:
    """Stop a run: throw its work away, or make the draft from the best plan so far.

    A waiting run is cancelled at once, a working one within a second. Raises DomainError if it is already over, or if it waits
    and there is nothing yet to keep.
    """
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run_id)
        if run.state not in ACTIVE:
            raise DomainError(_("This run is over: %(state)s.") % {"state": run.get_state_display()}, "over")
        if run.state == State.QUEUED:
            if keep_best:
                raise DomainError(_("The run has not begun, so there is no plan to use yet."), "nothing_yet")
            finish_run(run, State.CANCELLED)
        else:
            run.stop_wanted, run.keep_best = True, keep_best
            run.save(update_fields=["stop_wanted", "keep_best"])
        audit.record(run, "stop", by=by, values={"keep_best": (None, keep_best)})
    return run


def waiting_runs() -> list[int]:
    """Ids of the runs that wait for a worker, oldest first."""
    return list(PlanRun.objects.filter(state=State.QUEUED).order_by("id").values_list("id", flat=True))


def sweep_stale_runs(*, now: dt.datetime | None = None) -> list[PlanRun]:
    """Take runs back whose worker has gone silent: into the queue, or to an end that is shown. Returns the runs it moved."""
    now = now or clock.now()
    moved = []
    with transaction.atomic():
        stale = PlanRun.objects.select_for_update(skip_locked=True).filter(state=State.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
        for run in stale:
            if run.stop_wanted and not (run.keep_best and run.saved):
                finish_run(run, State.CANCELLED)
            elif run.attempts < MAX_ATTEMPTS:
                transition(run, State.QUEUED)
                run.save(update_fields=["state"])
            else:
                message = _("The worker stopped %(n)d times in the middle of this run. Look at its log, then ask again.")
                finish_run(run, State.FAILED, error=message % {"n": run.attempts})
            moved.append(run)
    return moved


def record_refused(*, plant: Plant, horizon: str, period: dt.date, auto_key: str, reason: str) -> PlanRun | None:
    """Keep, as a failed run, that a plan was due and could not be made; None if that is on record already."""
    fields = {"plant": plant, "horizon": horizon, "period": period, "state": State.FAILED, "error": reason, "finished_at": clock.now()}
    run, created = PlanRun.objects.get_or_create(auto_key=auto_key, defaults=fields)
    return run if created else None


def finish_run(run: PlanRun, state: str, *, error: str = "", plan: Plan | None = None) -> None:
    """End a run that the caller holds locked: with its draft, with a sentence that says what went wrong, or cancelled."""
    transition(run, state)
    run.error, run.plan, run.finished_at = error, plan, clock.now()
    if plan is not None:
        run.percent = 100
    run.save(update_fields=["state", "error", "plan", "finished_at", "percent"])


def _refusal(run: PlanRun, error: IntegrityError) -> DomainError | None:
    """What the database's refusal means: asked for before, or another run of the horizon is on its way. None: something else."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if "auto_key" in constraint:
        return DomainError(_("This plan was already asked for."), "asked_before")
    if constraint != ONE_ACTIVE:
        return None
    active = PlanRun.objects.select_related("requested_by").filter(plant=run.plant, horizon=run.horizon, state__in=ACTIVE).first()
    if active is None:
        return DomainError(_("Another run has ended just now. Ask again."), "active")
    local = active.requested_at.astimezone(clock.factory_zone())
    words = {"plan": active.get_horizon_display(), "who": active.requested_by or _("the timetable"), "time": f"{local:%Y-%m-%d %H:%M}"}
    return DomainError(_("A %(plan)s is being made already: %(who)s asked for it at %(time)s.") % words, "active", run_id=active.pk)
