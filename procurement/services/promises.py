"""What suppliers promise: confirmations, days that move, and the log of who was asked (D5, D7, E5.1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from procurement.models import Chase, PurchaseOrder, PurchaseOrderLine
from procurement.selectors.arrivals import STILL_COMING
from procurement.services.order_states import settle_orders
from procurement.services.purchase_orders import lock_order
from procurement.services.requirements import refresh

LineState = PurchaseOrderLine.State


@transaction.atomic
def promise(*, order: PurchaseOrder, days: Mapping[int, dt.date | None], by: User | None, why: str = "") -> list[PurchaseOrderLine]:
    """Write down the days that a supplier promises for lines of an order; returns the lines that changed.

    A line with a day is confirmed; without one it waits for an answer again. The first promise is kept beside later ones. A day that
    moves needs a reason (`no_reason`); lines that have come or were cancelled promise nothing (`not_coming`).
    """
    changed = _promise(order, days, by, why)
    refresh(order.plant, {line.material_id for line in changed})
    return changed


def _promise(order: PurchaseOrder, days: Mapping[int, dt.date | None], by: User | None, why: str) -> list[PurchaseOrderLine]:
    """Write the days down; the requirements are the caller's to bring up to date."""
    locked = lock_order(order.pk)
    lines = list(locked.lines.select_for_update().filter(pk__in=days).select_related("material"))
    changed = [line for line in lines if _differs(line, days[line.pk])]
    for line in changed:
        if line.state not in STILL_COMING:
            words = {"what": f"{line.material.code} {line.size}".strip(), "state": line.get_state_display()}
            raise DomainError(_("%(what)s is “%(state)s”: nothing more is promised.") % words, "not_coming")
        if line.promised_on and line.promised_on != days[line.pk] and not why.strip():
            raise DomainError(_("Give the reason why the day moves: whoever is hit by it will ask."), "no_reason")
    for line in changed:
        _write(line, days[line.pk], by, why.strip())
    if changed:
        settle_orders([locked.pk])
    return changed


def _differs(line: PurchaseOrderLine, day: dt.date | None) -> bool:
    return line.promised_on != day or (day is not None and line.state == LineState.WAITING)


def _write(line: PurchaseOrderLine, day: dt.date | None, by: User | None, why: str) -> None:
    """Change one line and leave its history."""
    before, state = line.promised_on, line.state
    line.promised_on = day
    line.first_promised_on = line.first_promised_on or day
    line.state = LineState.CONFIRMED if day else LineState.WAITING
    line.save(update_fields=["promised_on", "first_promised_on", "state"])
    values = {"promised_on": (before, day)}
    audit.record(line, "promise", by=by, values=values | ({"state": (state, line.state)} if state != line.state else {}), why=why)


@dataclass(frozen=True)
class Asked:
    """How a supplier was asked (D7, E5.1) and what he said: whom, the answer, the day he gives instead, when to ask again."""

    by: User
    channel: str = Chase.Channel.PHONE
    asked: str = ""
    answer: str = ""
    new_date: dt.date | None = None
    ask_again_on: dt.date | None = None


@transaction.atomic
def log_chase(*, order: PurchaseOrder, by: User, lines: Collection[int] = (), **words: Any) -> Chase:
    """Write down that a supplier was asked about an order; `words` as in `Asked`.

    A new day moves the promise of the chosen lines, or of all that still come. Raises DomainError for a draft (`draft`), when nothing of
    the order comes any more (`not_coming`), for a new day that has passed (`past`).
    """
    said = Asked(by=by, **words)
    chase, moved = _log(order, lines, said)
    refresh(order.plant, moved)
    return chase


@transaction.atomic
def log_chase_of_lines(*, lines: Collection[int], by: User, **words: Any) -> list[Chase]:
    """One question about lines of several orders of a supplier: a chase in each order, as `log_chase` writes it."""
    said = Asked(by=by, **words)
    chosen = PurchaseOrderLine.objects.filter(pk__in=lines, state__in=STILL_COMING).select_related("order__plant")
    of_order: dict[PurchaseOrder, list[int]] = defaultdict(list)
    for line in chosen.order_by("order_id", "pk"):
        of_order[line.order].append(line.pk)
    if not of_order:
        raise DomainError(_("Nothing of it is still to come."), "not_coming")
    chases, moved = [], set[int]()
    for order, of in of_order.items():
        chase, materials = _log(order, of, said)
        chases.append(chase)
        moved |= materials
    refresh(chases[0].order.plant, moved)
    return chases


def _log(order: PurchaseOrder, lines: Collection[int], said: Asked) -> tuple[Chase, set[int]]:
    """The chase of one order, and the materials whose promise it moved."""
    if order.state == PurchaseOrder.State.DRAFT:
        raise DomainError(_("A draft was not sent yet: there is nobody to chase."), "draft")
    if said.new_date and said.new_date < clock.today():
        raise DomainError(_("%(day)s has passed: which day was promised instead?") % {"day": said.new_date}, "past")
    coming = order.lines.filter(state__in=STILL_COMING)
    chosen = list(coming.filter(pk__in=lines) if lines else coming)
    if not chosen:
        raise DomainError(_("Nothing of %(order)s is still to come.") % {"order": order}, "not_coming")
    chase = Chase.objects.create(
        order=order,
        at=clock.now(),
        by=said.by,
        channel=said.channel,
        asked=said.asked.strip(),
        answer=said.answer.strip(),
        new_date=said.new_date,
        ask_again_on=said.ask_again_on,
    )
    chase.lines.set(chosen)
    if not said.new_date:
        return chase, set()
    why = said.answer.strip() or _("answer of the supplier")
    moved = _promise(order, {line.pk: said.new_date for line in chosen}, said.by, why)
    return chase, {line.material_id for line in moved}
