"""Words of the history, which is kept in English codes, and shares with their sign."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from planning_site.core.templatetags.figures import MISSING, written
from quality.models import DefectCode, ItemVersion, PreparationPlan, StyleRelease, ToolSize, Trial

register = template.Library()

ACTIONS: dict[str, str | Promise] = {
    "plan": pgettext_lazy("history", "plan made"),
    "change": pgettext_lazy("history", "changed"),
    "add": pgettext_lazy("history", "added"),
    "review": pgettext_lazy("history", "plan reviewed"),
    "deliver": pgettext_lazy("history", "delivered"),
    "review version": pgettext_lazy("history", "version reviewed"),
    "done": pgettext_lazy("history", "done"),
    "reopen": pgettext_lazy("history", "open again"),
    "delay": pgettext_lazy("history", "cannot in time"),
    "release moved": pgettext_lazy("history", "release moved"),
    "follow due day": pgettext_lazy("history", "due day moved"),
    "plan trial": pgettext_lazy("history", "trial planned"),
    "report trial": pgettext_lazy("history", "trial measured"),
    "hand to QC": pgettext_lazy("history", "handed to QC"),
    "take minutes over": pgettext_lazy("history", "minutes taken over"),
    "sign release": pgettext_lazy("history", "report signed"),
    "problem": pgettext_lazy("history", "problem"),
    "close problem": pgettext_lazy("history", "problem closed"),
    "styles": pgettext_lazy("history", "styles"),
    "inspect": pgettext_lazy("history", "inspected"),
    "reverse": pgettext_lazy("history", "reversed"),
}
FIELDS: dict[str, str | Promise] = {
    "due": pgettext_lazy("history", "due day"),
    "release needed by": pgettext_lazy("history", "release needed by"),
    "expected release": pgettext_lazy("history", "expected release"),
    "tracker": pgettext_lazy("history", "tracker"),
    "state": pgettext_lazy("history", "state"),
    "release": pgettext_lazy("history", "report"),
    "trial": pgettext_lazy("history", "trial"),
    "sizes": pgettext_lazy("history", "sizes"),
    "working days": pgettext_lazy("history", "working days"),
    "owner": pgettext_lazy("history", "owner"),
    "in use": pgettext_lazy("history", "in use"),
    "needed": pgettext_lazy("history", "needed"),
    "problem": pgettext_lazy("history", "problem"),
    "kind": pgettext_lazy("history", "kind"),
    "number": pgettext_lazy("history", "number"),
    "name": pgettext_lazy("history", "name"),
    "turns_a_day": pgettext_lazy("history", "turns a day"),
    "pairs_per_turn": pgettext_lazy("history", "pairs a turn"),
    "location": pgettext_lazy("history", "location"),
    "note": pgettext_lazy("history", "note"),
}
CHOICES: dict[str, str | Promise] = {
    value: label
    for group in (PreparationPlan.State, ItemVersion.State, StyleRelease.Result, Trial.State, ToolSize.State, DefectCode.Severity)
    for value, label in group.choices
}
STEPS: dict[str, str | Promise] = {
    "pattern_change": pgettext_lazy("history", "pattern change"),
    "dies": pgettext_lazy("history", "dies"),
    "templates": pgettext_lazy("history", "templates"),
    "process_sheet": pgettext_lazy("history", "process sheet"),
    "confirmation_sample": pgettext_lazy("history", "confirmation sample"),
    "colour_card": pgettext_lazy("history", "colour card"),
    "cutting": pgettext_lazy("history", "cutting"),
    "stitching": pgettext_lazy("history", "stitching"),
    "bottoming": pgettext_lazy("history", "bottoming"),
    "lasting": pgettext_lazy("history", "lasting"),
    "packing": pgettext_lazy("history", "packing"),
    "qc_report": pgettext_lazy("history", "QC's report"),
    "production": pgettext_lazy("history", "production"),
}
BOOLEANS: dict[bool, str | Promise] = {True: pgettext_lazy("history", "yes"), False: pgettext_lazy("history", "no")}


@register.filter
def action_word(action: str) -> str:
    """What was done."""
    return str(ACTIONS.get(action, action))


@register.filter
def field_word(name: str) -> str:
    """What was changed. `dies owner` and `41 good` are two words, each with its own name; a step that the factory added shows its code."""
    if name in FIELDS:
        return str(FIELDS[name])
    return " ".join(str(FIELDS.get(word) or STEPS.get(word) or CHOICES.get(word) or word) for word in name.split())


@register.filter
def value_word(value: Any) -> str:
    """A value of the history: states as words, size runs as `38×12`, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return MISSING
    if isinstance(value, bool):
        return str(BOOLEANS[value])
    if isinstance(value, dict):
        return " ".join(f"{size}×{pairs}" for size, pairs in value.items())
    if isinstance(value, list):
        return ", ".join(value_word(item) for item in value)
    return str(CHOICES.get(value, value)) if isinstance(value, str) else str(value)


@register.filter
def share(value: Decimal | float | None) -> str:
    """A difference as a share with its sign: 0.22 → `+22%`."""
    return MISSING if value is None else written(f"{value * 100:+.0f}%")


@register.filter
def of_line(by_line: dict[int, Any], line_id: int) -> Any:
    """What a mapping by order line has for one line."""
    return by_line[line_id]
