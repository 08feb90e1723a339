"""Imports minutes per pair: beside the styles, a column per stage, or a table with one row per style and stage."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Style
from orders.selectors import styles_by_code, unknown_style
from planning_site.core import audit
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import BATCH, CHANGED, TableImporter, given, shown
from planning_site.workbooks.vocabulary import STYLE_WORDS
from scheduling.imports.teams import STAGE_WORDS, find_stage, stages
from scheduling.models import Stage, StyleRate

MINUTE_UNITS = ("分钟", "分", "min", "minutes")
MAX_MINUTES = 9_999
# header words of the stages that every installation begins with; others come in by the table of style, stage and minutes
STAGE_COLUMNS = {
    "cutting": ("裁断", "裁断分钟", "裁断(分钟/双)", "cutting", "cutting minutes"),
    "stitching": ("针车", "针车分钟", "针车(分钟/双)", "stitching", "stitching minutes"),
    "bottoming": ("底部", "底部分钟", "底部(分钟/双)", "bottoming", "bottoming minutes"),
    "lasting": ("成型", "成型分钟", "成型(分钟/双)", "lasting", "lasting minutes"),
    "packing": ("包装", "包装分钟", "包装(分钟/双)", "packing", "packing minutes"),
}


def _minutes(name: str, label: Any, words: tuple[str, ...], *, required: bool = False) -> Field:
    return Field(
        name,
        label,
        words,
        FieldType.DECIMAL,
        required=required,
        needed=required,
        units=MINUTE_UNITS,
        places=2,
        minimum=0,
        maximum=MAX_MINUTES,
    )


@dataclass
class _Draft:
    """The rates a row adds, and those whose minutes change, with their old and new minutes."""

    added: list[StyleRate]
    changed: list[tuple[StyleRate, tuple[Any, Any]]]


class RateColumnsImporter:
    """Minutes per pair, one column per stage. A blank cell leaves a rate as it is; a stage without minutes stays unknown."""

    def plan(self, records: Sequence[Record], context: Context) -> list[RowResult]:
        """Return one result per style."""
        styles = styles_by_code()
        known = {stage.code: stage for stage in Stage.objects.all()}
        stored = {(rate.style_id, rate.stage_id): rate for rate in StyleRate.objects.all()}
        return [self._plan_row(record, styles, known, stored) for record in records]

    def _plan_row(
        self, record: Record, styles: Mapping[str, Style], known: Mapping[str, Stage], stored: Mapping[tuple[int, int], StyleRate]
    ) -> RowResult:
        """Compare one style's minutes with the stored ones."""
        code = record.values.get("style")
        style = styles.get(code.upper()) if code else None
        draft, changes = _Draft([], []), {}
        for name, stage in known.items():
            minutes: Decimal | None = record.values.get(name)
            if minutes is None or style is None:
                continue
            if minutes <= 0:
                record.blame(name, _("Minutes per pair must be more than 0."))
                continue
            rate = stored.get((style.pk, stage.pk))
            if rate is None:
                draft.added.append(StyleRate(style=style, stage=stage, minutes=minutes))
            elif rate.minutes != minutes:
                changes[name] = (shown(rate.minutes), shown(minutes))
                draft.changed.append((rate, changes[name]))
                rate.minutes = minutes
        if record.wrong or style is None:
            # A style that is wrong itself is named by the kind that owns it.
            return RowResult(record, RowState.WRONG if record.wrong else RowState.UNCHANGED)
        if not draft.added and not draft.changed:
            return RowResult(record, RowState.UNCHANGED)
        is_new = not draft.changed and not any((style.pk, stage.pk) in stored for stage in known.values())
        return RowResult(record, RowState.NEW if is_new else RowState.CHANGED, changes=changes, data=draft)

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Insert and update in bulk; changed minutes leave their history."""
        StyleRate.objects.bulk_create([rate for result in results for rate in result.data.added], batch_size=BATCH)
        changed = [pair for result in results for pair in result.data.changed]
        if changed:
            StyleRate.objects.bulk_update([rate for rate, _pair in changed], ["minutes"], batch_size=BATCH)
            entries = [audit.Entry(rate, CHANGED, {"minutes": pair}, context.file[:300]) for rate, pair in changed]
            audit.record_many(entries, by=context.by)


@dataclass
class _Lookups:
    styles: dict[str, Style]
    stages: dict[str, Stage]


class RateImporter(TableImporter[StyleRate]):
    """Minutes per pair by style and stage, one row each."""

    model = StyleRate
    key_field = "stage"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        return _Lookups(styles_by_code(), stages())

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        code = record.values.get("style")
        style = lookups.styles.get(code.upper()) if code else None
        if code and style is None:
            reason, close = unknown_style(code, list(lookups.styles))
            record.blame("style", reason, suggestions=close)
        stage = find_stage(record, lookups.stages)
        return (style.pk, stage.pk) if style is not None and stage is not None else None

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, StyleRate]:
        return {(rate.style_id, rate.stage_id): rate for rate in StyleRate.objects.filter(style__in={key[0] for key in keys})}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        if record.values.get("minutes") == 0:
            record.blame("minutes", _("Minutes per pair must be more than 0."))
        return given(record, "minutes")

    def blank(self, key: Any, lookups: _Lookups, context: Context) -> StyleRate:
        return StyleRate(style_id=key[0], stage_id=key[1])


_STYLE = Field("style", gettext_lazy("style"), STYLE_WORDS, required=True, key=True, max_length=40)
register(
    SheetKind(
        code="scheduling.stage_minutes",
        book="master_data",
        label=gettext_lazy("Minutes per pair"),
        priority=75,
        importer=RateColumnsImporter(),
        companion_of="orders.styles",
        fields=(
            _STYLE,
            _minutes("cutting", gettext_lazy("cutting"), STAGE_COLUMNS["cutting"]),
            _minutes("stitching", gettext_lazy("stitching"), STAGE_COLUMNS["stitching"]),
            _minutes("bottoming", gettext_lazy("bottoming"), STAGE_COLUMNS["bottoming"]),
            _minutes("lasting", gettext_lazy("lasting"), STAGE_COLUMNS["lasting"]),
            _minutes("packing", gettext_lazy("packing"), STAGE_COLUMNS["packing"]),
        ),
    )
)
register(
    SheetKind(
        code="scheduling.minutes",
        book="master_data",
        label=gettext_lazy("Minutes per pair"),
        priority=76,
        importer=RateImporter(),
        fields=(
            _STYLE,
            Field("stage", gettext_lazy("stage"), STAGE_WORDS, required=True, key=True, needed=True, max_length=40),
            _minutes(
                "minutes",
                gettext_lazy("minutes per pair"),
                ("分钟/双", "标准工时", "每双分钟", "minutes per pair", "minutes"),
                required=True,
            ),
        ),
    )
)
