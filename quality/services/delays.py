"""“Cannot, because” (C3): sales and planning know in the moment it is said, and the release moves with it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from quality.models import Delay, PlanItem
from quality.notices import tell
from quality.people import people_of
from quality.services.announcing import TOLD, delay_notice, note_release
from quality.services.items import may_deliver
from quality.services.plans import lock_plan


def report_delay(
    *, item: PlanItem, cause: str, reason: str, new_day: dt.date | None, by: User | None, today: dt.date | None = None
) -> Delay:
    """Say that an item does not come on its day, why, and when it comes; without a day nobody can name one (C3).

    Sales and planning are written to in the same transaction. Raises DomainError: `not_owner`, `done`, `no_reason`, `past`,
    `closed_day`, `same` if just this was said before.
    """
    if not may_deliver(item, by):
        raise DomainError(_("Its owner, technical or planning reports that %(item)s is late.") % {"item": item.step}, "not_owner")
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(_("Give the reason: sales has to tell it to the customer."), "no_reason")
    today = today or clock.today()
    with transaction.atomic():
        plan = lock_plan(item.plan_id)
        locked = PlanItem.objects.select_related("step").get(pk=item.pk)
        locked.plan = plan
        _check(locked, new_day, today)
        before = plan.announced_on
        delay = Delay(
            item=locked,
            cause=cause,
            reason=reason[:300],
            day_before=locked.forecast_on or locked.planned_on,
            day_after=new_day,
            release_before=before,
            at=clock.now(),
            by=by,
        )
        delay.full_clean()
        locked.forecast_on, locked.is_open_ended = new_day, new_day is None
        locked.save(update_fields=["forecast_on", "is_open_ended"])
        now = note_release(plan, by=by, why=reason, today=today)
        delay.release_after = now.expected_on
        delay.save()
        audit.record(plan, "delay", by=by, values={locked.step.code: (delay.day_before, new_day)}, why=reason[:300])
        tell(key=f"delay:{delay.pk}", receivers=people_of(TOLD), build=lambda: delay_notice(delay, locked, now), rule_code="C3")
    return delay


def _check(item: PlanItem, new_day: dt.date | None, today: dt.date) -> None:
    if item.done_on:
        raise DomainError(_("%(item)s is delivered.") % {"item": item.step}, "done")
    if not item.is_needed:
        raise DomainError(_("%(style)s does not need %(item)s.") % {"style": item.plan.style, "item": item.step}, "not_needed")
    if new_day is None:
        if item.is_open_ended:
            raise DomainError(_("That was reported already; the day is still open."), "same")
        return
    if new_day < today:
        raise DomainError(_("The new day has passed. Deliver it, or name a day to come."), "past")
    if not calendar_of(item.plan.plant).is_working(new_day):
        raise DomainError(_("Nobody works on %(day)s.") % {"day": figures.longday(new_day)}, "closed_day")
    if new_day == (item.forecast_on or item.planned_on) and not item.is_open_ended:
        raise DomainError(_("%(item)s is expected on that day already.") % {"item": item.step}, "same")
