"""New styles on their way to mass production, as tests need them. Today is Monday 2026-11-23 unless a test travels elsewhere."""

import datetime as dt
import struct
import zlib
from collections.abc import Mapping
from decimal import Decimal

from orders.models import Order, Style
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, StockDocument
from procurement.services import stock_receipts
from procurement.services.stock_receipts import Receipt
from quality import services
from quality.models import DefectCode, Inspection, PlanItem, PreparationPlan, StyleRelease, Trial
from quality.selectors import release_of
from tests import factories
from tests.procurement.factories import purchase_line

TODAY = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)  # noon in the factory
DUE = dt.date(2027, 1, 15)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def png(width: int = 4, height: int = 3) -> bytes:
    """A whole picture, grey."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _row in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(name: str = "sheet.pdf") -> services.Upload:
    return services.Upload(name, PDF)


def new_style(code: str = "", *, due_on: dt.date = DUE, pairs: int = 600, sizes: tuple[str, str] = ("38", "45")) -> Style:
    """A new style with an open order."""
    style = factories.style(code, is_new=True, sizes=sizes)
    factories.order(factories.line(style, sizes={style.sizes[0]: pairs}, due_on=due_on))
    return style


def planned(code: str = "", *, due_on: dt.date = DUE, today: dt.date = TODAY, by: User | None = None) -> PreparationPlan:
    """A new style with its plan."""
    return services.make_plan(style=new_style(code, due_on=due_on), by=by or factories.user(Department.PLANNING), today=today)


def item(plan: PreparationPlan, code: str) -> PlanItem:
    return plan.items.select_related("step", "plan").get(step__code=code)


def deliver_all(plan: PreparationPlan, *, by: User | None = None, today: dt.date = TODAY) -> None:
    """Every item delivered with a file."""
    by = by or factories.user(Department.TECHNICAL)
    for found in plan.items.filter(step__group="item", done_on=None, is_needed=True).select_related("step", "plan"):
        services.deliver(item=found, note="", files=[pdf(f"{found.step.code}.pdf")], by=by, today=today)


def trial_days(plan: PreparationPlan) -> dict[str, dt.date]:
    return {row.step.code: row.planned_on for row in plan.items.filter(step__group="trial").select_related("step")}


def trial_of(plan: PreparationPlan, *, sizes: dict[str, int] | None = None, today: dt.date = TODAY) -> Trial:
    """A trial on the days of the plan."""
    by = factories.user(Department.PLANNING)
    return services.plan_trial(style=plan.style, sizes=sizes or {"38": 12, "41": 12}, days=trial_days(plan), by=by, today=today)


def trial_of_redo(plan: PreparationPlan) -> Trial:
    """The next trial, a working day for each department from 2027-01-05."""
    days = {"cutting": 5, "stitching": 6, "bottoming": 6, "lasting": 7}
    by = factories.user(Department.PLANNING)
    return services.plan_trial(
        style=plan.style, sizes={"38": 12, "41": 12}, days={code: dt.date(2027, 1, day) for code, day in days.items()}, by=by
    )


def measure_all(trial: Trial, *, minutes: str = "60", people: int = 2, pairs: int = 24, today: dt.date = TODAY) -> None:
    """Every department reports."""
    by = factories.user(Department.WORKSHOP)
    measured = services.Measured(pairs=pairs, people=people, clock_minutes=Decimal(minutes))
    for stage in trial.stages.order_by("step__position"):
        services.report_stage(stage=stage, measured=measured, note="", by=by, today=today)


def tried(plan: PreparationPlan) -> Trial:
    """A plan whose items are delivered and whose trial QC has in hand."""
    deliver_all(plan)
    trial = trial_of(plan)
    measure_all(trial)
    return services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))


def released(code: str = "") -> PreparationPlan:
    plan = planned(code)
    tried(plan)
    services.sign_release(style=plan.style, result=StyleRelease.Result.PASSED, note="", by=factories.user(Department.QC))
    return plan


def expected_on(plan: PreparationPlan, today: dt.date = TODAY) -> dt.date | None:
    return release_of(plan.style, today=today).expected_on


def close_days(first: dt.date, last: dt.date) -> None:
    default_plant().calendar_periods.create(first_day=first, last_day=last, kind="closed")


def cancel_orders(style: Style) -> None:
    Order.objects.filter(lines__style=style).update(state=Order.State.CANCELLED)


def received(material: Material, number: str, sizes: Mapping[str, int | str]) -> StockDocument:
    """A receipt of these quantities by size, which a purchase order of this number had promised."""
    plant = default_plant()
    lines = [purchase_line(plant, material, number, quantity=quantity, size=size, promised_on=TODAY) for size, quantity in sizes.items()]
    return stock_receipts.receive(plant=plant, lines=[Receipt(line.quantity, line) for line in lines], by=None, day=TODAY)


def turned_back(sole: Material, *, failed: int, came: int = 100, size: str = "39") -> Inspection:
    """An incoming inspection of soles in one size, of which some failed."""
    receipt = received(sole, f"CG-{sole.code}", {size: came})
    code = DefectCode.objects.get(code="bonding")
    findings = services.Findings([services.Count(size, came, came, failed)], [services.Found(code, failed)])
    return services.inspect_receipt(receipt=receipt, material=sole, findings=findings, by=factories.user(Department.QC))
