"""The demo factory around its first plans: material that follows them, soles that slip, an exception, instruction orders."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.roles import Role
from procurement.models import Chase, PurchaseOrderLine, StockBalance
from scheduling.models import InstructionReceiver, InstructionVersion, Plan, PlanException, PlanHit, PlanJob
from tests.scheduling.pages import browser, text_of

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
COMMANDS = ("load_demo", "supply_demo", "plan_demo", "trouble_demo")


def run(name: str) -> str:
    out = StringIO()
    call_command(name, **({"seconds": 0} if name == "plan_demo" else {}), stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("in_english")
def test_late_soles_an_exception_and_instruction_orders_are_there_and_nothing_happens_twice() -> None:
    """D5, D6, E3, E4.1."""
    with time_machine.travel(MORNING, tick=False):
        for name in COMMANDS:
            run(name)
        week = Plan.objects.filter(horizon="week", state="published").latest("period")
        exception = PlanException.objects.get()
        assert (exception.plan, exception.gate) == (week, "material")
        assert exception.approved_by.groups.filter(name=Role.PLANNING_SUPERVISOR).exists()
        assert week.jobs.filter(outcome=PlanJob.Outcome.LEFT_OUT, reason=PlanJob.Reason.MATERIAL).exists()
        slipped = PurchaseOrderLine.objects.filter(chases__at__gte=MORNING)
        for line in slipped:
            before, after = audit.history_of(line)[0].values["promised_on"]
            assert dt.date.fromisoformat(after) - dt.date.fromisoformat(before) >= dt.timedelta(days=6)
        late = {line.material.code for line in slipped}
        hits = [hit for hit in PlanHit.objects.all() if hit.hold["what"].split()[-1] in late]
        assert exception.order_line_id in {job["line"] for hit in hits for job in hit.jobs}
        assert slipped[0].number in text_of(browser(Department.PLANNING), reverse("scheduling:hits"))
        issued = InstructionVersion.objects.count()
        assert issued > 0
        assert InstructionReceiver.objects.filter(acknowledged_at__isnull=False).exists()
        assert not StockBalance.objects.filter(quantity__lt=0).exists()
        assert "ordered before" in run("supply_demo")
        chased = Chase.objects.count()
        run("trouble_demo")
        assert (Chase.objects.count(), InstructionVersion.objects.count()) == (chased, issued)
