"""Imports the usage of material per pair, from the master data or from a manufacturing notice."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import StyleColour
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, folded, given
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS
from procurement.imports.master import MATERIAL_WORDS, UNIT_WORDS, check_unit, find_material, materials
from procurement.models import Material, StageOffset, Usage, UsageVersion
from procurement.selectors import usage as bills
from procurement.services.usage import versions_to_write

PER_PAIR_MAX = 99_999_999


class UsageKey(NamedTuple):
    """A row of a bill of materials; `valid_from` is its version's first day."""

    colour: int
    valid_from: dt.date
    part: str
    material: int


@dataclass
class _Lookups:
    colours: dict[tuple[str, str], StyleColour]
    materials: dict[str, Material]
    versions: dict[int, list[bills.Version]]
    stages: dict[str, str]
    today: dt.date


def stages_by_name() -> dict[str, str]:
    """Codes of stages by their folded code and names."""
    found: dict[str, str] = {}
    for offset in StageOffset.objects.all():
        found.update({folded(name): offset.stage for name in (offset.stage, offset.name, offset.name_en) if name})
    return found


class UsageImporter(TableImporter[Usage]):
    """Usage by style, colour, part and material.

    A row without a day changes the version that is in force today. A row with one goes into the version of that day; where there is
    none yet, it begins as a copy of the version before it.
    """

    model = Usage
    key_field = "material"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        colours = {(colour.style.code.upper(), folded(colour.name)): colour for colour in StyleColour.objects.select_related("style")}
        return _Lookups(colours, materials(), bills.versions(), stages_by_name(), context.today)

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        values = record.values
        material = find_material(record, lookups.materials)
        check_unit(record, material)
        colour = self.colour_of(record, lookups)
        if colour is None or material is None or not values.get("part"):
            return None
        current = bills.in_force(lookups.versions.get(colour.pk, ()), lookups.today)
        valid_from = values.get("valid_from") or (current.valid_from if current else lookups.today)
        return UsageKey(colour.pk, valid_from, values["part"], material.pk)

    def colour_of(self, record: Record, lookups: _Lookups) -> StyleColour | None:
        """The style and colour of a row; blame one nobody knows."""
        values = record.values
        if not values.get("style") or not values.get("colour"):
            return None
        colour = lookups.colours.get((values["style"].upper(), folded(values["colour"])))
        if colour is None:
            record.blame("colour", _("There is no style %(style)s in %(colour)s.") % {"style": values["style"], "colour": values["colour"]})
        return colour

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, Usage]:
        wanted = Usage.objects.filter(version__style_colour__in={key.colour for key in keys}).select_related("version")
        return {UsageKey(row.version.style_colour_id, row.version.valid_from, row.part, row.material_id): row for row in wanted}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        if record.values.get("per_pair") == 0:
            record.blame("per_pair", _("Usage must be more than 0."))
        values = given(record, "per_pair", "loss_percent")
        if name := record.values.get("stage"):
            stage = lookups.stages.get(folded(name))
            if stage is None:
                record.blame("stage", _("There is no stage %(name)s.") % {"name": name})
            else:
                values["stage"] = stage
        return values

    def blank(self, key: UsageKey, lookups: _Lookups, context: Context) -> Usage:
        # the version may be as new as its row: `write` finds or makes it
        version = UsageVersion(style_colour_id=key.colour, valid_from=key.valid_from)
        return Usage(version=version, part=key.part, material_id=key.material)

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Make the missing versions, copies of those before them, then write the rows."""
        new: list[Usage] = [result.data.obj for result in results if result.state is RowState.NEW]
        versions = versions_to_write({(row.version.style_colour_id, row.version.valid_from) for row in new}, by=context.by)
        for row in new:
            row.version = versions[row.version.style_colour_id, row.version.valid_from]
        copies = Usage.objects.filter(version__in=[version.pk for version in versions.values()])
        copied = {(row.version_id, row.part, row.material_id): row.pk for row in copies}
        Usage.objects.filter(pk__in=[pk for row in new if (pk := copied.get((row.version_id, row.part, row.material_id)))]).delete()
        super().write(results, context)


_COMMON = (
    Field("part", gettext_lazy("part"), ("部位", "部件", "part", "component"), required=True, key=True, needed=True, max_length=40),
    Field("material", gettext_lazy("material"), MATERIAL_WORDS, required=True, key=True, needed=True, max_length=60),
    Field(
        "per_pair",
        gettext_lazy("usage per pair"),
        ("单耗(每双)", "单耗", "每双用量", "用量", "usage per pair", "usage", "consumption"),
        FieldType.DECIMAL,
        required=True,
        needed=True,
        places=4,
        minimum=0,
        maximum=PER_PAIR_MAX,
    ),
    Field("unit", gettext_lazy("unit"), UNIT_WORDS, max_length=20),
    Field(
        "loss_percent",
        gettext_lazy("loss %"),
        ("损耗%", "损耗", "损耗率", "loss %", "loss"),
        FieldType.DECIMAL,
        units=("%",),
        places=2,
        minimum=0,
        maximum=999,
    ),
    Field("stage", gettext_lazy("needed at"), ("使用工序", "用料工序", "工序", "needed at", "stage"), max_length=40),
    Field("valid_from", gettext_lazy("valid from"), ("生效日", "生效日期", "启用日期", "valid from"), FieldType.DATE),
)
register(
    SheetKind(
        code="procurement.usage",
        book="master_data",
        label=gettext_lazy("Usage"),
        priority=60,
        importer=UsageImporter(),
        fields=(
            Field("style", gettext_lazy("style"), STYLE_WORDS, required=True, key=True, needed=True, max_length=40),
            Field("colour", gettext_lazy("colour"), COLOUR_WORDS, required=True, needed=True, max_length=40),
            *_COMMON,
        ),
    )
)
register(
    SheetKind(
        code="procurement.notice_usage",
        book="notice",
        label=gettext_lazy("Usage"),
        priority=65,
        importer=UsageImporter(),
        companion_of="orders.notice",
        block=True,
        fields=(
            Field("style", gettext_lazy("style"), STYLE_WORDS, preamble=True, needed=True, max_length=40),
            Field("colour", gettext_lazy("colour"), COLOUR_WORDS, preamble=True, needed=True, max_length=40),
            *_COMMON,
        ),
    )
)
