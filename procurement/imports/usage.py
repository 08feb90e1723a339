"""Imports the usage of material per pair, from the master data or from a manufacturing notice."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import StyleColour
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, folded, given
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS
from procurement.imports.master import MATERIAL_WORDS, UNIT_WORDS, check_unit, find_material, materials
from procurement.models import Material, Usage

PER_PAIR_MAX = 99_999_999


@dataclass
class _Lookups:
    colours: dict[tuple[str, str], StyleColour]
    materials: dict[str, Material]


class UsageImporter(TableImporter[Usage]):
    """Usage by style, colour, part and material."""

    model = Usage
    key_field = "material"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        colours = {(colour.style.code.upper(), folded(colour.name)): colour for colour in StyleColour.objects.select_related("style")}
        return _Lookups(colours, materials())

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        values = record.values
        material = find_material(record, lookups.materials)
        check_unit(record, material)
        colour = None
        if values.get("style") and values.get("colour"):
            colour = lookups.colours.get((values["style"].upper(), folded(values["colour"])))
            if colour is None:
                record.blame(
                    "colour", _("There is no style %(style)s in %(colour)s.") % {"style": values["style"], "colour": values["colour"]}
                )
        if colour is None or material is None or not values.get("part"):
            return None
        return colour.pk, values["part"], material.pk

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, Usage]:
        wanted = Usage.objects.filter(style_colour__in={key[0] for key in keys})
        return {(usage.style_colour_id, usage.part, usage.material_id): usage for usage in wanted}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        if record.values.get("per_pair") == 0:
            record.blame("per_pair", _("Usage must be more than 0."))
        return given(record, "per_pair", "loss_percent")

    def blank(self, key: Any, lookups: _Lookups, context: Context) -> Usage:
        return Usage(style_colour_id=key[0], part=key[1], material_id=key[2])


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
