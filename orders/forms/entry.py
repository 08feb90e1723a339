"""The whole of order entry: header and lines together, what must be changed, what must be confirmed, what to save."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import pgettext

from orders import prices
from orders.forms.checks import Issue, doubts, faults
from orders.forms.header import HeaderForm
from orders.forms.lines import LineFormSet
from orders.forms.snapshot import Merged, Snapshot, Texts, line_texts, merge, snapshot_of, text_of
from orders.models import Order
from orders.services import OrderConflictError, create_order, update_order
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from planning_site.core.templatetags.figures import weekday

LINES = "lines"


class OrderEntry:
    """One order on the screen. Bound with `data` it can be checked and saved; `order` is None for a new one."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: User,
        order: Order | None = None,
        header: Texts | None = None,
        lines: list[Texts] | None = None,
    ) -> None:
        self.user, self.order, self.data = user, order, data
        self.with_price = prices.sees_some(user) if order is None else prices.may_see(user, order)
        # Fields that are not this person's to change take their value from the order, whatever was sent.
        locked = order is not None and not self.with_price
        own = {name: text_of(getattr(order, name)) for name in HeaderForm.STORED} if order else {}
        self.header = HeaderForm(data, initial=own | (header or {}), locked=locked)
        self.lines = LineFormSet(data, initial=lines, prefix=LINES, with_price=self.with_price)

    @classmethod
    def blank(cls, user: User) -> "OrderEntry":
        """A new order of today, by the person who enters it."""
        seller = getattr(user, "salesperson", None)
        return cls(user=user, header={"ordered_on": clock.today().isoformat(), "salesperson": text_of(seller)}, lines=[{}])

    @classmethod
    def copy_of(cls, source: Order, user: User) -> "OrderEntry":
        """A new order like an old one: its customer, lines and, if the person sees them, prices; without PO and due days."""
        with_price = prices.may_see(user, source)
        header = {name: text_of(getattr(source, name)) for name in ("customer", "salesperson", "packing")}
        header["ordered_on"] = clock.today().isoformat()
        lines = [line_texts(line, with_price=with_price) | {"due_on": ""} for line in source.lines.all()]
        return cls(user=user, header=header, lines=lines)

    @classmethod
    def of(cls, order: Order, user: User) -> "OrderEntry":
        """The form of an existing order."""
        stored = cls._stored(order, user)
        dues = {line["due_on"] for line in stored["lines"].values()}
        header = {**stored["header"], "due_on": dues.pop() if len(dues) == 1 else ""}
        return cls(user=user, order=order, header=header, lines=[{**line, "id": pk} for pk, line in stored["lines"].items()])

    @classmethod
    def after_conflict(cls, entry: "OrderEntry", current: Order) -> tuple["OrderEntry", Merged]:
        """The form again, filled with both editors' work, and where it differs. Nothing is saved before it is sent once more."""
        merged = merge(entry.base, entry.snapshot(), cls._stored(current, entry.user))
        return cls(user=entry.user, order=current, header=merged.header, lines=merged.lines), merged

    @staticmethod
    def _stored(order: Order, user: User) -> Snapshot:
        return snapshot_of(order, HeaderForm.STORED, with_price=prices.may_see(user, order))

    @property
    def version(self) -> int | None:
        """The order's version when the form was filled."""
        if self.data is None:
            return self.order.version if self.order else None
        text = str(self.data.get("version", ""))
        return int(text) if text.isdigit() and len(text) < 10 else None

    @property
    def base_json(self) -> str:
        """What the editor starts from, for the form to carry."""
        if self.data is not None:
            return str(self.data.get("base", ""))
        return json.dumps(self._stored(self.order, self.user), ensure_ascii=False) if self.order else ""

    @cached_property
    def base(self) -> Snapshot:
        """What the editor started from. A form that lost it knows nothing, so every difference is a clash."""
        try:
            loaded = json.loads(self.base_json)
            return {"header": dict(loaded["header"]), "lines": {str(pk): dict(line) for pk, line in loaded["lines"].items()}}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {"header": {}, "lines": {}}

    def snapshot(self) -> Snapshot:
        """What the valid form says."""
        header = {name: text_of(self.header.cleaned_data[name]) for name in HeaderForm.STORED}
        lines = {}
        for n, form in enumerate(self.lines.wanted, start=1):
            fields = {name: text_of(value) for name, value in form.cleaned_data.items() if name not in ("id", "stated", "DELETE")}
            lines[text_of(form.cleaned_data["id"]) or f"new-{n}"] = fields
        return {"header": header, "lines": lines}

    @cached_property
    def plant(self) -> Plant:
        return self.order.plant if self.order else default_plant()

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return calendar_of(self.plant)

    @cached_property
    def is_complete(self) -> bool:
        """Whether nothing must be changed; doubts may remain."""
        header_valid = self.header.is_valid()
        cleaned = getattr(self.header, "cleaned_data", {})
        self.lines.default_due, self.lines.ordered_on = cleaned.get("due_on"), cleaned.get("ordered_on")
        return self.lines.is_valid() and header_valid

    @cached_property
    def issues(self) -> list[Issue]:
        """What must be changed first, then what must be confirmed."""
        if self.data is None:
            return []
        must = [] if self.is_complete else faults(self.header, self.lines)
        confirmed = set(self.data.getlist("confirmed")) if hasattr(self.data, "getlist") else set()
        return must + doubts(self.header, self.lines, calendar=self.calendar, order=self.order, confirmed=confirmed)

    def is_valid(self) -> bool:
        """Whether it can be saved: complete, and every doubt confirmed."""
        return self.is_complete and all(issue.is_settled for issue in self.issues)

    @property
    def to_fix(self) -> int:
        return sum(1 for issue in self.issues if issue.level == "fix")

    @property
    def to_confirm(self) -> int:
        return sum(1 for issue in self.issues if issue.level == "confirm" and not issue.is_settled)

    def understood(self) -> dict[str, str]:
        """For every day that was read: field → `2026-12-22 周二`, with a mark where the factory is closed."""
        if self.data is None:
            return {}
        self.header.is_valid()
        days = {name: self.header.cleaned_data.get(name) for name in ("ordered_on", "due_on")}
        for form in self.lines.wanted:
            if str(form.data.get(form.add_prefix("due_on"), "")).strip():
                days[form.add_prefix("due_on")] = getattr(form, "cleaned_data", {}).get("due_on")
        return {name: self._shown(day) for name, day in days.items() if day}

    def _shown(self, day: dt.date) -> str:
        mark = pgettext("day", "closed")
        closed = "" if self.calendar.is_working(day) else f" · {mark}"
        return f"{day.isoformat()} {weekday(day)}{closed}"

    def save(self) -> Order:
        """Enter or change the order. Raises DomainError, and OrderConflictError if somebody else saved it meanwhile."""
        fields = {name: self.header.cleaned_data[name] for name in HeaderForm.STORED}
        lines = [form.as_input() for form in self.lines.wanted]
        if self.order is None:
            return create_order(plant=self.plant, lines=lines, by=self.user, **fields)
        if self.version is None:
            raise OrderConflictError(self.order)
        return update_order(order=self.order, version=self.version, lines=lines, by=self.user, **fields)
