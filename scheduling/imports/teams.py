"""Imports workshops and teams with people, hours, efficiency, overtime and the families they make."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, folded, given
from scheduling.models import Stage, Team, Workshop

ALL_FAMILIES = frozenset({"全部", "所有", "不限", "all"})
STAGE_WORDS = ("工序", "工段", "制程", "stage", "process")
_SEPARATORS = re.compile(r"[、,，;；/|]")


def stages() -> dict[str, Stage]:
    """Return stages by folded name, English name and code."""
    found: dict[str, Stage] = {}
    for stage in Stage.objects.all():
        for name in (stage.code, stage.name_en, stage.name):
            if name:
                found[folded(name)] = stage
    return found


def find_stage(record: Record, known: Mapping[str, Stage]) -> Stage | None:
    """Return the row's stage; blame one nobody knows."""
    name = record.values.get("stage")
    stage = known.get(folded(name)) if name else None
    if name and stage is None:
        words = pgettext("list", ", ").join(dict.fromkeys(stage.name for stage in known.values()))
        record.blame("stage", _("There is no stage %(name)s. Known are: %(words)s.") % {"name": name, "words": words})
    return stage


def families(text: str) -> list[str] | None:
    """Return the families named in a cell, None for all."""
    if folded(text) in ALL_FAMILIES:
        return None
    return [name.strip() for name in _SEPARATORS.split(text) if name.strip()]


@dataclass
class _Lookups:
    stages: dict[str, Stage]
    workshops: dict[str, Workshop]
    records: dict[Any, Record]


class TeamImporter(TableImporter[Team]):
    """Teams by workshop and name."""

    model = Team
    key_field = "name"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        workshops = {folded(shop.name): shop for shop in Workshop.objects.filter(plant=context.plant)}
        wanted = {folded(name): name for record in records if (name := record.values.get("workshop")) and not record.wrong}
        missing = [Workshop(plant=context.plant, name=name) for key, name in wanted.items() if key not in workshops]
        workshops.update({folded(shop.name): shop for shop in Workshop.objects.bulk_create(missing)})
        return _Lookups(stages(), workshops, {})

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        shop, name = lookups.workshops.get(folded(record.values.get("workshop", ""))), record.values.get("name")
        stage = find_stage(record, lookups.stages)
        if shop is None or not name or stage is None:
            return None
        lookups.records.setdefault((shop.pk, name), record)
        return shop.pk, name

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, Team]:
        wanted = Team.objects.filter(workshop__in={key[0] for key in keys}).select_related("stage")
        return {(team.workshop_id, team.name): team for team in wanted}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        values = given(record, "people", "hours", "efficiency", "overtime_hours")
        stage = lookups.stages.get(folded(record.values.get("stage", "")))
        if stage is not None:
            values["stage"] = stage
        if "families" in record.values:
            values["families"] = families(record.values["families"])
        return values

    def blank(self, key: Any, lookups: _Lookups, context: Context) -> Team:
        return Team(workshop_id=key[0], name=key[1], position=min(lookups.records[key].row, 32_767))


HOUR_UNITS = ("小时", "时", "hours", "h")
register(
    SheetKind(
        code="scheduling.teams",
        book="master_data",
        label=gettext_lazy("Teams"),
        priority=70,
        importer=TeamImporter(),
        fields=(
            Field("workshop", gettext_lazy("workshop"), ("车间", "部门", "workshop"), required=True, needed=True, max_length=60),
            Field("stage", gettext_lazy("stage"), STAGE_WORDS, required=True, needed=True, max_length=40),
            Field(
                "name",
                gettext_lazy("team"),
                ("班组", "组别", "线别", "生产线", "team", "line"),
                required=True,
                key=True,
                needed=True,
                max_length=60,
            ),
            Field(
                "people",
                gettext_lazy("people"),
                ("人数", "people", "workers"),
                FieldType.INTEGER,
                required=True,
                units=("人",),
                minimum=0,
                maximum=32_767,
            ),
            Field(
                "hours",
                gettext_lazy("hours a day"),
                ("每日工时(小时)", "每日工时", "工时", "日工时", "hours", "hours a day"),
                FieldType.DECIMAL,
                units=HOUR_UNITS,
                places=2,
                minimum=0,
                maximum=24,
            ),
            Field(
                "efficiency",
                gettext_lazy("efficiency %"),
                ("效率%", "效率", "efficiency", "efficiency %"),
                FieldType.DECIMAL,
                units=("%",),
                places=2,
                minimum=1,
                maximum=200,
            ),
            Field("families", gettext_lazy("families it can make"), ("可做鞋型", "鞋型", "families"), max_length=400),
            Field(
                "overtime_hours",
                gettext_lazy("overtime, hours a day at most"),
                ("加班上限(小时/日)", "加班上限", "加班", "overtime"),
                FieldType.DECIMAL,
                units=HOUR_UNITS,
                places=2,
                minimum=0,
                maximum=12,
            ),
        ),
    )
)
