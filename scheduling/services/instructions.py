"""Instruction orders (E3): made from an order line, completed by planning, issued in versions, acknowledged by their receivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Order, OrderLine
from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.numbering import next_number
from scheduling.instructions import Contents, contents_of, differences, missing_in
from scheduling.models import InstructionOrder, InstructionReceiver, InstructionVersion
from scheduling.notices import instructions as notices

PREFIX = "ZL"
FIELDS = ("die_no", "packing", "notes")


@dataclass(frozen=True)
class Held:
    """A line that was passed over, and what it lacks."""

    line: OrderLine
    reasons: list[str]


@dataclass(frozen=True)
class Outcome:
    """What became of many lines at once."""

    done: list[InstructionOrder]
    held: list[Held]


@dataclass(frozen=True)
class Additions:
    """What planning adds to the facts of other departments."""

    die_no: str
    packing: str
    notes: str


def next_instruction_number(day: dt.date) -> str:
    """`ZL2612-001` in December 2026: a running number of the month, without gaps or doubles."""
    series = f"{PREFIX}{day:%y%m}"
    return f"{series}-{next_number(series):03}"


@transaction.atomic
def make_instruction(*, line_id: int, by: User | None, today: dt.date | None = None) -> InstructionOrder:
    """The instruction order of a line; the one that exists already, or a new one with the next number.

    Raises DomainError (`not_open`) if the order is not open any more.
    """
    line = _lines([line_id]).select_for_update(of=("self",)).get()
    return _made(line, by=by, today=today or clock.today())


@transaction.atomic
def make_for_ready_lines(*, line_ids: Collection[int], by: User | None, today: dt.date | None = None) -> Outcome:
    """Make the instruction orders of the lines that lack nothing; the others are named with what they lack (E3)."""
    lines = list(_lines(line_ids).filter(instruction=None, order__state=Order.State.OPEN).select_for_update(of=("self",)))
    contents = contents_of(lines, {})
    done: list[InstructionOrder] = []
    held: list[Held] = []
    for line in lines:
        lacking = missing_in(contents[line.pk])
        if lacking:
            held.append(Held(line, lacking))
        else:
            done.append(_made(line, by=by, today=today or clock.today()))
    return Outcome(done, held)


@transaction.atomic
def add_to_instruction(*, instruction_id: int, additions: Additions, revision: int, by: User | None) -> InstructionOrder:
    """Write die number, packing and notes. Raises DomainError (`conflict`) if somebody else wrote in the meantime."""
    instruction = InstructionOrder.objects.select_for_update().get(pk=instruction_id)
    if instruction.revision != revision:
        raise DomainError(_("Not saved: %(number)s was changed in the meantime. Look at it again.") % {"number": instruction}, "conflict")
    changed = {name: (getattr(instruction, name), getattr(additions, name)) for name in FIELDS}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if not changed:
        return instruction
    for name, (_old, new) in changed.items():
        setattr(instruction, name, new)
    instruction.revision += 1
    instruction.full_clean()
    instruction.save(update_fields=[*changed, "revision"])
    audit.record(instruction, "edit", by=by, values=changed)
    return instruction


def issue_instruction(*, instruction_id: int, by: User | None, why: str = "") -> InstructionVersion:
    """Issue the next version to purchasing, QC, production, workshops and warehouses (E3).

    Raises DomainError: `missing` with everything that it lacks, `unchanged` if it says what the last version says, `not_open`.
    """
    outcome = issue_instructions(instruction_ids=[instruction_id], by=by, why=why)
    if outcome.held:
        raise DomainError(pgettext("list", ", ").join(outcome.held[0].reasons), "missing")
    return outcome.done[0].versions.order_by("-version")[0]


@transaction.atomic
def issue_instructions(*, instruction_ids: Collection[int], by: User | None, why: str = "") -> Outcome:
    """Issue many at once: one mail per person with all of them. What cannot be issued is named with its reasons."""
    orders = list(InstructionOrder.objects.select_for_update().filter(pk__in=instruction_ids).order_by("number"))
    lines = {line.pk: line for line in _lines([order.order_line_id for order in orders])}
    contents = contents_of(lines.values(), {order.order_line_id: order for order in orders})
    newest = newest_versions([order.pk for order in orders])
    versions: list[InstructionVersion] = []
    done: list[InstructionOrder] = []
    held: list[Held] = []
    for order in orders:
        line, now = lines[order.order_line_id], contents[order.order_line_id]
        reasons = _why_not(line, now, newest.get(order.pk))
        if reasons:
            held.append(Held(line, reasons))
            continue
        versions.append(_next_version(order, now, newest.get(order.pk), by=by, why=why))
        done.append(order)
    InstructionVersion.objects.bulk_create(versions)
    audit.record_many([audit.Entry(version.instruction, "issue", {"version": (None, version.version)}, why) for version in versions], by=by)
    if versions:
        notices.instructions_issued(versions=versions, by=by)
    return Outcome(done, held)


@transaction.atomic
def acknowledge(*, version_ids: Collection[int], by: User, at: dt.datetime | None = None) -> int:
    """A receiver says that these versions have arrived. Returns how many were new. Only receivers of a version can acknowledge it."""
    waiting = InstructionReceiver.objects.select_for_update(of=("self",)).filter(version__in=version_ids, user=by, acknowledged_at=None)
    rows = list(waiting.select_related("version__instruction"))
    if not rows:
        raise DomainError(_("There is nothing here for you to acknowledge, or you did so already."), "nothing")
    for row in rows:
        row.acknowledged_at = at or clock.now()
        row.save(update_fields=["acknowledged_at"])
    audit.record_many(
        [audit.Entry(row.version.instruction, "acknowledge", {"version": (None, row.version.version)}) for row in rows], by=by
    )
    return len(rows)


def newest_versions(instruction_ids: Collection[int]) -> dict[int, InstructionVersion]:
    """The last issued version by instruction order. One query."""
    rows = InstructionVersion.objects.filter(instruction__in=instruction_ids).select_related("issued_by")
    return {row.instruction_id: row for row in rows.order_by("instruction_id", "-version").distinct("instruction_id")}


def _made(line: OrderLine, *, by: User | None, today: dt.date) -> InstructionOrder:
    existing = InstructionOrder.objects.filter(order_line=line).first()
    if existing is not None:
        return existing
    if line.order.state != Order.State.OPEN:
        raise DomainError(_("%(order)s is not open any more.") % {"order": line.order}, "not_open")
    made = InstructionOrder(
        plant_id=line.order.plant_id, number=next_instruction_number(today), order_line=line, notes=line.note, made_by=by
    )
    made.full_clean()
    made.save(force_insert=True)
    audit.record(made, "make", by=by, values={"order line": (None, str(line))})
    return made


def _why_not(line: OrderLine, contents: Contents, last: InstructionVersion | None) -> list[str]:
    if line.order.state != Order.State.OPEN:
        return [_("%(order)s is not open any more.") % {"order": line.order}]
    lacking = missing_in(contents)
    if not lacking and last is not None and not differences(Contents.from_json(last.content), contents):
        lacking = [_("v%(n)d says the same: nothing has changed since.") % {"n": last.version}]
    return lacking


def _next_version(
    order: InstructionOrder, contents: Contents, last: InstructionVersion | None, *, by: User | None, why: str
) -> InstructionVersion:
    changed = differences(Contents.from_json(last.content), contents) if last else []
    return InstructionVersion(
        instruction=order,
        version=last.version + 1 if last else 1,
        content=contents.to_json(),
        differences=[difference.to_json() for difference in changed],
        why=why,
        issued_at=clock.now(),
        issued_by=by,
    )


def _lines(ids: Collection[int]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(pk__in=list(ids)).select_related("order__customer", "style", "colour").order_by("due_on", "pk")
