"""Imports the exceptions from the working week: days off and Sundays that are worked."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.core.models import CalendarPeriod
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, given

CLOSED, WORKING = CalendarPeriod.Kind.CLOSED.value, CalendarPeriod.Kind.WORKING.value
LONGEST_DAYS = 366


class CalendarImporter(TableImporter[CalendarPeriod]):
    """Periods by their first day."""

    model = CalendarPeriod
    key_field = "first_day"

    def lookups(self, records: Sequence[Record], context: Context) -> None:
        return None

    def key(self, record: Record, lookups: None) -> Hashable | None:
        return record.values.get("first_day")

    def existing(self, keys: Iterable[Any], lookups: None, context: Context) -> Mapping[Any, CalendarPeriod]:
        wanted = CalendarPeriod.objects.filter(plant=context.plant, first_day__in=list(keys))
        return {period.first_day: period for period in wanted}

    def values(self, record: Record, lookups: None, context: Context) -> dict[str, Any]:
        first, last = record.values.get("first_day"), record.values.get("last_day", record.values.get("first_day"))
        if first and last and last < first:
            record.blame("last_day", _("A period cannot end before it begins."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            record.blame("last_day", _("Longer than a year."))
        return {"last_day": last, **given(record, "kind", "note")}

    def blank(self, key: Any, lookups: None, context: Context) -> CalendarPeriod:
        return CalendarPeriod(plant=context.plant, first_day=key)


register(
    SheetKind(
        code="scheduling.calendar",
        book="master_data",
        label=gettext_lazy("Calendar"),
        priority=80,
        importer=CalendarImporter(),
        fields=(
            Field(
                "first_day",
                gettext_lazy("first day"),
                ("日期起", "开始日期", "起始日期", "起", "from", "first day"),
                FieldType.DATE,
                required=True,
                key=True,
                needed=True,
            ),
            Field("last_day", gettext_lazy("last day"), ("日期止", "结束日期", "终止日期", "止", "to", "last day"), FieldType.DATE),
            Field(
                "kind",
                gettext_lazy("kind"),
                ("类型", "类别", "kind", "type"),
                FieldType.CHOICE,
                required=True,
                needed=True,
                choices={
                    "放假": CLOSED,
                    "休息": CLOSED,
                    "停工": CLOSED,
                    "closed": CLOSED,
                    "holiday": CLOSED,
                    "上班": WORKING,
                    "加班": WORKING,
                    "working": WORKING,
                },
            ),
            Field("note", gettext_lazy("note"), ("说明", "备注", "note"), max_length=100),
        ),
    )
)
