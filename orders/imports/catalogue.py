"""Imports styles with their size ranges, and the colours of styles."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Style, StyleColour
from orders.selectors import styles_by_code, unknown_style
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, given
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS


class StyleImporter(TableImporter[Style]):
    """Styles by their code."""

    model = Style
    key_field = "code"

    def lookups(self, records: Sequence[Record], context: Context) -> None:
        return None

    def key(self, record: Record, lookups: None) -> Hashable | None:
        code = record.values.get("code")
        return code.upper() if code else None

    def existing(self, keys: Iterable[Any], lookups: None, context: Context) -> Mapping[Any, Style]:
        return styles_by_code()

    def values(self, record: Record, lookups: None, context: Context) -> dict[str, Any]:
        values = given(record, "family", "category", "last_no", "sole_no", "is_new")
        for name in ("size_from", "size_to"):
            if name in record.values:
                values[name] = Decimal(record.values[name])
        if "size_from" in values and "size_to" in values and values["size_from"] > values["size_to"]:
            record.blame("size_to", _("The last size is smaller than the first."))
        if any("." in str(record.values.get(name, "")) for name in ("size_from", "size_to")):
            values["size_step"] = Decimal("0.5")
        elif values.get("size_from", 0) >= 100:
            values["size_step"] = Decimal(5)
        return values

    def blank(self, key: Any, lookups: None, context: Context) -> Style:
        return Style(code=key)


class ColourImporter(TableImporter[StyleColour]):
    """Colours by style and name."""

    model = StyleColour
    key_field = "name"

    def lookups(self, records: Sequence[Record], context: Context) -> dict[str, Style]:
        return styles_by_code()

    def key(self, record: Record, lookups: dict[str, Style]) -> Hashable | None:
        code, name = record.values.get("style"), record.values.get("name")
        if code and code.upper() not in lookups:
            reason, close = unknown_style(code, list(lookups))
            record.blame("style", reason, suggestions=close)
            return None
        return (code.upper(), name) if code and name else None

    def existing(self, keys: Iterable[Any], lookups: dict[str, Style], context: Context) -> Mapping[Any, StyleColour]:
        codes = {lookups[code].pk: code for code, _name in keys}
        return {(codes[colour.style_id], colour.name): colour for colour in StyleColour.objects.filter(style__in=codes)}

    def values(self, record: Record, lookups: dict[str, Style], context: Context) -> dict[str, Any]:
        return given(record, code="code")

    def blank(self, key: Any, lookups: dict[str, Style], context: Context) -> StyleColour:
        return StyleColour(style=lookups[key[0]], name=key[1])


register(
    SheetKind(
        code="orders.styles",
        book="master_data",
        label=gettext_lazy("Styles"),
        priority=20,
        importer=StyleImporter(),
        fields=(
            Field("code", gettext_lazy("style"), STYLE_WORDS, required=True, key=True, needed=True, max_length=40),
            Field(
                "family", gettext_lazy("family"), ("鞋型", "款式", "鞋类", "family", "shoe type"), required=True, needed=True, max_length=40
            ),
            Field("category", gettext_lazy("category"), ("大类", "类别", "category"), max_length=40),
            Field("last_no", gettext_lazy("last no."), ("楦号", "楦头", "楦", "last", "last no"), max_length=40),
            Field("sole_no", gettext_lazy("sole no."), ("底号", "大底号", "sole", "sole no"), max_length=40),
            Field(
                "is_new",
                gettext_lazy("new style"),
                ("新/旧款", "新旧款", "新款", "new/old", "new style"),
                FieldType.CHOICE,
                choices={"新款": True, "新": True, "new": True, "是": True, "旧款": False, "旧": False, "old": False, "否": False},
            ),
            Field(
                "size_from",
                gettext_lazy("first size"),
                ("起码", "最小码", "first size", "size from"),
                FieldType.SIZE,
                required=True,
                needed=True,
            ),
            Field(
                "size_to", gettext_lazy("last size"), ("止码", "最大码", "last size", "size to"), FieldType.SIZE, required=True, needed=True
            ),
        ),
    )
)
register(
    SheetKind(
        code="orders.colours",
        book="master_data",
        label=gettext_lazy("Colours"),
        priority=30,
        importer=ColourImporter(),
        fields=(
            Field("style", gettext_lazy("style"), STYLE_WORDS, required=True, key=True, needed=True, max_length=40),
            Field("name", gettext_lazy("colour"), COLOUR_WORDS, required=True, key=True, needed=True, max_length=40),
            Field(
                "code", gettext_lazy("colour code"), ("色号", "颜色代码", "色码", "colour code", "color code"), required=True, max_length=20
            ),
        ),
    )
)
