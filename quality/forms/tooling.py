"""Forms of the tooling register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.models import Style
from orders.sizes import size_key
from planning_site.workbooks.cells import UnreadableError, read_size
from quality.forms.fields import MAX_NOTE
from quality.models import Step, StyleTool, Tool, ToolSize
from quality.services import ToolData
from quality.services.tooling import USUAL_STAGE

State = ToolSize.State
BLANK_ROWS = 12
PASTE_LENGTH = 600_000


class ToolForm(forms.Form):
    """A tool, its pieces by size and state, and the styles that are made with it."""

    def __init__(self, *args: Any, tool: Tool | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tool = tool
        stages = [(step.code, str(step)) for step in Step.objects.filter(group=Step.Group.TRIAL)]
        links = list(StyleTool.objects.filter(tool=tool).select_related("style").order_by("style__code")) if tool else []
        stage = links[0].stage if links else USUAL_STAGE.get(Tool.Kind(tool.kind), "") if tool else ""
        self.fields["kind"] = forms.ChoiceField(label=_("kind"), choices=Tool.Kind.choices, initial=tool.kind if tool else None)
        self.fields["number"] = forms.CharField(label=_("tool no."), max_length=40, initial=tool.number if tool else "")
        self.fields["name"] = forms.CharField(label=_("name, part"), max_length=60, required=False, initial=tool.name if tool else "")
        self.fields["turns_a_day"] = forms.DecimalField(
            label=_("turns a day"),
            help_text=_("Empty: not known. Then it bounds nothing, and planning sees that it is missing."),
            max_digits=6,
            decimal_places=1,
            required=False,
            initial=tool.turns_a_day if tool else None,
        )
        self.fields["pairs_per_turn"] = forms.IntegerField(
            label=_("pairs a turn"), min_value=1, max_value=999, initial=tool.pairs_per_turn if tool else 1
        )
        self.fields["location"] = forms.CharField(label=_("location"), max_length=60, required=False, initial=tool.location if tool else "")
        self.fields["note"] = forms.CharField(label=_("note"), max_length=200, required=False, initial=tool.note if tool else "")
        self.fields["stage"] = forms.ChoiceField(label=_("used at"), choices=[("", "–"), *stages], required=False, initial=stage)
        self.fields["styles"] = forms.CharField(
            label=_("made with it"),
            help_text=_("Style numbers, with blanks between them."),
            required=False,
            initial=" ".join(link.style.code for link in links if link.stage == stage),
        )
        self.fields["why"] = forms.CharField(label=_("why it changes"), max_length=MAX_NOTE, required=False)
        self._add_pieces(tool)

    def _add_pieces(self, tool: Tool | None) -> None:
        """A row per size that is there, and blank ones."""
        pieces: dict[str, dict[str, int]] = {}
        for row in tool.sizes.all() if tool else []:
            pieces.setdefault(row.size, {})[row.state] = row.pieces
        sizes = sorted(pieces, key=lambda size: size_key(size) if size else 0)
        self.rows_shown = len(sizes) + BLANK_ROWS
        for n in range(self.rows_shown):
            size = sizes[n] if n < len(sizes) else ""
            self.fields[f"size_{n}"] = forms.CharField(label=_("size"), max_length=6, required=False, initial=size)
            for state in State:
                self.fields[f"{state.value}_{n}"] = forms.IntegerField(
                    label=state.label,
                    min_value=0,
                    max_value=1_000_000,
                    required=False,
                    initial=pieces.get(size, {}).get(state) if n < len(sizes) else None,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    def rows(self) -> list[tuple[Any, list[Any]]]:
        return [(self[f"size_{n}"], [self[f"{state.value}_{n}"] for state in State]) for n in range(self.rows_shown)]

    def clean_turns_a_day(self) -> Any:
        turns = self.cleaned_data["turns_a_day"]
        if turns is not None and turns <= 0:
            raise forms.ValidationError(_now("Turns are more than 0. Leave it empty if nobody knows them."))
        return turns

    def clean_styles(self) -> list[Style]:
        codes = self.cleaned_data["styles"].replace(",", " ").replace("，", " ").replace("、", " ").split()
        found = {style.code.upper(): style for style in Style.objects.filter(code__in={*codes, *(code.upper() for code in codes)})}
        unknown = [code for code in codes if code.upper() not in found]
        if unknown:
            raise forms.ValidationError(_now("There is no style %(codes)s.") % {"codes": ", ".join(unknown)})
        return [found[code.upper()] for code in dict.fromkeys(codes)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("styles") and not data.get("stage"):
            self.add_error("stage", _now("Say at which stage the tool is used."))
        data["pieces"] = self._pieces()
        return data

    def _pieces(self) -> dict[tuple[str, str], int]:
        """Pieces by size and state; a size that cannot be read or stands twice is an error at its cell."""
        data, pieces, seen = self.cleaned_data, {}, set()
        for n in range(self.rows_shown):
            counts = {state.value: data.get(f"{state.value}_{n}") for state in State}
            text = data.get(f"size_{n}") or ""
            if not text and not any(counts.values()):
                continue
            try:
                size = read_size(text or None) or ""
            except UnreadableError as error:
                self.add_error(f"size_{n}", error.message)
                continue
            if size in seen:
                self.add_error(f"size_{n}", _now("Each size stands once."))
            seen.add(size)
            pieces.update({(size, state): count for state, count in counts.items() if count})
        return pieces

    def tool_data(self) -> ToolData:
        names = ("kind", "number", "name", "turns_a_day", "pairs_per_turn", "location", "note")
        return ToolData(**{name: self.cleaned_data[name] for name in names})


class PasteForm(forms.Form):
    """Lines from Excel."""

    kind = forms.ChoiceField(label=_("kind, where the lines do not say it"), choices=[("", "–"), *Tool.Kind.choices], required=False)
    text = forms.CharField(
        label=_("lines from Excel, with their heads"),
        max_length=PASTE_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off"}),
    )
    why = forms.CharField(label=_("why it changes"), max_length=MAX_NOTE, required=False)
