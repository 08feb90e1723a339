"""What changes plans: runs are asked for, executed, stopped; drafts are published or put aside; the timetable asks by itself."""

from scheduling.services.automatic import request_due_plans
from scheduling.services.execution import execute_plan_run
from scheduling.services.publishing import discard_draft, publish_plan
from scheduling.services.runs import request_plan_run, request_stop, sweep_stale_runs, waiting_runs

__all__ = [
    "discard_draft",
    "execute_plan_run",
    "publish_plan",
    "request_due_plans",
    "request_plan_run",
    "request_stop",
    "sweep_stale_runs",
    "waiting_runs",
]
