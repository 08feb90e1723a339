"""What purchasing and the warehouses did before the demo begins: material follows a first look at the order book (D1, D2, D3, D5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Min, Q, Sum
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from procurement.models import Claim, Material, NeededDay, PurchaseOrder, PurchaseOrderLine, Requirement
from procurement.quantities import decimals_by_unit, rounded_up, step_of
from procurement.selectors.requirement_inputs import open_quantities
from procurement.services.purchase_orders import next_order_number
from procurement.services.requirements import recalculate, set_needed_days
from procurement.services.stock_receipts import Receipt, receive
from scheduling import adapters, engine
from scheduling.adapters.gates import EVERY_STAGE, Waiting
from scheduling.demo.cast import somebody
from scheduling.gates import Kind
from scheduling.models import Plan

SEED = 1
SOON = dt.timedelta(days=5)  # what is needed until then has come
ORDERED_BEFORE = dt.timedelta(days=20)
WAVE_DAYS = 21  # of what is needed later, one purchase order by supplier for so many days
ORDER_AHEAD = dt.timedelta(days=20)  # what can still be ordered later than that, the buyer's work list has
IN_HAND = dt.timedelta(days=1)
UNMOVED = 8  # every eighth line keeps the day that its supplier promised first, however late

Key = tuple[int | None, int]  # supplier and wave; wave 0 is needed soon


@dataclass(frozen=True)
class _Wish:
    """What is short of a material and size, and when it is needed first."""

    material: Material
    size: str
    short: Decimal
    needed_on: dt.date


@transaction.atomic
def supply(plant: Plant, today: dt.date) -> bool:
    """Order what is short, have suppliers promise what the first look needs, and take in what is needed soon.

    Does nothing, and says so, where a plan was made before: somebody works here already.
    """
    if Plan.objects.filter(plant=plant).exists() or NeededDay.objects.filter(plant=plant).exists():
        return False
    buyer, keeper = somebody(Department.PURCHASING), somebody(Department.WAREHOUSE)
    set_needed_days(plant=plant, days=_first_look(plant, today), source=_("first look at the order book"))
    recalculate(plant)
    _order_what_is_short(plant, today, buyer)
    recalculate(plant)
    first_needs = _first_needs(plant)
    _agree_on_days(plant, today, first_needs, buyer)
    _take_in(plant, {line for line, day in first_needs.items() if day <= today + SOON}, keeper)
    recalculate(plant)
    return True


def _first_look(plant: Plant, today: dt.date) -> dict[tuple[int, str], dt.date]:
    """When every stage of every job would begin if material were there: the engine's first plan."""
    read = adapters.read_snapshot(plant, today)
    snapshot = replace(read, lines=tuple(replace(line, waiting=_release_only(line.waiting)) for line in read.lines))
    first_day = snapshot.calendar.next_working(today)
    framed = adapters.frame_problem(snapshot, first_day, adapters.wanted_days(snapshot, first_day))
    codes = {stage.id: stage.code for stage in snapshot.stages}
    starts: dict[tuple[int, str], dt.date] = {}
    for entry in adapters.plan_entries(framed, engine.solve(framed.problem, seed=SEED)):
        key = (entry.order_line_id, codes[entry.stage_id])
        starts[key] = min(entry.day, starts.get(key, entry.day))
    return starts


def _release_only(waiting: Waiting) -> Waiting:
    """What a job waits for beside material."""
    holds = tuple(hold for hold in waiting.holds if hold.kind == Kind.RELEASE)
    days = [hold.planned_on for hold in holds if hold.planned_on]
    return Waiting({EVERY_STAGE: max(days)} if days else {}, len(days) < len(holds), holds)


def _order_what_is_short(plant: Plant, today: dt.date, buyer: User | None) -> None:
    """Confirmed purchase orders by supplier and wave, the first wave is needed soon; the last of them was not answered yet.

    What need not be ordered for some days yet is left to the buyer.
    """
    waves = _waves(plant, today)
    steps = decimals_by_unit()
    orders = sorted(waves, key=lambda key: (key[1], key[0] or 0))
    for key in orders:
        is_answered = key != orders[-1]
        order = PurchaseOrder.objects.create(
            plant=plant,
            supplier_id=key[0],
            number=next_order_number(plant, today - ORDERED_BEFORE),
            state=PurchaseOrder.State.CONFIRMED if is_answered else PurchaseOrder.State.SENT,
            ordered_on=today - ORDERED_BEFORE,
            made_by=buyer,
        )
        PurchaseOrderLine.objects.bulk_create(
            [
                _line(order, wish, step_of(wish.material.unit, steps), max(wish.needed_on - IN_HAND, today) if is_answered else None)
                for wish in waves[key]
            ]
        )


def _waves(plant: Plant, today: dt.date) -> dict[Key, list[_Wish]]:
    """What is short and to be ordered by now, each material and size once in a wave."""
    to_order = Q(order_by=None) | Q(order_by__lte=today + ORDER_AHEAD)
    rows = Requirement.objects.filter(to_order, plant=plant, short__gt=0).order_by().values_list("material_id", "size", "needed_on")
    materials = Material.objects.in_bulk()
    found: dict[Key, dict[tuple[int, str], _Wish]] = defaultdict(dict)
    for material, size, needed_on, short in rows.annotate(all_short=Sum("short")).order_by("material_id", "size", "needed_on"):
        wave = 0 if needed_on <= today + SOON else 1 + (needed_on - today).days // WAVE_DAYS
        wishes = found[materials[material].supplier_id, wave]
        before = wishes.get((material, size))
        if before is None:
            wishes[material, size] = _Wish(materials[material], size, short, needed_on)
        else:
            wishes[material, size] = replace(before, short=before.short + short)
    return {key: list(wishes.values()) for key, wishes in found.items()}


def _line(order: PurchaseOrder, wish: _Wish, step: Decimal, promised_on: dt.date | None) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        plant=order.plant,
        order=order,
        material=wish.material,
        size=wish.size,
        quantity=rounded_up(wish.short, step),
        needed_on=wish.needed_on,
        promised_on=promised_on,
        first_promised_on=promised_on,
        state=PurchaseOrderLine.State.CONFIRMED if promised_on else PurchaseOrderLine.State.WAITING,
    )


def _first_needs(plant: Plant) -> dict[int, dt.date]:
    """By purchase order line the day on which the first job that counts on it needs it; what was chased before is left. One query."""
    claims = Claim.objects.filter(requirement__plant=plant, purchase_line__isnull=False, purchase_line__chases__isnull=True).order_by()
    return dict(claims.values_list("purchase_line").annotate(first=Min("requirement__needed_on")))


def _agree_on_days(plant: Plant, today: dt.date, first_needs: dict[int, dt.date], buyer: User | None) -> None:
    """The buyer asked, and most suppliers agreed to bring it before it is needed; some did not."""
    lines = PurchaseOrderLine.objects.filter(plant=plant, pk__in=first_needs).order_by("pk")
    moved, history = [], []
    for line in lines:
        wanted = max(first_needs[line.pk] - IN_HAND, today + dt.timedelta(days=1))
        if line.promised_on is None or line.promised_on <= wanted or line.pk % UNMOVED == 0:
            continue
        history.append(audit.Entry(line, "promise", {"promised_on": (line.promised_on, wanted)}, _("asked for an earlier day")))
        line.promised_on, line.state = wanted, PurchaseOrderLine.State.CONFIRMED
        moved.append(line)
    PurchaseOrderLine.objects.bulk_update(moved, ["promised_on", "state"], batch_size=500)
    audit.record_many(history, by=buyer)


def _take_in(plant: Plant, wanted: Collection[int], keeper: User | None) -> None:
    """One slip by supplier of everything that is needed soon (D5, D6)."""
    by_supplier: dict[int | None, list[Receipt]] = defaultdict(list)
    still = {line.pk: line.still for line in open_quantities(plant).filter(pk__in=wanted)}
    for line in PurchaseOrderLine.objects.filter(pk__in=still).select_related("order", "material").order_by("pk"):
        if still[line.pk] > 0:
            by_supplier[line.order.supplier_id].append(Receipt(quantity=still[line.pk], purchase_line=line))
    for _supplier, receipts in sorted(by_supplier.items(), key=lambda item: item[0] or 0):
        receive(plant=plant, lines=receipts, by=keeper)
