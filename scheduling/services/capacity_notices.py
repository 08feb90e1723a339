"""B3a and B4: planning tells sales of overload and of idle time, once for every plan."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from scheduling.answers.capacity import CapacityView
from scheduling.models import CapacityNotice, Plan
from scheduling.notices.capacity import tell
from scheduling.services.drafts import lock_plant

LINES_SENT = 20
Kind = CapacityNotice.Kind


@transaction.atomic
def tell_sales_of_capacity(*, plan: Plan, kind: str, view: CapacityView, by: User | None) -> CapacityNotice:
    """Write to sales. Raises DomainError where there is nothing to tell, where it was told already, and for a plan that does not stand."""
    lock_plant(plan.plant_id)
    if plan.state not in (Plan.State.DRAFT, Plan.State.PUBLISHED):
        raise DomainError(_("%(plan)s does not stand: there is nothing to tell of it.") % {"plan": plan}, "state")
    if CapacityNotice.objects.filter(plan=plan, kind=kind).exists():
        raise DomainError(_("Sales was told of this already."), "told")
    rows = view.overloads if kind == Kind.OVERLOAD else view.idle
    if not rows:
        raise DomainError(_("There is nothing to tell."), "nothing")
    notice = CapacityNotice(plan=plan, kind=kind, lines=[row.text for row in rows[:LINES_SENT]], told_by=by)
    notice.full_clean()
    notice.save(force_insert=True)
    audit.record(notice, "tell", by=by, values={"kind": (None, kind)})
    tell(notice, rows[:LINES_SENT])
    return notice
