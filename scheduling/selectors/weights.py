"""The dials in words: what stands, what it trades for what, and who turned them when."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from planning_site.core.models import Plant
from planning_site.core.templatetags import figures
from scheduling.dials import HIGHEST, LOWEST, PRESETS, Dials, exchange_of, preset_of
from scheduling.models import PlanWeights

ROWS_SHOWN = 30
STEPS: dict[int, str | Promise] = {
    1: pgettext_lazy("dial", "hardly counts"),
    2: pgettext_lazy("dial", "counts less"),
    3: pgettext_lazy("dial", "as usual"),
    4: pgettext_lazy("dial", "counts more"),
    5: pgettext_lazy("dial", "counts most"),
}
# How near to the plan in force: what a moved pair costs, from nothing to more than anything.
STEADY_STEPS: dict[int, str | Promise] = {
    1: pgettext_lazy("dial", "best plan"),
    2: pgettext_lazy("dial", "rather the best"),
    3: pgettext_lazy("dial", "as usual"),
    4: pgettext_lazy("dial", "rather as it is"),
    5: pgettext_lazy("dial", "keep the plan"),
}
LABELS: dict[str, str | Promise] = {
    "punctual": gettext_lazy("Punctual"),
    "steady": gettext_lazy("Steady"),
    "cheap": gettext_lazy("Cheap"),
    "short": gettext_lazy("Short in the factory"),
}
MEANINGS: dict[str, str | Promise] = {
    "punctual": gettext_lazy("pairs that end after their due day, by every day they are late"),
    "steady": gettext_lazy("pairs that go to another team or day than in the plan they go on from"),
    "cheap": gettext_lazy("overtime, changeovers, jobs split over several teams"),
    "short": gettext_lazy("days that pairs lie between their first stage and the last"),
}
PRESET_NAMES: dict[str, str | Promise] = {
    "punctual": gettext_lazy("Punctual first"),
    "steady": gettext_lazy("Steady first"),
    "cheap": gettext_lazy("Cost first"),
}


@dataclass(frozen=True)
class Dial:
    """One dial with its words."""

    name: str
    label: str
    meaning: str
    value: int
    word: str

    @property
    def steps(self) -> list[tuple[int, str]]:
        """Every place that it can stand at."""
        return [(step, _word(self.name, step)) for step in range(LOWEST, HIGHEST + 1)]


@dataclass(frozen=True)
class Preset:
    """A named setting of all dials."""

    key: str
    label: str
    dials: Dials
    is_current: bool

    @property
    def values(self) -> dict[str, int]:
        """By dial, for the form."""
        return asdict(self.dials)


def dial_rows(dials: Dials) -> list[Dial]:
    """The four dials in their order."""
    return [Dial(name, str(LABELS[name]), str(MEANINGS[name]), value, _word(name, value)) for name, value in asdict(dials).items()]


def steady_steps(dials: Dials) -> list[tuple[int, str, bool]]:
    """The places of the dial from "best plan" to "keep the plan", and which of them stands."""
    return [(step, str(word), step == dials.steady) for step, word in STEADY_STEPS.items()]


def _word(name: str, value: int) -> str:
    return str((STEADY_STEPS if name == "steady" else STEPS)[value])


def presets(dials: Dials) -> list[Preset]:
    """The presets, and which of them stands."""
    return [Preset(key, str(PRESET_NAMES[key]), preset, preset == dials) for key, preset in PRESETS.items()]


def weights_word(dials: Dials) -> str:
    """`Punctual first`, `as usual`, or what counts more and what less: `Punctual counts more · Cheap hardly counts`."""
    preset = preset_of(dials)
    if preset:
        return str(PRESET_NAMES[preset])
    moved = [f"{LABELS[name]} {_word(name, value)}" for name, value in asdict(dials).items() if value != 3]
    return " · ".join(moved) or str(STEPS[3])


def exchange_sentences(dials: Dials) -> list[str]:
    """What the dials trade for what, in sentences with numbers."""
    rates = exchange_of(dials)
    return [
        _("To keep one pair from being late by a day, a plan takes on up to %(n)s person-minutes of overtime.")
        % {"n": figures.pairs(rates.overtime_minutes)},
        _("A pair goes to another team or day than in the plan in force only where that saves %(n)s pairs late by a day.")
        % {"n": f"{rates.moved_pairs:,.2f}"},
        _("One changeover counts as much as %(n)s pairs late by a day.") % {"n": f"{rates.changeover_pairs:,.1f}"},
        _("One day late counts as much as %(n)s days that the pair lies in the factory.") % {"n": figures.pairs(rates.wip_days)},
    ]


@dataclass(frozen=True)
class WeightsRow:
    """A row of the history."""

    row: PlanWeights
    word: str
    dials: list[Dial]


def weights_history(plant: Plant) -> list[WeightsRow]:
    """Who set the dials when and why, newest first."""
    rows = PlanWeights.objects.filter(plant=plant).select_related("made_by").order_by("-id")[:ROWS_SHOWN]
    return [WeightsRow(row, weights_word(row.dials), dial_rows(row.dials)) for row in rows]
