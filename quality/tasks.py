"""Pre-production in the background: plans of new styles, due days that moved, late items. Each may run twice, late, or after an outage."""

from celery import shared_task

from planning_site.core import clock
from quality import services


@shared_task(acks_late=True, soft_time_limit=240, time_limit=270)  # type: ignore[untyped-decorator]
def follow_new_styles() -> None:
    """Make the plans that are missing (E2) and take over due days that moved."""
    services.make_missing_plans()
    services.follow_due_days()


@shared_task(acks_late=True, soft_time_limit=240, time_limit=270)  # type: ignore[untyped-decorator]
def escalate_late_items() -> None:
    """Name what is late to the superior (C1)."""
    services.escalate_late_items(now=clock.now())
