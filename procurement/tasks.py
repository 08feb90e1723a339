"""Background work of purchasing. Every task asks what is due and not yet handled: it may run late, twice or after an outage."""

from celery import shared_task

from procurement.services import requirements


@shared_task(acks_late=True, soft_time_limit=540, time_limit=600)  # type: ignore[untyped-decorator]
def drain_requirement_runs() -> None:
    """Do the waiting calculations of requirements, and free plants whose worker died."""
    requirements.fail_dead_runs()
    requirements.do_waiting()


@shared_task(acks_late=True, soft_time_limit=110, time_limit=120)  # type: ignore[untyped-decorator]
def watch_requirements() -> None:
    """Ask for a calculation where orders, usage, stock, purchase orders or days have changed since the last one."""
    requirements.request_where_changed()
