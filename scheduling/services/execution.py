"""What a worker does with a run."""

from django.conf import settings
from django.utils import translation

from planning_site.core import clock
from scheduling.adapters import works_of_plan
from scheduling.dials import Dials
from scheduling.models import Plan, PlanRun
from scheduling.services.attempt import Attempt, claim
from scheduling.services.drafts import Draft
from scheduling.services.finer import draft_finer
from scheduling.services.month import draft_month, remake_month
from scheduling.services.searching import Watch, Wish
from scheduling.services.trials import draft_what_if
from scheduling.services.whatif import record_answer


def execute_plan_run(*, plan_run_id: int) -> bool:
    """Claim a waiting run and make its draft; False if it is not waiting any more.

    A rule that does not allow the plan ends the run as failed, with the sentence for people, in their language. A fault of the
    program does so too and is raised again. Must not be called inside a transaction: progress would not be seen.
    """
    attempt = claim(plan_run_id)
    if attempt is None:
        return False
    by = attempt.run.requested_by
    with translation.override((by.language if by else "") or settings.LANGUAGE_CODE), attempt:
        _make(attempt)
    return True


def _make(attempt: Attempt) -> None:
    run, today = attempt.run, clock.today()
    if run.horizon != Plan.Horizon.MONTH:
        # Read and written under the plant's lock: nobody publishes another coarser plan in between.
        attempt.finish(lambda: draft_finer(run.plant, run.horizon, run.period, today=today))
        return
    draft = _search(attempt, Watch(attempt.on_frame, attempt.on_progress, attempt.should_stop, attempt.on_best))
    draft.metrics["repeatable"] = run.rounds is not None and not attempt.is_cut_short
    if run.start_from is not None:
        draft.metrics["start"] = run.start_from.pk
    attempt.show(PlanRun.Step.WRITING, 92)
    if run.what_if is not None:
        attempt.finish(lambda: draft, state=Plan.State.TRIAL, then=lambda done, plan: record_answer(run=done, trial=plan))
    else:
        attempt.finish(lambda: draft, state=Plan.State.TRIAL if run.again_of else Plan.State.DRAFT)


def _search(attempt: Attempt, watch: Watch) -> Draft:
    run = attempt.run
    if run.what_if is not None:
        return draft_what_if(run.what_if, wish=_wish(attempt), watch=watch)
    if run.again_of is not None:
        return _again(attempt, run.again_of, watch)
    return draft_month(run.plant, today=clock.today(), wish=_wish(attempt), watch=watch)


def _wish(attempt: Attempt) -> Wish:
    """What a run asks of the engine: from the best plan that was saved, else from the plan that is to be improved."""
    run = attempt.run
    start = attempt.saved_work or (works_of_plan(run.start_from) if run.start_from else [])
    return Wish(seconds=attempt.seconds_left, rounds=run.rounds, seed=run.seed, dials=run.dials, start=start)


def _again(attempt: Attempt, plan: Plan, watch: Watch) -> Draft:
    """The plan once more: its input, seed and weights, and what has become of it."""
    run, known = attempt.run, plan.metrics
    origin = Plan.objects.filter(pk=known.get("start")).first()
    start = attempt.saved_work or (works_of_plan(origin) if origin else [])
    wish = Wish(attempt.seconds_left, rounds=run.rounds, seed=run.seed, dials=Dials(**known.get("weights", {})), start=start)
    draft = remake_month(plan, wish=wish, watch=watch)
    same = {f"same_{what}": known.get(name) == draft.metrics[name] for what, name in (("code", "engine"), ("entries", "entries"))}
    draft.metrics["again_of"] = {"plan": plan.pk, "version": plan.version, "cost": known.get("cost")} | same
    return draft
