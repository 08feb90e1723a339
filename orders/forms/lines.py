"""Lines of an order: style, colour, one field per size of the style's range, price, due day, note."""

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orders.forms.fields import DayField, PairsField, PriceField
from orders.selectors import Catalogue, StyleCard, styles_like
from orders.services import KeepPrice, LineInput

SIZE = "size-"
MAX_LINES = 150  # with their sizes they stay below the number of fields that one form may have


def size_field(size: str) -> str:
    return f"{SIZE}{size}"


class LineForm(forms.Form):
    """The size fields come with the style, so a line without a known style has none."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    style = forms.CharField(label=gettext_lazy("Style"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    colour = forms.CharField(label=gettext_lazy("Colour"), max_length=40, required=False)
    stated = PairsField(label=gettext_lazy("Pairs as the customer wrote"), widget=forms.HiddenInput)
    price = PriceField(label=gettext_lazy("Price"))
    due_on = DayField(label=pgettext_lazy("order", "Due"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        catalogue: Catalogue,
        with_price: bool,
        default_due: dt.date | None = None,
        number: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.default_due = default_due
        self.number = number or 0
        if not with_price:
            del self.fields["price"]
        code = self.data.get(self.add_prefix("style"), "") if self.is_bound else self.initial.get("style", "")
        self.card: StyleCard | None = catalogue.get(code)
        for size in self.card.sizes if self.card else ():
            field = PairsField(label=size)
            field.widget.attrs |= {"class": "szin", "data-size": size}
            field.widget.attrs["aria-label"] = _("Line %(n)d, size %(size)s") % {"n": self.number, "size": size}
            self.fields[size_field(size)] = field

    @property
    def index(self) -> str:
        """The number in its field names; a template's is a placeholder."""
        return str(self.prefix).rpartition("-")[2]

    @property
    def size_fields(self) -> list[forms.BoundField]:
        return [self[size_field(size)] for size in (self.card.sizes if self.card else ())]

    @property
    def taken_out(self) -> bool:
        """Unlike the formset's `deleted_forms` this answers before it is valid."""
        return str(self.data.get(self.add_prefix("DELETE"), "")) == "on"

    @property
    def colours_json(self) -> str:
        return json.dumps(list(self.card.colours), ensure_ascii=False) if self.card else "[]"

    @property
    def last_run_json(self) -> str:
        return json.dumps(self.card.last_run) if self.card else "{}"

    @property
    def label(self) -> str:
        """`HD2603 黑`, as far as known."""
        return " ".join(str(self[name].value() or "") for name in ("style", "colour")).strip()

    @property
    def shown_total(self) -> int:
        """Sum of what can be read, for the page; what is blank or unreadable is named beside it."""
        return sum(pairs for pairs in (_read(field) for field in self.size_fields) if pairs)

    def clean_style(self) -> str:
        if self.card is None:
            text = self.cleaned_data["style"]
            near = ", ".join(style.code for style in styles_like(text, limit=3))
            if near:
                raise forms.ValidationError(_("There is no style %(style)s. Similar: %(near)s.") % {"style": text, "near": near})
            raise forms.ValidationError(_("There is no style %(style)s.") % {"style": text})
        return self.card.style.code

    def clean_colour(self) -> str:
        name: str = self.cleaned_data["colour"]
        if self.card is None or name in self.card.colours:
            return name
        by_code = [colour.name for colour in self.card.colours.values() if name and colour.code.lower() == name.lower()]
        if len(by_code) == 1:
            return by_code[0]
        if not name:
            raise forms.ValidationError(_("Choose a colour."))
        known = ", ".join(self.card.colours)
        words = {"style": self.card.style.code, "colour": name, "known": known}
        raise forms.ValidationError(_("%(style)s has no colour %(colour)s, it has: %(known)s.") % words)

    def clean_due_on(self) -> dt.date:
        day: dt.date | None = self.cleaned_data["due_on"] or self.default_due
        if day is None:
            raise forms.ValidationError(_("When is it due?"))
        return day

    def clean(self) -> dict[str, Any]:
        """Blank is not 0: a size of the range is filled in, be it with 0."""
        if self.card is None:
            return self.cleaned_data
        names = [size_field(size) for size in self.card.sizes]
        blank = [name for name in names if name in self.cleaned_data and self.cleaned_data[name] is None]
        if len(blank) == len(names):
            self.add_error(names[0], _("No pairs yet."))
        else:
            for name in blank:
                self.add_error(name, _("Size %(size)s is blank. Blank is not 0.") % {"size": name.removeprefix(SIZE)})
            if not self.errors and not any(self.cleaned_data[name] for name in names):
                self.add_error(names[0], _("No pairs yet."))
        return self.cleaned_data

    @property
    def blanks(self) -> list[str]:
        """Sizes without an entry while others have one."""
        cleaned = getattr(self, "cleaned_data", {})
        sizes = [size for size in (self.card.sizes if self.card else ()) if _is_blank(self[size_field(size)])]
        return sizes if cleaned and self.card and len(sizes) < len(self.card.sizes) else []

    def as_input(self) -> LineInput:
        """The valid line for the services."""
        assert self.card is not None
        cleaned = self.cleaned_data
        return LineInput(
            style=self.card.style,
            colour=self.card.colours[cleaned["colour"]],
            sizes={size: cleaned[size_field(size)] for size in self.card.sizes},
            due_on=cleaned["due_on"],
            price=cleaned["price"] if "price" in self.fields else KeepPrice.KEEP,
            note=cleaned["note"],
            id=cleaned["id"],
        )


def _is_blank(field: forms.BoundField) -> bool:
    return not str(field.value() if field.value() is not None else "").strip()


def _read(field: forms.BoundField) -> int | None:
    try:
        pairs: int | None = PairsField().clean(field.value() if field.value() is not None else "")
    except forms.ValidationError:
        return None
    return pairs


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[LineForm]
else:
    _FormSet = forms.BaseFormSet


class Group(NamedTuple):
    """Lines of one size range, which share a header on the page."""

    sizes: tuple[str, ...]
    forms: list[LineForm]


class BaseLineFormSet(_FormSet):
    """All lines. The day of the order and the day for lines without their own come from the valid header."""

    default_due: dt.date | None = None
    ordered_on: dt.date | None = None

    def __init__(self, *args: Any, with_price: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_price = with_price

    @cached_property
    def catalogue(self) -> Catalogue:
        """One look-up for the styles of all lines."""
        if self.is_bound:
            return Catalogue([self.data.get(f"{self.add_prefix(n)}-style", "") for n in range(self.total_form_count())])
        return Catalogue([str(initial.get("style", "")) for initial in self.initial or []])

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        number = None if index is None else index + 1
        return {**kwargs, "catalogue": self.catalogue, "with_price": self.with_price, "default_due": self.default_due, "number": number}

    @property
    def wanted(self) -> list[LineForm]:
        """The lines that are neither empty nor taken out, numbered as the page numbers them: empty ones count."""
        if not self.is_bound:
            return list(self.forms)
        shown = [form for form in self.forms if not form.taken_out]
        for number, form in enumerate(shown, start=1):
            form.number = number
        return [form for form in shown if form.has_changed()]

    @property
    def most_sizes(self) -> int:
        """Size columns of the widest range; narrower ones are filled up."""
        return max((len(form.card.sizes) for form in self.forms if form.card), default=0)

    @property
    def groups(self) -> list[Group]:
        """The lines by size range in the order of their first line; those without a style last."""
        groups: dict[tuple[str, ...], list[LineForm]] = {}
        for form in self.forms:
            groups.setdefault(form.card.sizes if form.card else (), []).append(form)
        return [Group(sizes, lines) for sizes, lines in sorted(groups.items(), key=lambda item: not item[0])]

    def clean(self) -> None:
        seen: set[tuple[str, str]] = set()
        for form in self.wanted:
            cleaned = getattr(form, "cleaned_data", {})
            key = (cleaned.get("style", ""), cleaned.get("colour", ""))
            if all(key) and key in seen:
                form.add_error("colour", _("%(line)s stands in two lines: put them together.") % {"line": " ".join(key)})
            seen.add(key)
            due = cleaned.get("due_on")
            if due and self.ordered_on and due < self.ordered_on:
                form.add_error("due_on", _("Due on %(due)s, before the order of %(day)s.") % {"due": due, "day": self.ordered_on})
        if not self.wanted:
            raise forms.ValidationError(_("An order needs at least one line."))


LineFormSet = cast(
    "type[BaseLineFormSet]",
    forms.formset_factory(
        LineForm, formset=BaseLineFormSet, extra=0, can_delete=True, max_num=MAX_LINES, absolute_max=MAX_LINES, validate_max=True
    ),
)
