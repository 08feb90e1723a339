"""Small arithmetic of tables whose rows have different numbers of size columns."""

from collections.abc import Mapping, Sized
from typing import Any

from django import template

register = template.Library()


@register.filter
def minus(columns: int, taken: Sized) -> int:
    """Columns that a row with `taken` of them leaves over."""
    return max(columns - len(taken), 0)


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """The entry of a mapping under a key that is no identifier; empty if there is none."""
    return mapping.get(key, "")
