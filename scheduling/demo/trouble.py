"""What goes wrong in the demo once its first plans stand, and what people decided: late soles, an exception, instruction orders."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.core.roles import Role
from procurement.models import Claim, PurchaseOrder, PurchaseOrderLine
from procurement.selectors.arrivals import STILL_COMING
from procurement.services.promises import log_chase
from procurement.services.requirements import recalculate
from scheduling.demo.cast import somebody
from scheduling.gates import Kind
from scheduling.models import InstructionOrder, Plan
from scheduling.services.drafts import lock_plant, save_draft
from scheduling.services.finer import draft_finer
from scheduling.services.gatekeeping import Decision, shut_jobs
from scheduling.services.hits import refresh_hits
from scheduling.services.instructions import acknowledge, issue_instructions, make_for_ready_lines, newest_versions
from scheduling.services.publishing import discard_draft, publish_plan

SLIP = dt.timedelta(days=6)
SOLES = "底材"
LATE_SUPPLIERS = 2
CONSIDERED, INSTRUCTED, ACKNOWLEDGED = 60, 12, 8


def trouble(plant: Plant, today: dt.date) -> None:
    """Everything of it, once: nothing where instruction orders were made before."""
    if InstructionOrder.objects.exists():
        return
    recalculate(plant)  # by the days of the plans that stand
    let_soles_slip(plant, today)
    keep_an_exception(plant, today)
    refresh_hits(plant, today=today)
    issue_instruction_orders(plant, today)


def last_week(plant: Plant) -> Plan | None:
    """The last week that is published."""
    return Plan.objects.filter(plant=plant, horizon=Plan.Horizon.WEEK, state=Plan.State.PUBLISHED).order_by("-period").first()


def let_soles_slip(plant: Plant, today: dt.date) -> list[PurchaseOrder]:
    """The soles of the two suppliers on whom most jobs of the last published week count come six days later than promised (D5, D6)."""
    buyer = somebody(Department.PURCHASING)
    week = last_week(plant)
    if buyer is None or week is None:
        return []
    coming = Claim.objects.filter(
        requirement__plant=plant,
        requirement__material__category=SOLES,
        requirement__starts_on__range=(week.first_day, week.last_day),
        purchase_line__state__in=STILL_COMING,
        purchase_line__chases__isnull=True,
        purchase_line__promised_on__gt=today,
        purchase_line__promised_on__lt=F("requirement__starts_on"),
        requirement__starts_on__lte=F("purchase_line__promised_on") + SLIP,
    )
    by_supplier = "purchase_line__order__supplier"
    most = coming.order_by().values(by_supplier).annotate(n=Count("requirement__order_line", distinct=True))
    chosen = most.order_by("-n", by_supplier).values_list(by_supplier, flat=True)[:LATE_SUPPLIERS]
    ids = set(coming.filter(**{f"{by_supplier}__in": list(chosen)}).values_list("purchase_line", flat=True))
    lines = PurchaseOrderLine.objects.filter(pk__in=ids).order_by("order_id")
    by_order: dict[int, list[PurchaseOrderLine]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    orders = PurchaseOrder.objects.select_related("supplier").in_bulk(by_order)
    for pk, late in by_order.items():
        supplier = orders[pk].supplier
        promised = max(line.promised_on for line in late if line.promised_on)
        log_chase(
            order=orders[pk],
            by=buyer,
            lines=[line.pk for line in late],
            asked=supplier.contact if supplier else "",
            answer=_("the mould broke; six days later"),
            new_date=promised + SLIP,
            ask_again_on=today + dt.timedelta(days=2),
        )
    return list(orders.values())


@transaction.atomic
def keep_an_exception(plant: Plant, today: dt.date) -> Plan | None:
    """The last week that is published, once more: the supervisor lets one job run whose material comes late (E4.1); None if none does."""
    supervisor = User.objects.filter(groups__name=Role.PLANNING_SUPERVISOR, is_active=True).order_by("pk").first()
    week = last_week(plant)
    if week is None or supervisor is None:
        return None
    lock_plant(plant.pk)
    draft = draft_finer(plant, Plan.Horizon.WEEK, week.period, today=today)
    plan = save_draft(draft, plant=plant, horizon=Plan.Horizon.WEEK, period=week.period, by=supervisor)
    shut = [row.line.pk for row in shut_jobs(plan, today=today)]
    short = [row.line.pk for row in shut_jobs(plan, today=today) if {gate.kind for gate in row.gates} == {Kind.MATERIAL}]
    if not short:
        discard_draft(plan_id=plan.pk, by=supervisor, why=_("the same as before"))
        return None
    reasons = {short[0]: _("the supplier brings it by courier on the evening before; agreed with the workshop")}
    return publish_plan(plan_id=plan.pk, by=supervisor, decision=Decision(leave_out=frozenset(shut) - reasons.keys(), reasons=reasons))


def issue_instruction_orders(plant: Plant, today: dt.date) -> int:
    """Instruction orders (E3) of the jobs that are due first and lack nothing; purchasing and QC have acknowledged some of them."""
    planner = somebody(Department.PLANNING)
    lines = OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN).order_by("due_on", "pk")
    made = make_for_ready_lines(line_ids=list(lines.values_list("pk", flat=True)[:CONSIDERED]), by=planner, today=today).done[:INSTRUCTED]
    issued = issue_instructions(instruction_ids=[order.pk for order in made[:-1]], by=planner).done
    versions = [version.pk for version in newest_versions([order.pk for order in issued]).values()]
    for department in (Department.PURCHASING, Department.QC):
        reader = somebody(department)
        if reader is not None:
            acknowledge(version_ids=versions[:ACKNOWLEDGED], by=reader)
    return len(issued)
