"""What QC turns back on arrival: it leaves the free stock for the blocked stock, and comes back only when QC releases it (D5)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import User
from procurement.models import Material, MoveKind, StockDocument, StockMove, Warehouse
from procurement.services.stock_posting import BalanceKey, Balances, Entry, Head, check_item, post

NOTHING = Decimal(0)
FREE = (Warehouse.MAIN, Warehouse.TRANSIT)


@dataclass(frozen=True)
class Faulty:
    """A quantity above zero that may not be used, in the material's unit."""

    quantity: Decimal
    material: Material
    size: str = ""


def block(
    *, receipt: StockDocument, lines: Sequence[Faulty], by: User | None, note: str, key: uuid.UUID | None = None
) -> StockDocument | None:
    """Take what a receipt brought out of the free stock, in its dye lots, as far as it is still there.

    What has been issued meanwhile cannot be blocked: the document holds less then, and there is none if nothing is left. The moves keep
    the purchase order line, so that a return to the supplier opens it again. Raises DomainError: not a receipt (`not_receipt`), more than
    came (`not_received`).
    """
    if receipt.kind != MoveKind.RECEIVE:
        raise DomainError(_("%(document)s is not a receipt.") % {"document": receipt}, "not_receipt")
    moves = list(receipt.moves.select_related("material", "purchase_line").order_by("id"))
    items = [Entry(line.quantity, Warehouse.MAIN, line.material, size=line.size) for line in lines]
    for item in items:
        check_item(item)
    _check_came(items, moves)
    head = Head(receipt.plant, MoveKind.BLOCK, by, key=key or uuid.uuid4(), counterpart=receipt.counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        left = dict(there)
        out = [entry for item in items for entry in _taken_from(item, moves, left)]
        return [*out, *(replace(entry, quantity=-entry.quantity, warehouse=Warehouse.HELD) for entry in out)]

    try:
        return post(head, items=items, plan=plan)
    except DomainError as refused:
        if refused.code != "nothing":
            raise
        return None


def unblock(*, document: StockDocument, by: User | None, note: str, key: uuid.UUID | None = None) -> StockDocument:
    """Give back to the free stock what a document blocked and what still lies there, to the places it came from.

    Raises DomainError: no reason (`note`), nothing of it is left (`nothing`).
    """
    if not note.strip():
        raise DomainError(_("Write down why it may be used after all."), "note")
    moves = list(document.moves.select_related("material", "purchase_line").order_by("id"))
    came = [move for move in moves if move.quantity < 0]
    head = Head(document.plant, MoveKind.UNBLOCK, by, key=key or uuid.uuid4(), note=note)
    items = [_entry(move, -move.quantity) for move in came]

    def plan(there: Balances) -> list[Entry]:
        left = dict(there)
        back: list[Entry] = []
        for item in items:
            held = replace(item, warehouse=Warehouse.HELD)
            part = min(item.quantity, left.get(held.key, NOTHING))
            if part > 0:
                left[held.key] -= part
                back += [replace(held, quantity=-part), replace(item, quantity=part)]
        return back

    return post(head, items=items, plan=plan)


def _taken_from(item: Entry, moves: Sequence[StockMove], left: dict[BalanceKey, Decimal]) -> list[Entry]:
    """Moves out of the places of a receipt, then of other places with the same dye lot; `left` goes down with them."""
    out: list[Entry] = []
    missing = item.quantity
    for move in moves:
        if item.material is None or move.material_id != item.material.pk or move.size != item.size:
            continue
        own = _entry(move, move.quantity)
        wanted = min(missing, move.quantity)
        for key in sorted((key for key in left if _is_of(key, own)), key=lambda key: key != own.key):
            part = min(wanted, left[key])
            if part > 0:
                left[key] -= part
                wanted, missing = wanted - part, missing - part
                out.append(replace(own, quantity=-part, warehouse=key.warehouse, place=key.place))
    return out


def _is_of(key: BalanceKey, own: Entry) -> bool:
    """The same material, size and dye lot, in any free warehouse and place."""
    return key.warehouse in FREE and key._replace(warehouse=own.warehouse, place=own.place) == own.key


def _entry(move: StockMove, quantity: Decimal) -> Entry:
    return Entry(quantity, move.warehouse, move.material, size=move.size, lot=move.lot, place=move.place, purchase_line=move.purchase_line)


def _check_came(items: Sequence[Entry], moves: Sequence[StockMove]) -> None:
    came: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for move in moves:
        came[move.material_id or 0, move.size] += move.quantity
    for item in items:
        if item.material is None or item.quantity > came[item.material.pk, item.size]:
            raise DomainError(_("%(what)s: the receipt did not bring that much.") % {"what": item.what}, "not_received")
