"""Tooling by size: lasts, dies, moulds. What is usable of a size, and how often a day it turns, bounds the pairs of that size."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Style
from planning_site.core.models import Plant


class Tool(models.Model):
    """A last, a set of dies for a part, a mould: one number, many sizes. Blank turns a day are unknown, not zero."""

    class Kind(models.TextChoices):
        LAST = "last", pgettext_lazy("tool", "last")
        DIE = "die", pgettext_lazy("tool", "die")
        MOULD = "mould", pgettext_lazy("tool", "mould")
        OTHER = "other", pgettext_lazy("tool", "other")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    number = models.CharField(_("tool no."), max_length=40)
    name = models.CharField(_("name, part"), max_length=60, blank=True)
    # pairs that one piece makes each time it comes round: a mould with two cavities makes two
    pairs_per_turn = models.PositiveSmallIntegerField(_("pairs a turn"), default=1, validators=[MinValueValidator(1)])
    turns_a_day = models.DecimalField(
        _("turns a day"), max_digits=6, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    location = models.CharField(_("location"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plant", "kind", "number"], name="tool_once"),
            models.CheckConstraint(condition=Q(turns_a_day=None) | Q(turns_a_day__gt=0), name="tool_turns"),
            models.CheckConstraint(condition=Q(pairs_per_turn__gte=1), name="tool_makes_pairs"),
        ]

    def __str__(self) -> str:
        return self.number


class ToolSize(models.Model):
    """How many of a size are in a state: pairs of lasts, sets of dies, moulds. An empty size serves every size."""

    class State(models.TextChoices):
        GOOD = "good", pgettext_lazy("tool", "good")
        WORN = "worn", pgettext_lazy("tool", "worn")
        REPAIR = "repair", pgettext_lazy("tool", "in repair")
        SCRAPPED = "scrapped", pgettext_lazy("tool", "scrapped")

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="sizes")
    size = models.CharField(_("size"), max_length=6, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.GOOD)
    pieces = models.PositiveIntegerField(_("pairs or sets"))

    class Meta:
        ordering = ["tool", "id"]
        constraints = [models.UniqueConstraint(fields=["tool", "size", "state"], name="tool_size_state_once")]

    def __str__(self) -> str:
        return f"{self.tool_id} {self.size} {self.state} {self.pieces}"


USABLE = (ToolSize.State.GOOD, ToolSize.State.WORN)


class StyleTool(models.Model):
    """A style is made with a tool at a stage, named by the stage's code."""

    style = models.ForeignKey(Style, models.CASCADE, related_name="tools")
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="styles")
    stage = models.SlugField(_("stage"), max_length=20)

    class Meta:
        ordering = ["style", "stage"]
        constraints = [models.UniqueConstraint(fields=["style", "tool", "stage"], name="style_tool_once")]

    def __str__(self) -> str:
        return f"{self.style_id} {self.stage} {self.tool_id}"
