"""How quantities of material are written."""

from decimal import Decimal

from django import template

from planning_site.core.templatetags.figures import MISSING, written

register = template.Library()


@register.filter
def quantity(value: Decimal | None) -> str:
    """A quantity with separators and without idle zeros: 1234.500 → `1,234.5`; what is missing shows as a dash."""
    return MISSING if value is None else written(f"{value.normalize():,f}")


@register.filter
def signed(value: Decimal | None) -> str:
    """A change with its sign: 8.0 → `+8.0`; what is missing shows as a dash."""
    return MISSING if value is None else written(f"{value:+,f}")
