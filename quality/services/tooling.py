"""The tooling register: pieces by size and state, and which styles are made with which tool. Every change leaves who, when and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Style
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from quality.models import StyleTool, Tool, ToolSize
from quality.people import require

KEEPERS = (Department.TECHNICAL, Department.PRODUCTION, Department.WAREHOUSE, Department.PLANNING)
# pieces by size and state
Pieces = Mapping[tuple[str, str], int]
# where a tool of a kind is usually used
USUAL_STAGE = {Tool.Kind.LAST: "lasting", Tool.Kind.DIE: "cutting", Tool.Kind.MOULD: "bottoming"}


@dataclass(frozen=True)
class ToolData:
    """What is known of a tool besides its pieces. Blank turns are unknown."""

    kind: str
    number: str
    name: str = ""
    turns_a_day: Decimal | None = None
    pairs_per_turn: int = 1
    location: str = ""
    note: str = ""


def save_tool(*, plant: Plant, data: ToolData, pieces: Pieces | None, by: User | None, why: str = "", tool: Tool | None = None) -> Tool:
    """Add a tool or change one; `pieces` replaces all of its sizes, None leaves them. A change of nothing writes nothing.

    Raises DomainError: `not_keeper`, `no_number`, `taken` for a number that another tool of the kind has, `no_reason` for changed pieces
    without one, `pieces`.
    """
    require(by, KEEPERS, _("Technical, production, the warehouses and planning keep the tooling register."), "not_keeper")
    if not data.number.strip():
        raise DomainError(_("A tool has a number."), "no_number")
    if pieces is not None and any(count < 0 for count in pieces.values()):
        raise DomainError(_("Pieces are not negative."), "pieces")
    with transaction.atomic():
        found = Tool.objects.select_for_update().get(pk=tool.pk) if tool else Tool(plant=plant)
        if Tool.objects.filter(plant=plant, kind=data.kind, number=data.number).exclude(pk=found.pk).exists():
            raise DomainError(_("There is a tool %(number)s of this kind already.") % {"number": data.number}, "taken")
        values = _changed_fields(found, data)
        found.full_clean()
        found.save()
        changed_pieces = _write_pieces(found, pieces) if pieces is not None else {}
        if tool and changed_pieces and not why.strip():
            raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
        if values or changed_pieces:
            audit.record(found, "change" if tool else "add", by=by, values=values | changed_pieces, why=why.strip()[:300])
    return found


def _changed_fields(tool: Tool, data: ToolData) -> dict[str, tuple[object, object]]:
    values: dict[str, tuple[object, object]] = {}
    for name, wanted in vars(data).items():
        before = getattr(tool, name)
        if before != wanted:
            values[name] = (before, wanted)
            setattr(tool, name, wanted)
    return values


def _write_pieces(tool: Tool, pieces: Pieces) -> dict[str, tuple[object, object]]:
    stored = {(row.size, row.state): row for row in tool.sizes.select_for_update()}
    values: dict[str, tuple[object, object]] = {}
    for key in sorted({*stored, *pieces}):
        row, count = stored.get(key), pieces.get(key, 0)
        before = row.pieces if row else 0
        if before == count:
            continue
        values[" ".join(key).strip()] = (before, count)
        if row is None:
            ToolSize.objects.create(tool=tool, size=key[0], state=key[1], pieces=count)
        elif count:
            row.pieces = count
            row.save(update_fields=["pieces"])
        else:
            row.delete()
    return values


def set_styles(*, tool: Tool, stage: str, styles: Collection[Style], by: User | None) -> list[StyleTool]:
    """Say which styles are made with a tool at a stage; those not named are made with it there no longer."""
    require(by, KEEPERS, _("Technical, production, the warehouses and planning keep the tooling register."), "not_keeper")
    if not stage:
        raise DomainError(_("Say at which stage the tool is used."), "stage")
    with transaction.atomic():
        Tool.objects.select_for_update().get(pk=tool.pk)
        links = list(StyleTool.objects.filter(tool=tool, stage=stage).select_related("style"))
        before, wanted = {link.style_id: link.style for link in links}, {style.pk: style for style in styles}
        StyleTool.objects.filter(tool=tool, stage=stage).exclude(style__in=wanted).delete()
        StyleTool.objects.bulk_create([StyleTool(tool=tool, stage=stage, style=style) for pk, style in wanted.items() if pk not in before])
        if before.keys() != wanted.keys():
            names = [", ".join(sorted(style.code for style in group.values())) for group in (before, wanted)]
            audit.record(tool, "styles", by=by, values={stage: (names[0], names[1])})
    return list(StyleTool.objects.filter(tool=tool, stage=stage).select_related("style").order_by("style__code"))


def link_lasts(*, plant: Plant, styles: Sequence[Style], by: User | None) -> int:
    """Link lasts to the styles whose last number they bear, where the style has no last yet; returns how many were linked."""
    lasts = {tool.number: tool for tool in Tool.objects.filter(plant=plant, kind=Tool.Kind.LAST)}
    have = set(StyleTool.objects.filter(tool__kind=Tool.Kind.LAST, style__in=styles).values_list("style_id", flat=True))
    new = [
        StyleTool(style=style, tool=lasts[style.last_no], stage=USUAL_STAGE[Tool.Kind.LAST])
        for style in styles
        if style.pk not in have and style.last_no in lasts
    ]
    with transaction.atomic():
        StyleTool.objects.bulk_create(new, ignore_conflicts=True)
        audit.record_many([audit.Entry(link.tool, "styles", {link.stage: ("", link.style.code)}) for link in new], by=by)
    return len(new)
