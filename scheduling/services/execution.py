"""What a worker does with a run."""

from django.conf import settings
from django.utils import translation

from planning_site.core import clock
from scheduling.models import Plan, PlanRun
from scheduling.services.attempt import Attempt, claim
from scheduling.services.finer import draft_finer
from scheduling.services.month import draft_month


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
    if run.horizon == Plan.Horizon.MONTH:
        draft = draft_month(run.plant, today=today, seconds=run.seconds, on_progress=attempt.on_progress, should_stop=attempt.should_stop)
        attempt.show(PlanRun.Step.WRITING, 92)
        attempt.finish(lambda: draft)
    else:
        # Read and written under the plant's lock: nobody publishes another coarser plan in between.
        attempt.finish(lambda: draft_finer(run.plant, run.horizon, run.period, today=today))
