"""Order lines with all that an instruction order is made of, and without."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from orders.models import OrderLine, Style
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, MaterialCategory, Usage, UsageVersion
from quality.models import ItemVersion, PlanItem, PreparationPlan, Step
from tests import factories

STEPS = (
    ("process_sheet", "工艺单", "Process sheet"),
    ("confirmation_sample", "确认样", "Confirmation sample"),
    ("colour_card", "色卡", "Colour card"),
)
RECEIVERS = (Department.PURCHASING, Department.QC, Department.PRODUCTION, Department.WORKSHOP, Department.WAREHOUSE)


def usage(line: OrderLine, *, packaging: bool = True, upper: str = "2.5000") -> UsageVersion:
    """Upper by area with 8% loss, soles by size, and a box a pair unless `packaging` is off."""
    MaterialCategory.objects.get_or_create(name="包材", defaults={"stage": "packing"})
    version = UsageVersion.objects.create(style_colour=line.colour, valid_from=dt.date(2026, 1, 1))
    leather = material("M-BK", "面料 黑", "面料", "平方英尺")
    sole = material("S15-BK", "大底 黑", "底材", "双", by_size=True)
    Usage.objects.create(version=version, part="面料", material=leather, per_pair=Decimal(upper), loss_percent=8, stage="cutting")
    Usage.objects.create(version=version, part="大底", material=sole, per_pair=1, stage="bottoming")
    if packaging:
        box = material("BOX", "内盒 白", "包材", "个")
        Usage.objects.create(version=version, part="内盒", material=box, per_pair=1, stage="packing")
    return version


def material(code: str, name: str, category: str, unit: str, *, by_size: bool = False, **values: object) -> Material:
    return Material.objects.get_or_create(
        code=code, defaults={"name": name, "category": category, "unit": unit, "by_size": by_size} | values
    )[0]


def preparation(style: Style, *, done: bool = True, owner: User | None = None) -> PreparationPlan:
    """A pre-production plan with the three approvals, each with a signed version if `done`."""
    plan = PreparationPlan.objects.create(
        plant=default_plant(), style=style, due_on=dt.date(2026, 12, 29), required_on=dt.date(2026, 12, 14), state="agreed"
    )
    for position, (code, name, name_en) in enumerate(STEPS):
        values = {"name": name, "name_en": name_en, "group": "item", "days": 2, "department": "technical", "position": position}
        step = Step.objects.get_or_create(code=code, defaults=values)[0]
        item = PlanItem.objects.create(plan=plan, step=step, planned_on=dt.date(2026, 12, 10), owner=owner)
        if done:
            deliver(item)
    return plan


def deliver(item: PlanItem, number: int = 1) -> ItemVersion:
    item.done_on = dt.date(2026, 12, 3)
    item.save(update_fields=["done_on"])
    return ItemVersion.objects.create(item=item, number=number, state="signed", delivered_at=clock.now(), reviewed_at=clock.now())


def receivers() -> dict[Department, User]:
    """One person for each unit that E3 names; they read English."""
    return {department: factories.user(department, language="en") for department in RECEIVERS}
