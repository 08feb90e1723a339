"""Imports 配套明细表: what an order's style takes of each material, by size where the sheet says so.

Its other columns (needed, come, issued, owing) are balances of the day on which it was printed: the ledger knows them better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import OrderLine
from planning_site.core import audit
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import BATCH, CHANGED, folded, shown
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS
from procurement.imports.master import find_material, materials
from procurement.imports.stock import SIZE_WORDS
from procurement.imports.usage import PER_PAIR_MAX
from procurement.models import Material, Usage
from procurement.selectors import usage as bills
from procurement.services.usage import versions_to_write

CONTRACT = ("制单号", "制造单号", "合同号", "指令号", "contract no", "order no")
LOOKED_AT = ("per_pair", "grading", "by_size")


class Key(NamedTuple):
    """A row of the bill of materials that the order is made by."""

    line: int
    part: str
    material: int


@dataclass
class _Lookups:
    lines: dict[str, list[OrderLine]]
    materials: dict[str, Material]
    by_name: dict[str, list[Material]]
    versions: dict[int, list[bills.Version]]


@dataclass
class _Wish:
    """What all rows of one part and material say together."""

    line: OrderLine
    part: str
    material: Material
    records: list[Record] = field(default_factory=list)
    sizes: dict[str, Decimal] = field(default_factory=dict)
    flat: Decimal | None = None

    def values(self) -> dict[str, Any]:
        """One usage for all sizes, or one for each; the largest stands for sizes that the sheet does not name."""
        if self.flat is not None:
            return {"per_pair": self.flat, "grading": Usage.Grading.FLAT, "by_size": {}}
        if len(set(self.sizes.values())) == 1:
            return {"per_pair": next(iter(self.sizes.values())), "grading": Usage.Grading.FLAT, "by_size": {}}
        by_size = {size: f"{usage.normalize():f}" for size, usage in self.sizes.items()}
        return {"per_pair": max(self.sizes.values()), "grading": Usage.Grading.SIZE, "by_size": by_size}


class KitDetailImporter:
    """Rows by order, part and material. They go into the version of usage that the order is made by."""

    def plan(self, records: Sequence[Record], context: Context) -> list[RowResult]:
        """One result per row; the first row of a part and material carries what all of them change."""
        lookups = self._lookups(records, context)
        wishes: dict[Key, _Wish] = {}
        for record in records:
            self._take(record, lookups, wishes)
        stored = self._stored([wish.line for wish in wishes.values()], lookups)
        found: dict[int, RowResult] = {}
        for wish in wishes.values():
            found.update(self._results(wish, stored.get((wish.line.pk, wish.part, wish.material.pk))))
        return [found.get(id(record)) or RowResult(record, RowState.WRONG) for record in records]

    def _lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        numbers = {record.values["contract"] for record in records if record.values.get("contract")}
        lines: dict[str, list[OrderLine]] = {}
        wanted = OrderLine.objects.filter(order__number__in=numbers, order__plant=context.plant)
        for line in wanted.select_related("order", "style", "colour").order_by("position"):
            lines.setdefault(line.order.number, []).append(line)
        known = materials()
        by_name: dict[str, list[Material]] = {}
        for material in known.values():
            by_name.setdefault(folded(material.name), []).append(material)
        return _Lookups(lines, known, by_name, bills.versions())

    def _take(self, record: Record, lookups: _Lookups, wishes: dict[Key, _Wish]) -> None:
        """Add a row to what its part and material say, or blame its cells."""
        line, material = self._line(record, lookups), self._material(record, lookups)
        usage, size, part = record.values.get("per_pair"), record.values.get("size"), record.values.get("part", "")
        if usage == 0:
            record.blame("per_pair", _("Usage must be more than 0."))
        if size and line is not None and size not in line.style.sizes:
            record.blame("size", _("%(style)s is not made in size %(size)s.") % {"style": line.style, "size": size})
        if record.wrong or line is None or material is None or usage is None or not part:
            return
        wish = wishes.setdefault(Key(line.pk, part, material.pk), _Wish(line, part, material))
        if (size in wish.sizes) or (wish.records and (wish.flat is not None or not size)):
            place = f"{wish.records[0].sheet}!{wish.records[0].row}"
            record.blame("part", _("Stands in the file already: %(place)s.") % {"place": place})
            return
        wish.records.append(record)
        if size:
            wish.sizes[size] = usage
        else:
            wish.flat = usage

    def _line(self, record: Record, lookups: _Lookups) -> OrderLine | None:
        """The order line that a row is about: style and colour tell several lines of an order apart."""
        number = record.values.get("contract")
        found = lookups.lines.get(number, []) if number else []
        if number and not found:
            record.blame("contract", _("There is no order %(number)s.") % {"number": number})
        style, colour = record.values.get("style"), record.values.get("colour")
        if style:
            found = [line for line in found if folded(line.style.code) == folded(style)]
        if colour:
            found = [line for line in found if folded(line.colour.name) == folded(colour)]
        if number and len(found) != 1 and not record.wrong:
            record.blame("contract", _("%(number)s has %(n)d lines that fit: name style and colour.") % {"number": number, "n": len(found)})
        return found[0] if len(found) == 1 else None

    def _material(self, record: Record, lookups: _Lookups) -> Material | None:
        """By its code where the sheet has one; else by its name with specification and colour, if only one is called so."""
        if record.values.get("material"):
            return find_material(record, lookups.materials)
        part, spec = record.values.get("part", ""), record.values.get("spec", "")
        for code in (spec, part):
            if code and folded(code) in lookups.materials:
                return lookups.materials[folded(code)]
        found = lookups.by_name.get(folded(f"{part} {spec}")) or lookups.by_name.get(folded(part)) or []
        if len(found) != 1:
            name = f"{part} {spec}".strip()
            record.blame("part", _("%(n)d materials are called “%(name)s”: give the material's code.") % {"n": len(found), "name": name})
        return found[0] if len(found) == 1 else None

    def _stored(self, lines: Sequence[OrderLine], lookups: _Lookups) -> dict[tuple[int, str, int], Usage]:
        """The rows of usage that these lines are made by."""
        versions = {line.pk: bills.in_force(lookups.versions.get(line.colour_id, ()), line.order.ordered_on) for line in lines}
        rows: dict[int, list[Usage]] = {}
        for row in Usage.objects.filter(version__in={version.pk for version in versions.values() if version}):
            rows.setdefault(row.version_id, []).append(row)
        return {(line, row.part, row.material_id): row for line, version in versions.items() if version for row in rows.get(version.pk, ())}

    def _results(self, wish: _Wish, row: Usage | None) -> dict[int, RowResult]:
        """The results of a wish's rows: what changes stands at the first of them."""
        values = wish.values()
        first, *others = wish.records
        if row is None:
            data = Usage(part=wish.part, material=wish.material, **values)
            result = RowResult(first, RowState.NEW, data=(wish.line, data))
        else:
            changes = {name: (shown(getattr(row, name)), shown(values[name])) for name in LOOKED_AT if getattr(row, name) != values[name]}
            for name, value in values.items():
                setattr(row, name, value)
            result = RowResult(first, RowState.CHANGED if changes else RowState.UNCHANGED, changes=changes, data=(wish.line, row))
        rest = {id(record): RowResult(record, result.state) for record in others}
        return {id(first): result, **rest}

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Write the rows into the versions of their orders; where a style has none, one from the day of the order."""
        new = [result.data for result in results if result.state is RowState.NEW and result.data is not None]
        changed = [result for result in results if result.state is RowState.CHANGED and result.data is not None]
        known = bills.versions({line.colour_id for line, _row in new})
        current = {line.pk: bills.in_force(known.get(line.colour_id, ()), line.order.ordered_on) for line, _row in new}
        days = {line.pk: version.valid_from if version else line.order.ordered_on for line, _row in new for version in [current[line.pk]]}
        versions = versions_to_write({(line.colour_id, days[line.pk]) for line, _row in new}, by=context.by)
        rows: dict[tuple[int, str, int], Usage] = {}
        for line, row in new:
            row.version = versions[line.colour_id, days[line.pk]]
            rows[row.version.pk, row.part, row.material_id] = row
        Usage.objects.bulk_create(rows.values(), batch_size=BATCH)
        if changed:
            Usage.objects.bulk_update([result.data[1] for result in changed], LOOKED_AT, batch_size=BATCH)
            audit.record_many(
                [audit.Entry(result.data[1], CHANGED, result.changes, context.file[:300]) for result in changed], by=context.by
            )


register(
    SheetKind(
        code="procurement.kit_detail",
        book="kit_detail",
        label=gettext_lazy("Matching detail list"),
        priority=115,
        importer=KitDetailImporter(),
        fields=(
            Field("contract", gettext_lazy("contract no."), CONTRACT, required=True, key=True, needed=True, max_length=40),
            Field("style", gettext_lazy("style"), STYLE_WORDS, max_length=40),
            Field("colour", gettext_lazy("colour"), COLOUR_WORDS, max_length=40),
            Field(
                "part",
                gettext_lazy("part"),
                ("部件/材料", "部件、材料", "部件", "部位", "材料", "part", "component"),
                required=True,
                key=True,
                needed=True,
                max_length=40,
            ),
            Field("material", gettext_lazy("material"), ("物料编号", "物料编码", "物料", "料号", "material", "material no"), max_length=60),
            Field("spec", gettext_lazy("specification"), ("规格色", "规格/色", "规格颜色", "规格", "specification"), max_length=60),
            Field("size", gettext_lazy("size"), SIZE_WORDS, FieldType.SIZE),
            Field(
                "per_pair",
                gettext_lazy("usage per pair"),
                ("每双用量", "单耗", "单耗(每双)", "usage per pair"),
                FieldType.DECIMAL,
                required=True,
                needed=True,
                places=4,
                minimum=0,
                maximum=PER_PAIR_MAX,
            ),
            *(
                Field(name, label, words, derived=True)
                for name, label, words in (
                    ("wanted", gettext_lazy("needed pairs or pieces"), ("应配数", "应配", "required")),
                    ("came", gettext_lazy("came"), ("已到", "received")),
                    ("issued", gettext_lazy("issued"), ("已领", "issued")),
                    ("done", gettext_lazy("parts done"), ("已完成部件", "已完成")),
                    ("owing", gettext_lazy("owing"), ("欠数", "欠", "short")),
                    ("expected", gettext_lazy("expected"), ("预计到", "预计到料", "expected")),
                    ("unit_in_charge", gettext_lazy("in charge"), ("责任单位", "责任部门")),
                    ("kit", gettext_lazy("kit pairs"), ("配套双数", "配套双数(码)", "kit pairs")),
                )
            ),
        ),
    )
)
