"""Instruction orders as pages show them: which lines have one, which version stands, who has acknowledged it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from orders.models import Order, OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from scheduling.instructions import Contents, Difference, contents_of, differences, missing_in
from scheduling.instructions.missing import remarks_on
from scheduling.instructions.wording import ProofLine, difference_text, proof_lines
from scheduling.models import InstructionOrder, InstructionReceiver, InstructionVersion


class Filter(TextChoices):
    """Which lines of the list."""

    NONE = "none", pgettext_lazy("instructions", "none yet")
    MADE = "made", pgettext_lazy("instructions", "to issue")
    WAITING = "waiting", pgettext_lazy("instructions", "to be acknowledged")
    DONE = "done", pgettext_lazy("instructions", "acknowledged by all")
    MINE = "mine", pgettext_lazy("instructions", "for me to acknowledge")


class Number(NamedTuple):
    """An instruction order by its key and number."""

    pk: int
    number: str


@dataclass(frozen=True)
class Row:
    """An order line of the list. `changed` counts what the facts now say differently from the last version."""

    line: Any
    instruction: InstructionOrder | None
    version: int | None
    acknowledged: int
    receivers: int
    lacks: list[str]
    changed: int

    @property
    def is_issued(self) -> bool:
        return self.version is not None

    @property
    def can_be_issued(self) -> bool:
        """Whether a version can go out now."""
        return self.instruction is not None and not self.lacks and (not self.is_issued or self.changed > 0)


def number_of(line: OrderLine) -> Number | None:
    """The instruction order of a line that was read with it (`select_related("instruction")`)."""
    instruction = line.instruction if hasattr(line, "instruction") else None
    return Number(instruction.pk, instruction.number) if instruction else None


def instruction_lines(plant: Plant, *, words: str = "", state: str = "", user: User | None = None) -> QuerySet[Any, Any]:
    """Open order lines with `last_version`, `receivers` and `acknowledged` of their instruction order, by due day."""
    lines = OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN)
    for word in words.split():
        where = Q(order__number__icontains=word) | Q(style__code__icontains=word) | Q(colour__name__icontains=word)
        lines = lines.filter(where | Q(order__customer__name__icontains=word) | Q(instruction__number__icontains=word))
    told = InstructionReceiver.objects.filter(version=OuterRef("newest")).order_by().values("version")
    lines = lines.annotate(newest=newest_version_of_line()).annotate(
        last_version=Subquery(InstructionVersion.objects.filter(pk=OuterRef("newest")).values("version")[:1]),
        receivers=Subquery(told.annotate(n=Count("pk")).values("n")),
        acknowledged=Subquery(told.annotate(n=Count("acknowledged_at")).values("n")),
    )
    return _in_state(lines, state, user).select_related("order__customer", "style", "colour", "instruction").order_by("due_on", "pk")


def newest_version_of_line() -> Subquery:
    """The key of the last issued version of an order line's instruction order."""
    versions = InstructionVersion.objects.filter(instruction__order_line=OuterRef("pk")).order_by("-version")
    return Subquery(versions.values("pk")[:1])


def _in_state(lines: QuerySet[Any, Any], state: str, user: User | None) -> QuerySet[Any, Any]:
    match state:
        case Filter.NONE:
            return lines.filter(instruction=None)
        case Filter.MADE:
            return lines.filter(instruction__isnull=False, newest=None)
        case Filter.WAITING:
            return lines.filter(newest__isnull=False, acknowledged__lt=F("receivers"))
        case Filter.DONE:
            return lines.filter(newest__isnull=False).exclude(acknowledged__lt=F("receivers"))
        case Filter.MINE if user is not None:
            mine = InstructionReceiver.objects.filter(user=user, acknowledged_at=None).values("version")
            return lines.filter(newest__in=mine)
    return lines


def rows_of(lines: Sequence[Any]) -> list[Row]:
    """Rows of a page of `instruction_lines`, with what they lack and whether they changed. Eleven queries."""
    orders = {line.pk: line.instruction for line in lines if hasattr(line, "instruction")}
    contents = contents_of(lines, orders)
    issued = {v.instruction_id: v for v in InstructionVersion.objects.filter(pk__in=[line.newest for line in lines if line.newest])}
    return [_row(line, orders.get(line.pk), contents[line.pk], issued) for line in lines]


def _row(line: Any, instruction: InstructionOrder | None, now: Contents, issued: dict[int, InstructionVersion]) -> Row:
    last = issued.get(instruction.pk) if instruction else None
    return Row(
        line=line,
        instruction=instruction,
        version=last.version if last else None,
        acknowledged=line.acknowledged or 0,
        receivers=line.receivers or 0,
        lacks=missing_in(now),
        changed=len(differences(Contents.from_json(last.content), now)) if last else 0,
    )


def waiting_for(user: User) -> list[InstructionReceiver]:
    """The newest versions that a person has still to acknowledge, oldest first. One query."""
    newest = InstructionVersion.objects.filter(instruction=OuterRef("version__instruction")).order_by("-version").values("pk")[:1]
    rows = InstructionReceiver.objects.filter(user=user, acknowledged_at=None, version=Subquery(newest))
    return list(rows.select_related("version__instruction").defer("version__content").order_by("version__issued_at", "pk"))


@dataclass(frozen=True)
class Told:
    """A receiver of a version."""

    name: str
    department: str
    acknowledged_at: dt.datetime | None


@dataclass(frozen=True)
class Sheet:
    """One instruction order as its page shows it. `version` None: nothing was issued yet, and `contents` is what the facts say now.

    `changes` is what the version changed against the one before, `pending` what the facts say differently from the newest version.
    """

    instruction: InstructionOrder
    version: InstructionVersion | None
    versions: tuple[InstructionVersion, ...]
    contents: Contents
    lacks: list[str]
    remarks: list[str]
    changes: list[str]
    pending: list[str]
    receivers: tuple[Told, ...]
    to_acknowledge: bool

    @property
    def line(self) -> OrderLine:
        return self.instruction.order_line

    @property
    def is_newest(self) -> bool:
        return self.version is None or self.version == self.versions[0]

    @property
    def acknowledged(self) -> int:
        return sum(told.acknowledged_at is not None for told in self.receivers)

    @property
    def can_be_issued(self) -> bool:
        """Whether a next version can go out now."""
        return self.is_newest and not self.lacks and (self.version is None or bool(self.pending))

    @property
    def next_version(self) -> int:
        return self.versions[0].version + 1 if self.versions else 1

    @property
    def proofs(self) -> list[ProofLine]:
        return proof_lines(self.contents)

    @property
    def sizes_of_materials(self) -> list[str]:
        """Sizes that have columns of their own: where some material is kept by size."""
        return list(self.contents.sizes) if any(row.by_size for row in self.contents.materials) else []


def sheet_of(pk: int, *, user: User, version: int | None = None) -> Sheet | None:
    """The sheet of an instruction order; None if there is no such order or version. Fifteen queries at the most."""
    found = InstructionOrder.objects.select_related("made_by", "order_line__order__customer", "order_line__style", "order_line__colour")
    instruction = found.filter(pk=pk).first()
    if instruction is None:
        return None
    versions = tuple(instruction.versions.select_related("issued_by"))
    shown = versions[0] if versions and version is None else next((v for v in versions if v.version == version), None)
    if version is not None and shown is None:
        return None
    now = contents_of([instruction.order_line], {instruction.order_line_id: instruction})[instruction.order_line_id]
    receivers = tuple(shown.receivers.select_related("user")) if shown else ()
    newest = shown is not None and shown == versions[0]
    return Sheet(
        instruction=instruction,
        version=shown,
        versions=versions,
        contents=Contents.from_json(shown.content) if shown else now,
        lacks=missing_in(now),
        remarks=remarks_on(now),
        changes=[difference_text(Difference.from_json(row)) for row in shown.differences] if shown else [],
        pending=[difference_text(row) for row in differences(Contents.from_json(versions[0].content), now)] if versions else [],
        receivers=tuple(Told(str(row.user), department_label(row.department), row.acknowledged_at) for row in receivers),
        to_acknowledge=newest and any(row.user_id == user.pk and row.acknowledged_at is None for row in receivers),
    )


def department_label(code: str) -> str:
    """A department as the form names it: the warehouse receives for the main and the transit store."""
    return _("Warehouse (main, transit)") if code == Department.WAREHOUSE else str(Department(code).label)
