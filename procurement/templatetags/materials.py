"""Filters for quantities of material."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.db.models import Model

from planning_site.core.templatetags.figures import MISSING, is_english, written
from procurement.models import StageOffset

register = template.Library()
LARGE = Decimal(100)  # from here on a tenth says enough in a table; the export and the material's own page have every decimal
TENTH, THOUSANDTH = Decimal("0.1"), Decimal("0.001")


@register.filter
def quantity(value: Decimal | int | None) -> str:
    """A quantity with separators and without idle zeros: 1060.128 → `1,060.1`, 2.500 → `2.5`; what is missing is an en dash."""
    if value is None:
        return MISSING
    figure = Decimal(value)
    return exact(figure.quantize(TENTH if abs(figure) >= LARGE else THOUSANDTH, ROUND_HALF_UP))


@register.filter
def exact(value: Decimal | None) -> str:
    """A quantity with all its decimals and without idle zeros."""
    if value is None:
        return MISSING
    text = f"{value:,f}"
    return written(text.rstrip("0").rstrip(".") if "." in text else text)


@register.filter
def amount(value: Decimal | None) -> str:
    """As `quantity`, but nothing is a quiet dash: most cells of these tables are empty."""
    return MISSING if not value else quantity(value)


@register.filter
def plain(value: Decimal | None) -> str:
    """A number for an input: `2.5`, empty where there is none."""
    return "" if value is None else f"{value.normalize():f}"


@register.filter
def at(values: object, key: object) -> object:
    """What a mapping has at a key; nothing where it has none, or for the blank row of a table, which has no cells yet."""
    return values.get(key) if isinstance(values, Mapping) else None


@register.simple_tag
def stage_names() -> dict[str, str]:
    """Names of stages by code in the language of the request. One query."""
    return stage_labels()


def stage_labels() -> dict[str, str]:
    """Names of stages by code, first stage first."""
    rows = StageOffset.objects.all()
    return {row.stage: row.name_en if row.name_en and is_english() else row.name for row in rows}


@register.filter
def days_after(later: dt.date, earlier: dt.date) -> int:
    """Calendar days from one day to a later one."""
    return (later - earlier).days


@register.filter
def field_label(name: str, of: Model) -> str:
    """What the pages call a field of a row in its history; the name itself where it is none."""
    found = {field.name: field for field in of._meta.fields}.get(name)
    return str(found.verbose_name) if found else name
