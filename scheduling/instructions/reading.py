"""Reads the contents of instruction orders for many order lines at once: ten queries, however many lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from orders.models import OrderLine, Style
from orders.sizes import in_order
from planning_site.core import clock
from procurement.models import Usage
from procurement.quantities import decimals_by_unit, rounded, step_of
from procurement.selectors.usage import StageRules, usage_of_lines
from quality.models import ItemVersion, PlanItem, PreparationPlan
from scheduling.instructions.contents import PROOFS, Contents, Material, Proof
from scheduling.models import InstructionOrder

PACKING_STAGE = "packing"
GOOD = ItemVersion.State


def contents_of(lines: Iterable[OrderLine], orders: Mapping[int, InstructionOrder]) -> dict[int, Contents]:
    """The contents by order line as the facts stand now.

    Lines come with order, customer, style and colour; `orders` maps a line's id to its instruction order, where it has one.
    """
    lines = list(lines)
    usage = usage_of_lines(lines)
    rules, decimals = StageRules(), decimals_by_unit()
    proofs = _proofs({line.style for line in lines})
    out = {}
    for line in lines:
        rows = [_material(row, line, rules, decimals) for row in usage[line.pk]]
        out[line.pk] = _contents(line, orders.get(line.pk), rows, proofs[line.style_id])
    return out


def _contents(line: OrderLine, instruction: InstructionOrder | None, materials: Sequence[Material], proofs: tuple[Proof, ...]) -> Contents:
    order = line.order
    return Contents(
        number=instruction.number if instruction else "",
        due_on=line.due_on,
        customer=order.customer.name,
        contract=order.number,
        po=order.po,
        style=line.style.code,
        family=line.style.family,
        colour=line.colour.name,
        pairs=line.pairs,
        sizes=in_order(line.sizes),
        last_no=line.style.last_no,
        sole_no=line.style.sole_no,
        die_no=instruction.die_no if instruction else "",
        materials=tuple(materials),
        packing=(instruction.packing if instruction else "") or order.packing,
        notes=instruction.notes if instruction else line.note,
        proofs=proofs,
    )


def _material(row: Usage, line: OrderLine, rules: StageRules, decimals: Mapping[str, int]) -> Material:
    """One row of usage with its total. A size that the row is silent about makes the total unknown: blank is not zero."""
    material = row.material
    unknown = tuple(row.sizes_missing(line.sizes))
    step = step_of(material.unit, decimals)
    wanted: dict[str, Decimal] = {}
    for size, pairs in in_order(line.sizes).items():
        usage = row.in_size(size)
        if usage is not None:
            wanted[size] = pairs * usage * row.with_loss
    category = rules.categories.get(material.category)
    name, _space, colour = material.name.rpartition(" ")
    return Material(
        part=row.part,
        name=name or material.name,
        code=material.code,
        colour=colour if name else "",
        unit=material.unit,
        per_pair=row.per_pair,
        loss_percent=row.loss_percent,
        total=None if unknown else rounded(sum(wanted.values(), Decimal(0)), step),
        stage=rules.stage_of(row),
        is_packaging=category is not None and category.stage == PACKING_STAGE,
        by_size={size: rounded(quantity, step) for size, quantity in wanted.items() if quantity} if material.by_size else {},
        unknown_sizes=unknown,
    )


def _proofs(styles: Iterable[Style]) -> dict[int, tuple[Proof, ...]]:
    """The approvals of each style. A style that was made before has none on record and lacks none. Three queries."""
    found = {style.pk: style for style in styles}
    items = PlanItem.objects.filter(plan__style__in=found, step__code__in=PROOFS, is_needed=True).select_related("step", "owner", "plan")
    by_style: dict[int, dict[str, PlanItem]] = defaultdict(dict)
    for item in items:
        by_style[item.plan.style_id][item.step.code] = item
    planned = set(PreparationPlan.objects.filter(style__in=found).values_list("style_id", flat=True))
    versions = _versions([item.pk for known in by_style.values() for item in known.values()])
    out = {}
    for pk, style in found.items():
        known = by_style.get(pk, {})
        out[pk] = tuple(
            _proof(step, known.get(step), versions, is_new=style.is_new)
            for step in PROOFS
            if step in known or not (style.is_new and pk in planned)
        )
    return out


def _versions(items: Sequence[int]) -> dict[int, ItemVersion]:
    """The newest version of each item that was not sent back. One query."""
    good = ItemVersion.objects.filter(item__in=items).exclude(state=GOOD.RETURNED).select_related("delivered_by", "reviewed_by")
    return {version.item_id: version for version in good.order_by("item_id", "-number").distinct("item_id")}


def _proof(step: str, item: PlanItem | None, versions: Mapping[int, ItemVersion], *, is_new: bool) -> Proof:
    version = versions.get(item.pk) if item else None
    if item is not None and version is not None and item.done_on is not None:
        who = version.reviewed_by or version.delivered_by
        at = version.reviewed_at or version.delivered_at
        return Proof(step, True, version.number, str(who or ""), at.astimezone(clock.factory_zone()).date())
    if not is_new:
        return Proof(step, True)
    if item is None:
        return Proof(step, is_given=False)
    return Proof(step, is_given=False, planned_on=item.forecast_on or item.planned_on, owner=str(item.owner or ""))
