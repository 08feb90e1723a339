"""The short task that beat starts every 20 seconds, on as many workers as there are."""

from celery import shared_task

from planning_site.outbox import delivery


@shared_task(acks_late=True, soft_time_limit=540, time_limit=600)  # type: ignore[untyped-decorator]
def deliver() -> None:
    delivery.deliver()
