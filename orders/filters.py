"""Filters of the order book. They live in the URL, so a view of the book can be sent to somebody."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.forms.fields import DayField
from orders.models import Customer, Order, OrderLine, Salesperson
from orders.selectors import Found, search
from orders.selectors.book import LIVE
from planning_site.core import clock
from planning_site.core.templatetags.figures import day as shown_day

LIVE_STATES, ALL_STATES = "live", "all"
ANY = pgettext_lazy("filter", "any")
STATES = [(LIVE_STATES, _("open and on hold")), (ALL_STATES, pgettext_lazy("states", "all")), *Order.State.choices]
OVERDUE, THIS_WEEK, NEXT_WEEK = "overdue", "week", "next"
WHEN = [(OVERDUE, _("overdue")), (THIS_WEEK, _("due this week")), (NEXT_WEEK, _("due next week"))]

# A header's click goes through ascending, descending and the book's own order.
SORTS = {
    "number": ("order__number", "position"),
    "po": ("order__po",),
    "customer": ("order__customer__name",),
    "salesperson": ("order__salesperson__name",),
    "style": ("style__code", "colour__name"),
    "pairs": ("pairs",),
    "ordered": ("order__ordered_on",),
    "due": ("due_on",),
    "state": ("order__state",),
}
OWN_ORDER = ("due_on", "order__number", "position")


class DayFilter(django_filters.Filter):  # type: ignore[misc]
    field_class = DayField


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the query string without it."""

    label: str
    value: str
    without: str


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Lines of the order book. Without a state it shows what is live; a search looks through all."""

    q = django_filters.CharFilter(label=_("Search"), method="by_words")
    when = django_filters.ChoiceFilter(label=pgettext_lazy("order", "Due"), choices=WHEN, method="by_week", empty_label=ANY)
    customer = django_filters.CharFilter(label=_("Customer"), method="by_customer")
    salesperson = django_filters.ModelChoiceFilter(
        label=_("Salesperson"), field_name="order__salesperson", queryset=Salesperson.objects.all(), empty_label=ANY
    )
    style = django_filters.CharFilter(label=_("Style"), field_name="style__code", lookup_expr="istartswith")
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="by_state", empty_label=None)
    due_from = DayFilter(label=_("Due from"), field_name="due_on", lookup_expr="gte")
    due_to = DayFilter(label=_("Due to"), field_name="due_on", lookup_expr="lte")

    class Meta:
        model = OrderLine
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[OrderLine], **kwargs: Any) -> None:
        self.found: Found | None = None
        self.given = data
        data = data.copy()
        if not data.get("state"):
            data["state"] = ALL_STATES if data.get("q", "").strip() else LIVE_STATES
        self.asked = data
        super().__init__(data, queryset, **kwargs)
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "inp"
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs["autocomplete"] = "off"

    def by_words(self, lines: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        self.found = search(lines, value)
        return self.found.lines

    def by_customer(self, lines: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        """By code or a part of the name: a list to choose from would be as long as the customers are many."""
        wanted = Customer.objects.filter(Q(name__has_text=value) | Q(code__iexact=value))
        return lines.filter(order__customer__in=wanted)

    def by_state(self, lines: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        if value == ALL_STATES:
            return lines
        return lines.filter(order__state__in=LIVE if value == LIVE_STATES else [value])

    def by_week(self, lines: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        today = clock.today()
        if value == OVERDUE:
            return lines.filter(due_on__lt=today, order__state__in=LIVE)
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(days=7 if value == NEXT_WEEK else 0)
        return lines.filter(due_on__range=(monday, monday + dt.timedelta(days=6)))

    @property
    def similar(self) -> list[tuple[str, list[str]]]:
        """What was taken for words that nothing contains."""
        return self.found.similar if self.found else []

    @property
    def sort(self) -> str:
        """`due`, `-due` or nothing."""
        asked: str = self.asked.get("sort", "")
        return asked if asked.removeprefix("-") in SORTS else ""

    @property
    def lines(self) -> QuerySet[OrderLine]:
        """The filtered lines in the wanted order. Values that cannot be read filter nothing; the form says so."""
        lines: QuerySet[OrderLine] = self.qs
        if not self.sort:
            return lines.order_by(*OWN_ORDER)
        sign = "-" if self.sort.startswith("-") else ""
        fields = [f"{sign}{name}" for name in SORTS[self.sort.removeprefix("-")]]
        return lines.order_by(*fields, *(name for name in (*OWN_ORDER, "pk") if name not in SORTS[self.sort.removeprefix("-")]))

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters that narrow the book, each with the way out of it."""
        chips: list[Chip] = []
        self.form.full_clean()
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value not in (None, "") and self.given.get(name):
                chips.append(Chip(str(field.label), self._shown(name, value), self._without(name)))
        return chips

    def _shown(self, name: str, value: Any) -> str:
        choices = {"state": STATES, "when": WHEN}.get(name)
        if choices:
            return str(dict(choices)[value])
        return shown_day(value) if isinstance(value, dt.date) else str(value)

    def _without(self, name: str) -> str:
        left = self.given.copy()
        left.pop(name, None)
        left.pop("page", None)
        return left.urlencode()
