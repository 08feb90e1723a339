"""What changes plans: runs are asked for, executed, stopped; drafts are published or put aside; the timetable asks by itself."""

from scheduling.services.automatic import request_due_plans
from scheduling.services.execution import execute_plan_run
from scheduling.services.postpone import escalate_unanswered
from scheduling.services.publishing import discard_draft, publish_plan
from scheduling.services.runs import improve_plan, make_again, request_plan_run, request_stop, sweep_stale_runs, waiting_runs
from scheduling.services.weights import set_weights, weights_in_force

__all__ = [
    "discard_draft",
    "escalate_unanswered",
    "execute_plan_run",
    "improve_plan",
    "make_again",
    "publish_plan",
    "request_due_plans",
    "request_plan_run",
    "request_stop",
    "set_weights",
    "sweep_stale_runs",
    "waiting_runs",
    "weights_in_force",
]
