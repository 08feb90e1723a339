"""Reads the gates of many order lines: a fixed number of queries, fewer where no style is new and no material is missing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import Plant
from procurement.models import D5_DAYS, Claim, JobKit, Material, MaterialCategory, PurchaseOrderLine
from quality.schedule import forward
from quality.selectors import Outlook, release_states, releases_of, tool_caps
from quality.selectors.steps import read_steps
from scheduling.gates.model import Gate, Hold, Kind, LineGates, State


def is_judged(plant: Plant) -> bool:
    """Whether material is kept at all: where no job has usage, nothing is known of any material, good or bad. One query."""
    return JobKit.objects.filter(plant=plant).exists()


def gates_of(plant: Plant, lines: Iterable[OrderLine], *, today: dt.date | None = None, judged: bool | None = None) -> dict[int, LineGates]:
    """The gates of order lines, read with their style and colour, as they stand now; at most nineteen queries, however many lines.

    While nothing is known of material (`is_judged`), documents and material are not judged.
    """
    lines = list(lines)
    today = today or clock.today()
    found: dict[int, list[Gate]] = defaultdict(list)
    styles = {line.style_id: line.style for line in lines}
    releases = _releases(plant, styles, today)
    judged = is_judged(plant) if judged is None else judged
    materials = _Materials(plant, [line.pk for line in lines] if judged else [], today)
    caps = tool_caps(plant, styles=list(styles.values()))
    for line in lines:
        if judged and line.pk not in materials.kits:
            found[line.pk].append(_no_usage(line))
        if line.style_id in releases:
            found[line.pk].append(releases[line.style_id])
        found[line.pk] += materials.gates(line.pk)
        found[line.pk] += _tooling(line, caps.uses.get(line.style_id, ()), caps.pairs_a_day, caps.names)
    return {line.pk: LineGates(line.pk, tuple(found[line.pk])) for line in lines}


def _no_usage(line: OrderLine) -> Gate:
    """B2: the matching detail list is one of the five documents; without it nobody knows what the job takes."""
    what = _("matching detail list: %(style)s %(colour)s has no usage") % {"style": line.style.code, "colour": line.colour.name}
    return Gate(Kind.DOCUMENTS, "", State.CLOSED, holds=(Hold(Kind.DOCUMENTS, what, owner=str(Department.SALES.label)),))


def _releases(plant: Plant, styles: Mapping[int, Any], today: dt.date) -> dict[int, Gate]:
    """The gate of every style that is not released (C5)."""
    states = release_states([pk for pk, style in styles.items() if style.is_new])
    waiting = [styles[pk] for pk, state in states.items() if not state.is_released]
    if not waiting:
        return {}
    outlooks = releases_of(waiting, today=today)
    unplanned = any(outlook.plan is None for outlook in outlooks.values())
    usual = _usual_release(plant, today) if unplanned else None
    return {pk: _release(outlook, usual) for pk, outlook in outlooks.items()}


def _usual_release(plant: Plant, today: dt.date) -> dt.date | None:
    """When a style would be released whose pre-production began today and took the usual time."""
    days = forward(read_steps().tasks, calendar_of(plant), first=today)
    return max(days.values(), default=None)


def _release(outlook: Outlook, usual: dt.date | None) -> Gate:
    style = outlook.style
    if outlook.plan is None:
        what = _("release of %(style)s: no pre-production plan") % {"style": style.code}
        hold = Hold(Kind.RELEASE, what, owner=str(Department.PLANNING.label), assumed=usual, style=style.pk)
        return Gate(Kind.RELEASE, "", State.CLOSED, holds=(hold,))
    cell = outlook.first_open
    step = str(cell.step) if cell else _("QC's report")
    owner = str(cell.owner) if cell and cell.owner else str(Department(cell.step.department).label) if cell else str(Department.QC.label)
    what = _("release of %(style)s waits for %(step)s") % {"style": style.code, "step": step}
    day = outlook.expected_on
    hold = Hold(Kind.RELEASE, what, owner=owner, reference=step, day=day, style=style.pk)
    return Gate(Kind.RELEASE, "", State.EXPECTED if day else State.CLOSED, day, (hold,))


def _tooling(
    line: OrderLine, uses: Collection[tuple[str, int]], caps: Mapping[tuple[int, str], int | None], names: Mapping[int, str]
) -> list[Gate]:
    """A tool of the style of which a size of the run has no usable piece: that size cannot be made there."""
    gates = []
    for stage, tool in uses:
        lacking = tuple(size for size in line.sizes if caps.get((tool, size)) == 0)
        if lacking:
            sizes = pgettext("list", ", ").join(lacking)
            what = _("%(tool)s: no usable piece of size %(sizes)s") % {"tool": names[tool], "sizes": sizes}
            hold = Hold(Kind.TOOLING, what, owner=str(Department.TECHNICAL.label), reference=names[tool], stage=stage, sizes=lacking)
            gates.append(Gate(Kind.TOOLING, stage, State.CLOSED, holds=(hold,)))
    return gates


class _Materials:
    """What the kits of order lines wait for, with the purchase orders and their buyers. Five queries at the most."""

    def __init__(self, plant: Plant, lines: Collection[int], today: dt.date) -> None:
        self.today = today
        fields = ("order_line", "ready", "missing")
        self.kits = (
            {kit.order_line_id: kit for kit in JobKit.objects.filter(plant=plant, order_line__in=lines).only(*fields)} if lines else {}
        )
        rows = [row for kit in self.kits.values() for row in kit.missing]
        bringing = {pk for row in rows for pk in row["lines"]}
        self.orders: dict[int, PurchaseOrderLine] = {}
        self.rules: dict[int, tuple[int | None, str]] = {}
        self.ahead: dict[str, int] = {}
        self.last: dict[tuple[int, str], Claim] = {}
        if self.kits:
            self.last = _last_claims(list(self.kits))
            self.ahead = dict(MaterialCategory.objects.values_list("name", "arrive_before"))
        if bringing:
            coming = PurchaseOrderLine.objects.filter(pk__in=bringing).select_related("order__supplier", "order__made_by")
            self.orders = {line.pk: line for line in coming}
        if rows:
            wanted = {row["material"] for row in rows}
            known = Material.objects.filter(pk__in=wanted).values_list("pk", "lead_time_days", "category")
            self.rules = {pk: (lead, category) for pk, lead, category in known}

    def gates(self, line: int) -> list[Gate]:
        """One gate for each stage whose material is not all there."""
        kit = self.kits.get(line)
        return [gate for stage in kit.ready if (gate := self._gate(kit, stage))] if kit else []

    def _gate(self, kit: JobKit, stage: str) -> Gate | None:
        days = list(kit.ready[stage].values())
        late = [dt.date.fromisoformat(day) for day in days if day]
        # a promise that has passed without a receipt is worth no more than today
        day = max((max(each, self.today) for each in late), default=None)
        undated = None in days
        if day is None and not undated:
            return None
        rows = [row for row in kit.missing if row["stage"] == stage]
        holds = tuple(self._hold(row) for row in rows) or (self._promised(kit.order_line_id, stage, day),)
        return Gate(Kind.MATERIAL, stage, State.CLOSED if undated else State.EXPECTED, None if undated else day, holds)

    def _hold(self, row: Mapping[str, Any]) -> Hold:
        lines = [self.orders[pk] for pk in row["lines"] if pk in self.orders]
        suppliers = pgettext("list", ", ").join(dict.fromkeys(str(line.supplier) for line in lines if line.supplier))
        day = dt.date.fromisoformat(row["day"]) if row["day"] else None
        lead, category = self.rules.get(row["material"], (None, ""))
        return Hold(
            Kind.MATERIAL,
            f"{row['name']} {row['code']}",
            owner=_buyer(lines) or str(Department.PURCHASING.label),
            reference=" ".join(part for part in (suppliers, " ".join(dict.fromkeys(line.number for line in lines))) if part),
            stage=row["stage"],
            day=max(day, self.today) if day else None,
            assumed=self.today + dt.timedelta(days=lead) if day is None and lead is not None else None,
            sizes=tuple(size for size in row["sizes"] if size),
            purchase_order=lines[0].order_id if lines else None,
            ahead=self.ahead.get(category, D5_DAYS),
        )

    def _promised(self, line: int, stage: str, day: dt.date | None) -> Hold:
        """What comes last of a stage's material, all of it promised in time for the plan as it stands."""
        claim = self.last.get((line, stage))
        if claim is None or claim.purchase_line is None:
            return Hold(Kind.MATERIAL, _("material not complete"), owner=str(Department.PURCHASING.label), stage=stage, day=day)
        material, coming = claim.requirement.material, claim.purchase_line
        supplier = str(coming.supplier) if coming.supplier else ""
        return Hold(
            Kind.MATERIAL,
            f"{material.name} {material.code}",
            owner=_buyer([coming]) or str(Department.PURCHASING.label),
            reference=" ".join(part for part in (supplier, coming.number) if part),
            stage=stage,
            day=day,
            purchase_order=coming.order_id,
            ahead=self.ahead.get(material.category, D5_DAYS),
        )


def _last_claims(lines: Collection[int]) -> dict[tuple[int, str], Claim]:
    """By order line and stage the claim on a purchase order that comes last. One query."""
    claims = Claim.objects.filter(requirement__order_line__in=lines, purchase_line__promised_on__isnull=False)
    related = claims.select_related("requirement__material", "purchase_line__order__supplier", "purchase_line__order__made_by")
    by = ("requirement__order_line_id", "requirement__stage")
    rows = related.order_by(*by, "-purchase_line__promised_on", "pk").distinct(*by)
    return {(claim.requirement.order_line_id, claim.requirement.stage): claim for claim in rows}


def _buyer(lines: Collection[PurchaseOrderLine]) -> str:
    """Who ordered it: the one to ask."""
    return next((str(line.order.made_by) for line in lines if line.order.made_by), "")
